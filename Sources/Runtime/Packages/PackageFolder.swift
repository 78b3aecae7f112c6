package import Governance
import Glibc
package import Source

/// A sealed change package on disk.
///
/// Every name is opened relative to its folder and without following links, looked at after it was opened, and read once: what
/// is judged are the bytes that were read.
package enum PackageFolder {
  /// The files of a package's folder: those in it, and those in its folder `packets`.
  package static func read(_ path: String) throws(FileFailure) -> PackageFiles {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw DiskFiles.failure(errno) }
    defer { close(folder) }
    var reader = Reader()
    try reader.read(folder, prefix: "", isTop: true)
    return PackageFiles(reader.files, refusals: reader.refusals)
  }

  private struct Reader {
    var files: [String: [UInt8]] = [:]
    var refusals: [PackageFiles.Refusal] = []
    var size = 0
    var count = 0

    mutating func read(_ folder: Int32, prefix: String, isTop: Bool) throws(FileFailure) {
      for name in try PackageFolder.names(folder) {
        count += 1
        guard count <= PackageFiles.countLimit else {
          return refuse(prefix.isEmpty ? "." : prefix, "has more than \(PackageFiles.countLimit) files")
        }
        guard PackageFiles.isName(name) else {
          refuse(prefix + name, "has a name that no file of a package has")
          continue
        }
        let opened = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
          refuse(
            prefix + name, errno == ELOOP ? "is a symbolic link" : "can't be read: \(String(cString: strerror(errno)))")
          continue
        }
        defer { close(opened) }
        var status = stat()
        guard fstat(opened, &status) == 0 else { throw DiskFiles.failure(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: add(prefix + name, opened, status)
        case S_IFDIR:
          if isTop, name == "packets" {
            try read(opened, prefix: "packets/", isTop: false)
          } else {
            refuse(prefix + name, "is a folder that no package has")
          }
        default: refuse(prefix + name, "is no regular file")
        }
      }
    }

    private mutating func add(_ name: String, _ descriptor: Int32, _ status: stat) {
      let limit = min(PackageFiles.fileLimit, PackageFiles.limit - size)
      guard status.st_size <= limit else { return refuse(name, "is too large") }
      do throws(FileFailure) {
        let bytes = try DiskFiles.readAll(descriptor, sizeHint: Int(status.st_size), limit: limit)
        size += bytes.count
        files[name] = bytes
      } catch {
        refuse(name, error.reason)
      }
    }

    private mutating func refuse(_ name: String, _ reason: String) {
      // What a name has that a terminal or a reader could misunderstand is not repeated.
      let shown = name.unicodeScalars.prefix(200).map { scalar in
        scalar.isASCII && scalar.value >= 0x20 && scalar.value < 0x7F ? String(scalar) : "?"
      }
      refusals.append(.init(name: shown.joined(), reason: reason))
    }
  }

  /// The names in a folder that is open, in the order of their bytes.
  private static func names(_ folder: Int32) throws(FileFailure) -> [String] {
    // What reads a folder closes its descriptor at the end, so that it gets one of its own.
    let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let stream = fdopendir(copy) else { throw DiskFiles.failure(errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
        start.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
      if names.count > PackageFiles.countLimit { break }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
