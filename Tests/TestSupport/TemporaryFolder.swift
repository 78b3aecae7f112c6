import Glibc
import Runtime
import Source

/// Folders for tests below one that names this process, so that a run can clear away what one left that was killed.
package enum TemporaryFolder {
  private static let prefix = "/tmp/claw-tests."
  private static let parent: String = {
    sweep()
    return "\(prefix)\(getpid())"
  }()

  /// Makes an empty folder.
  package static func make(_ name: String) throws -> String {
    // Another test may remove the parent in between, for it was the last to need it.
    for _ in 0..<100 {
      mkdir(parent, 0o755)
      var template = Array("\(parent)/\(name) XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else { continue }
      return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    throw Failure(path: name)
  }

  /// Removes a folder and what is in it, and this process's own once nothing is left there.
  package static func remove(_ path: String) {
    empty(path)
    rmdir(path)
    rmdir(parent)
  }

  /// Removes what runs left whose processes are gone.
  package static func sweep() {
    for name in FileSearch.names(in: FilePath.directory(of: prefix)) ?? [] {
      let path = FilePath.join(FilePath.directory(of: prefix), name)
      guard path.hasPrefix(prefix), let process = pid_t(path.dropFirst(prefix.count)), kill(process, 0) != 0,
        errno == ESRCH
      else { continue }
      empty(path)
      rmdir(path)
    }
  }

  private static func empty(_ path: String) {
    for name in FileSearch.names(in: path) ?? [] {
      let child = FilePath.join(path, name)
      if unlink(child) == 0 { continue }
      empty(child)
      rmdir(child)
    }
  }

  /// A folder could not be made.
  package struct Failure: Error {
    /// What it was to be called.
    package var path: String
  }
}
