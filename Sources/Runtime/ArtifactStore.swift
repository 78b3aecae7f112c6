package import Glibc
import Source

/// Puts generated files on disk: each is there whole or not at all, and is left alone if it is right already.
package enum ArtifactStore {
  /// Why a file could not be written.
  package struct Failure: Error, Sendable {
    /// The path.
    package var path: String
    /// The reason, in words for people.
    package var reason: String

    /// Joins the two.
    package init(path: String, reason: String) {
      self.path = path
      self.reason = reason
    }
  }

  /// Whether the file on disk is already what it should be.
  package static func isCurrent(_ path: String, _ bytes: [UInt8]) -> Bool {
    guard let file = try? DiskFiles().read(path, within: nil, limit: bytes.count + 1) else { return false }
    return file.bytes == bytes
  }

  /// Permissions of a file: a script that containers mount can be run.
  private static func mode(_ path: String, _ bytes: [UInt8], _ mode: mode_t) -> mode_t {
    path.contains("/objects/") && bytes.starts(with: "#!".utf8) ? mode | 0o111 : mode
  }

  /// Writes files, all prepared before the first is put in place; returns the paths that changed.
  ///
  /// - Parameter mode: the permissions of new files.
  package static func write(_ files: [(path: String, bytes: [UInt8])], mode: mode_t = 0o644) throws(Failure) -> [String]
  {
    var prepared: [(temporary: String, path: String)] = []
    var done = false
    defer { if !done { for file in prepared { unlink(file.temporary) } } }
    for (path, bytes) in files where !isCurrent(path, bytes) {
      var status = stat()
      if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        throw Failure(path: path, reason: "is there and is no regular file; move it away")
      }
      prepared.append((try temporary(for: path, bytes, Self.mode(path, bytes, mode)), path))
    }
    for file in prepared where rename(file.temporary, file.path) != 0 {
      throw Failure(path: file.path, reason: String(cString: strerror(errno)))
    }
    done = true
    return prepared.map(\.path)
  }

  /// A new file beside the old one, written and on disk.
  private static func temporary(for path: String, _ bytes: [UInt8], _ mode: mode_t) throws(Failure) -> String {
    let folder = FilePath.directory(of: path)
    let name = FilePath.join(folder, ".\(FilePath.name(of: path)).claw-\(getpid())")
    let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw Failure(path: path, reason: String(cString: strerror(errno))) }
    var rest = bytes[...]
    var problem: String?
    while !rest.isEmpty, problem == nil {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno != EINTR { problem = String(cString: strerror(errno)) }
      } else {
        rest = rest.dropFirst(written)
      }
    }
    // The umask is the user's business for files of their own, not for what every machine must make alike.
    if problem == nil, fchmod(descriptor, mode) != 0 || fsync(descriptor) != 0 {
      problem = String(cString: strerror(errno))
    }
    close(descriptor)
    if let problem {
      unlink(name)
      throw Failure(path: path, reason: problem)
    }
    return name
  }

  /// Makes a folder and those above it.
  package static func makeFolder(_ path: String, mode: mode_t = 0o755) throws(Failure) {
    if FileSearch.kind(of: path.isEmpty ? "." : path) == .folder { return }
    let parent = FilePath.directory(of: path)
    if !parent.isEmpty, parent != path { try makeFolder(parent, mode: mode) }
    if mkdir(path, mode) != 0, errno != EEXIST {
      throw Failure(path: path, reason: String(cString: strerror(errno)))
    }
  }
}
