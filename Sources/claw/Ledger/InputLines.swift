import Glibc
import Ledger
import Source

/// The lines of a file, or of standard input, one after the other.
enum InputLines {
  /// Calls `body` with each line, without its end.
  ///
  /// - Parameter pause: called when what is there was taken, and more may be long in coming.
  static func each(_ path: String, pause: () throws -> Void = {}, _ body: ([UInt8]) throws -> Void) throws {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      Console.say("claw: '\(path.printable)' can't be read: \(String(cString: strerror(errno)))")
      throw Status.usage
    }
    defer { if path != "-" { close(descriptor) } }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var rest: [UInt8] = []
    var number = 0
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        Console.say("claw: '\(path.printable)' can't be read: \(String(cString: strerror(errno)))")
        throw Status.failed
      }
      if count == 0 { break }
      var start = 0
      while let end = buffer[start..<count].firstIndex(of: 0x0A) {
        rest += buffer[start..<end]
        number += 1
        try body(rest)
        rest.removeAll(keepingCapacity: true)
        start = end + 1
      }
      rest += buffer[start..<count]
      // One that is only a little too long is refused as the event that it is.
      guard rest.count <= 2 * EventCheck.textLimit else {
        Console.say("claw: line \(number + 1) is no event: it has more than \(EventCheck.textLimit) bytes")
        throw Status.invalid
      }
      try pause()
    }
    if !rest.isEmpty { try body(rest) }
  }
}
