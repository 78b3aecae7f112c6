package import Canonical
import Glibc

/// Passphrases: from a terminal or from a descriptor; never from arguments or the environment, which others can see.
package enum Passphrase {
  /// The first line of a descriptor.
  package static func read(descriptor: Int32) throws(KeyFailure) -> [UInt8] {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < 4096 {
      let count = Glibc.read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw KeyFailure("no passphrase can be read from descriptor \(descriptor)") }
      if count == 0 || byte == 0x0A { break }
      line.append(byte)
    }
    guard !line.isEmpty else { throw KeyFailure("the passphrase is empty") }
    return line
  }

  /// Asks at the terminal, without showing what is typed.
  package static func ask(_ question: String) throws(KeyFailure) -> [UInt8] {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { throw KeyFailure("the key has a passphrase, and there is no terminal to ask for it") }
    defer { close(terminal) }
    var settings = termios()
    guard tcgetattr(terminal, &settings) == 0 else { throw KeyFailure("the terminal can't be asked") }
    var quiet = settings
    quiet.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSAFLUSH, &quiet)
    defer {
      tcsetattr(terminal, TCSAFLUSH, &settings)
      _ = write(terminal, "\n", 1)
    }
    _ = question.utf8.withContiguousStorageIfAvailable { write(terminal, $0.baseAddress, $0.count) }
    return try read(descriptor: terminal)
  }
}
