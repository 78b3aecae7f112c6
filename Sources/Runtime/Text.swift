extension String {
  /// The text on one line and without what a terminal would take for a command: control characters and characters that
  /// turn the direction of text are U+FFFD. For what programs in containers say.
  package var printable: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: result += " "
      case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Whether the bytes of the text start with those of another.
  package func starts(withBytes prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

  /// A line of `docker compose logs` without the escape sequence that compose 2.26 puts in front even in a pipe.
  package var withoutErase: String {
    let erase = "\u{1B}[2K"
    return starts(withBytes: erase) ? String(dropFirst(erase.count)) : self
  }
}
