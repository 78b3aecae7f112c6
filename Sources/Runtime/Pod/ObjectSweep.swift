import Glibc
import JSON
import Source

/// Removes what a pod's containers once mounted and nothing asks for any more: every edit of a contract leaves an object.
package enum ObjectSweep {
  /// Removes the objects that neither the generated file names nor any container of the engine mounts, running or not.
  ///
  /// - Parameter folder: the pod's own, `.claw/POD`.
  /// - Parameter composeFile: the generated file.
  /// - Returns: the digests of what was removed.
  @discardableResult
  package static func run(_ tool: DockerTool, folder: String, composeFile: String) throws(EngineFailure) -> [String] {
    let objects = FilePath.join(folder, "objects")
    // Looked at before the file is: what a compile adds meanwhile is not among them.
    let digests = (FileSearch.names(in: objects) ?? []).filter(isDigest)
    if digests.isEmpty { return [] }
    let file: SourceFile
    do throws(FileFailure) { file = try DiskFiles().read(composeFile, within: nil, limit: 64 << 20) } catch {
      // Without the file nobody knows what it names.
      return []
    }
    let text = String(decoding: file.bytes, as: UTF8.self)
    var unused = Set(digests).subtracting(digestPaths(in: text))
    if unused.isEmpty { return [] }
    let ids = try tool.output(["ps", "-a", "-q", "--no-trunc"]).split(separator: "\n").map(String.init)
    for container in try tool.inspect("container", ids) {
      for mount in container["Mounts"]?.array ?? [] {
        unused.subtract(digestPaths(in: mount["Source"]?.string ?? ""))
      }
    }
    let removed = unused.sorted().filter { remove(FilePath.join(objects, $0)) }
    return removed
  }

  /// Whether a name is a digest, so that nothing else that somebody put there is touched.
  private static func isDigest(_ name: String) -> Bool {
    name.utf8.count == 64 && name.utf8.allSatisfy(\.isLowerHexDigit)
  }

  /// The digests that paths in a text have as a component.
  static func digestPaths(in text: String) -> Set<String> {
    var found: Set<String> = []
    for part in text.utf8.split(separator: UInt8(ascii: "/")) where part.count == 64 {
      let name = String(decoding: part, as: UTF8.self)
      if isDigest(name) { found.insert(name) }
    }
    return found
  }

  /// Removes a folder of regular files, and nothing that is anything else.
  private static func remove(_ folder: String) -> Bool {
    for name in FileSearch.names(in: folder) ?? [] { unlink(FilePath.join(folder, name)) }
    return rmdir(folder) == 0
  }
}
