import Glibc

/// Standard output for data, standard error for talk.
enum Console {
  /// Writes data.
  static func write(_ text: String) { write(Array(text.utf8), to: STDOUT_FILENO) }

  /// Writes data as it is.
  static func write(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

  /// Writes a line of talk.
  static func say(_ text: String) {
    write(Array((text.hasSuffix("\n") ? text : text + "\n").utf8), to: STDERR_FILENO)
  }

  /// Writes talk as it is, for lines that change.
  static func talk(_ text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE {
          // A reader that went away (`claw … | head`) ends us as it ends others, also while a child runs.
          signal(SIGPIPE, SIG_DFL)
          raise(SIGPIPE)
        }
        // Talk that nobody can hear is no reason to stop; data that is lost is.
        guard descriptor == STDOUT_FILENO else { return }
        say("claw: the standard output can't be written: \(String(cString: strerror(errno)))")
        exit(Status.failed.rawValue)
      }
      rest = rest.dropFirst(written)
    }
  }

  /// Whether a stream gets colours: what the user says, then the conventions, then whether it is a terminal.
  static func isColoured(_ choice: ColourChoice, _ descriptor: Int32) -> Bool {
    switch choice {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    if let value = variable("NO_COLOR"), !value.isEmpty { return false }
    if let value = variable("CLICOLOR_FORCE"), !value.isEmpty, value != "0" { return true }
    if variable("TERM") == "dumb" { return false }
    return isatty(descriptor) == 1
  }

  /// Whether standard output is a terminal.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Columns of the terminal, 120 where there is none.
  static var width: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 120
  }

  /// How wide a table may be: what programs read has all columns.
  static var tableWidth: Int? { isTerminal ? width : nil }

  /// A variable of the process.
  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
