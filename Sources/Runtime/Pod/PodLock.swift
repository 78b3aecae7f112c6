import Glibc
import Source

/// Keeps two runs from changing the same pod at once. The system lets go of it when the process ends, however it ends.
package struct PodLock: ~Copyable {
  private let descriptor: Int32

  /// Why the lock could not be had.
  package enum Failure: Error, Sendable {
    /// Another process has it.
    case held(by: String)
    /// The file can't be used.
    case system(path: String, reason: String)
  }

  /// Takes the lock of a pod whose files lie in a folder.
  package init(folder: String) throws(Failure) { descriptor = try Self.take(FilePath.join(folder, "lock"), folder) }

  private static func take(_ path: String, _ folder: String) throws(Failure) -> Int32 {
    do throws(ArtifactStore.Failure) { try ArtifactStore.makeFolder(folder) } catch {
      throw .system(path: error.path, reason: error.reason)
    }
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard opened >= 0 else { throw .system(path: path, reason: String(cString: strerror(errno))) }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      let holder = (try? DiskFiles.readAll(opened, sizeHint: 32, limit: 64)) ?? []
      close(opened)
      guard code == EWOULDBLOCK else { throw .system(path: path, reason: String(cString: strerror(code))) }
      throw .held(by: String(decoding: holder, as: UTF8.self).trimmed)
    }
    // Who has it, for the message of the next one; of no other use.
    ftruncate(opened, 0)
    let text = Array("\(getpid())\n".utf8)
    _ = text.withUnsafeBytes { pwrite(opened, $0.baseAddress, $0.count, 0) }
    return opened
  }

  deinit { close(descriptor) }
}
