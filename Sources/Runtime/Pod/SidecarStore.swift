import Canonical
package import Driver
import Glibc
package import IR
import Source

/// The folders of a pod's sidecars on disk, and the tokens of the containers that they serve.
package struct SidecarStore: Sendable {
  private let pod: PodPlan
  /// `.claw/POD/sidecars`
  private let folder: String

  /// The store of a pod.
  package init(_ pod: PodPlan) {
    self.pod = pod
    folder = FilePath.join(pod.folder, ".claw/\(pod.name)/\(SidecarFiles.folder)")
  }

  private func tokenFile(_ instance: String) -> String {
    FilePath.join(FilePath.directory(of: folder), SidecarFiles.token(instance))
  }

  /// The SHA-256 of each instance's token; one that has none gets one. Tokens stay over runs: a new one would need a new
  /// container.
  package func tokens() throws(ArtifactStore.Failure) -> [String: String] {
    try secrets().mapValues { Digest.sha256Hex(Array($0.utf8)) }
  }

  /// The tokens themselves.
  package func secrets() throws(ArtifactStore.Failure) -> [String: String] {
    var tokens: [String: String] = [:]
    for claw in pod.claws where !claw.tokenVariables.isEmpty {
      for instance in claw.instances {
        let path = tokenFile(instance.name)
        let token = Self.token(in: path) ?? "claw-" + Digest.hexadecimal(RandomBytes.make(32))
        var text = "# The token of '\(instance.name)' for its sidecar. claw made it; nobody else needs it.\n"
        for variable in claw.tokenVariables { text += "\(variable)=\(token)\n" }
        try ArtifactStore.makeFolder(folder)
        _ = try ArtifactStore.write([(path, Array(text.utf8))], mode: 0o600)
        guard chmod(path, 0o600) == 0 else {
          throw ArtifactStore.Failure(path: path, reason: String(cString: strerror(errno)))
        }
        tokens[instance.name] = token
      }
    }
    return tokens
  }

  /// The token in a file that claw wrote; nil if there is none.
  private static func token(in path: String) -> String? {
    guard let file = try? DiskFiles().read(path, within: nil, limit: 1 << 16) else { return nil }
    let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("CLAW_TOKEN=claw-") }) else { return nil }
    let token = String(line.dropFirst("CLAW_TOKEN=".count))
    let digits = token.utf8.dropFirst("claw-".utf8.count)
    return digits.count == 64 && digits.allSatisfy(\.isLowerHexDigit) ? token : nil
  }

  /// Writes the folders: each file by rename, the configuration last.
  ///
  /// - Parameter run: the run of the ledger that is open; nil for none.
  package func write(
    tokens: [String: String], policies: [String: SidecarFolder.Policy], run: String? = nil
  ) throws(ArtifactStore.Failure) {
    for sidecar in pod.sidecars {
      let own = FilePath.join(folder, sidecar.folder)
      let files = SidecarFolder.files(sidecar, of: pod, tokens: tokens, policies: policies, run: run).map {
        (path: FilePath.join(own, $0.path), bytes: $0.bytes)
      }
      for file in files { try ArtifactStore.makeFolder(FilePath.directory(of: file.path)) }
      _ = try ArtifactStore.write(files)
      let wanted = Set(files.map(\.path))
      // What the configuration no longer names goes after it.
      for name in ["policies", "trust"] {
        let inner = FilePath.join(own, name)
        for file in FileSearch.names(in: inner) ?? [] where !wanted.contains(FilePath.join(inner, file)) {
          unlink(FilePath.join(inner, file))
        }
      }
    }
  }

  /// Removes the folders and tokens of sidecars and instances that the pod has no more.
  package func sweep() {
    let folders = Set(pod.sidecars.map(\.folder))
    let tokens = Set(
      pod.claws.filter { !$0.tokenVariables.isEmpty }.flatMap { $0.instances.map { "\($0.name).env" } })
    for name in FileSearch.names(in: folder) ?? [] {
      let path = FilePath.join(folder, name)
      switch FileSearch.kind(of: path) {
      case .file where name.hasSuffix(".env") && !tokens.contains(name): unlink(path)
      case .folder
      where !folders.contains(name) && FileSearch.kind(of: FilePath.join(path, SidecarFiles.config)) == .file:
        remove(path)
      default: break
      }
    }
  }

  private func remove(_ folder: String) {
    for name in ["", "policies", "trust"] {
      let inner = FilePath.join(folder, name)
      for file in FileSearch.names(in: inner) ?? [] { unlink(FilePath.join(inner, file)) }
      if !name.isEmpty { rmdir(inner) }
    }
    rmdir(folder)
  }
}
