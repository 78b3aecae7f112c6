import Glibc
import Ledger
import Source

/// The lines of a file, or of standard input, one after the other.
enum InputLines {
  /// Calls `body` with each line, without its end.
  static func each(_ path: String, _ body: ([UInt8]) throws -> Void) throws {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      Console.say("claw: '\(path.printable)' can't be read: \(String(cString: strerror(errno)))")
      throw Status.usage
    }
    defer { if path != "-" { close(descriptor) } }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var rest: [UInt8] = []
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        Console.say("claw: '\(path.printable)' can't be read: \(String(cString: strerror(errno)))")
        throw Status.usage
      }
      if count == 0 { break }
      var start = 0
      while let end = buffer[start..<count].firstIndex(of: 0x0A) {
        rest += buffer[start..<end]
        try body(rest)
        rest.removeAll(keepingCapacity: true)
        start = end + 1
      }
      rest += buffer[start..<count]
      guard rest.count <= EventCheck.textLimit else {
        Console.say("claw: a line of '\(path.printable)' has more than \(EventCheck.textLimit) bytes, and no event has")
        throw Status.invalid
      }
    }
    if !rest.isEmpty { try body(rest) }
  }
}
