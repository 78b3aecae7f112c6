import Glibc

/// A file that whole lines are put behind, by one writer at a time.
package struct LineFile: Sendable {
  /// What happens when it is full.
  package enum Growth: Sendable, Equatable {
    /// Nothing more is taken.
    case bounded(bytes: Int)
    /// It is followed by another one: `NAME` becomes `NAME.1`, that `NAME.2`, …
    case rotated(bytes: Int, kept: Int)
  }

  package let path: String
  private let growth: Growth

  package init(path: String, _ growth: Growth) {
    self.path = path
    self.growth = growth
  }

  /// Appends lines and brings them to the disk; all of them or none.
  ///
  /// - Parameter lines: whole lines, each with its end.
  package func append(_ lines: [UInt8]) throws(RecordFile.Failure) {
    var (descriptor, size) = try open()
    defer { close(descriptor) }
    switch growth {
    case .bounded(let bytes):
      guard size + lines.count <= bytes else {
        throw RecordFile.Failure(message: "'\(path)': has reached its \(bytes) bytes")
      }
    case .rotated(let bytes, let kept):
      if size > 0, size + lines.count > bytes {
        for number in (1..<kept).reversed() { rename("\(path).\(number)", "\(path).\(number + 1)") }
        guard rename(path, "\(path).1") == 0 else { throw failure() }
        close(descriptor)
        (descriptor, size) = try open()
      }
    }
    // What a crash left of a line is ended, so that it spoils no other.
    var last: UInt8 = 0x0A
    if size > 0 { _ = pread(descriptor, &last, 1, off_t(size - 1)) }
    let bytes = last == 0x0A ? lines : [0x0A] + lines
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = failure()
        ftruncate(descriptor, off_t(size))
        throw failure
      }
      written += count
    }
    guard fdatasync(descriptor) == 0 else { throw failure() }
  }

  private func open() throws(RecordFile.Failure) -> (descriptor: Int32, size: Int) {
    // Without O_NONBLOCK, a pipe in the file's place would be waited for without end.
    let opened = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o640)
    guard opened >= 0 else { throw failure() }
    var status = stat()
    guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(opened)
      throw RecordFile.Failure(message: "'\(path)': is no plain file")
    }
    return (opened, Int(status.st_size))
  }

  private func failure() -> RecordFile.Failure {
    RecordFile.Failure(message: "'\(path)': \(String(cString: strerror(errno)))")
  }
}
