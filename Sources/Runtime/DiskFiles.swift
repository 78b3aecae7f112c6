import Glibc
package import Source

/// Files from the disk: regular ones only, bounded in size, and kept below a root where the caller names one.
package struct DiskFiles: FileProvider {
  /// Makes a provider.
  package init() {}

  /// Reads a file.
  package func read(_ path: String, within root: String?, limit: Int) throws(FileFailure) -> SourceFile {
    let opened: Int32
    if let root {
      guard let real = Self.realPath(path) else { throw Self.failure(errno) }
      guard let base = Self.realPath(root.isEmpty ? "." : root) else { throw Self.failure(errno) }
      guard real.utf8.starts(with: (base == "/" ? "/" : base + "/").utf8) else { throw .outside }
      opened = open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    } else {
      opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    }
    guard opened >= 0 else { throw Self.failure(errno) }
    defer { close(opened) }
    var status = stat()
    guard fstat(opened, &status) == 0 else { throw Self.failure(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    guard status.st_size <= limit else { throw .tooLarge(limit: limit) }
    return SourceFile(path: path, bytes: try Self.readAll(opened, sizeHint: Int(status.st_size), limit: limit))
  }

  /// Everything that can be read from a descriptor.
  package static func readAll(_ descriptor: Int32, sizeHint: Int, limit: Int) throws(FileFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(sizeHint + 1, 4096))
    var count = 0
    while true {
      if count == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
      let read = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if read < 0 {
        if errno == EINTR { continue }
        throw failure(errno)
      }
      if read == 0 { break }
      count += read
      if count > limit { throw .tooLarge(limit: limit) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// What the kernel says in a file whose size is not known, below /proc and /sys.
  package func readStream(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
    let opened = open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw Self.failure(errno) }
    defer { close(opened) }
    return try Self.readAll(opened, sizeHint: 0, limit: limit)
  }

  /// The path without symbolic links, or nil.
  package static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The path from the root on, without symbolic links in its folder: links at its end are kept, because programs look
  /// at the name that they were called by.
  package static func absolute(_ path: String) -> String? {
    let folder = FilePath.directory(of: path)
    guard let real = realPath(folder.isEmpty ? "." : folder) else { return nil }
    return FilePath.join(real, FilePath.name(of: path))
  }

  static func failure(_ code: Int32) -> FileFailure {
    code == ENOENT || code == ENOTDIR ? .missing : .system(String(cString: strerror(code)))
  }
}
