import Glibc
import Synchronization

/// The process's standard output, for whole lines, without waiting for a reader that reads nothing.
package final class StandardOutput: Sendable {
  private let isMidLine = Mutex(false)
  private let descriptor: Int32
  private let patience: Int32

  /// - Parameter patience: how long it is waited for the reader, in milliseconds.
  package init(descriptor: Int32 = STDOUT_FILENO, patience: Int32 = 2_000) {
    self.descriptor = descriptor
    self.patience = patience
  }

  /// Writes lines. If that fails, a part of them may be written; the next lines begin on a line of their own.
  package func write(_ lines: [UInt8]) throws(RecordFile.Failure) {
    try isMidLine.withLock { (isMidLine) throws(RecordFile.Failure) in
      let bytes = isMidLine ? [0x0A] + lines : lines
      var written = 0
      while written < bytes.count {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let ready = poll(&wanted, 1, patience)
        if ready < 0, errno == EINTR { continue }
        guard ready > 0 else { throw RecordFile.Failure(message: "nobody reads standard output") }
        // A pipe that is ready takes a page without waiting (POSIX: PIPE_BUF).
        let count = bytes.withUnsafeBytes {
          Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, min(4_096, bytes.count - written))
        }
        if count < 0, errno == EINTR || errno == EAGAIN { continue }
        guard count > 0 else {
          throw RecordFile.Failure(message: "standard output: \(String(cString: strerror(errno)))")
        }
        written += count
        isMidLine = written < bytes.count
      }
    }
  }
}
