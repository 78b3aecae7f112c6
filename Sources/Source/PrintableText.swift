extension String {
  /// The text on one line and without what a terminal would take for a command: control characters and characters that
  /// turn the direction of text are U+FFFD. For what others wrote: files, programs in containers.
  package var printable: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\t", "\n", "\r": result += " "
      default: result.unicodeScalars.append(scalar.isUnprintable ? "\u{FFFD}" : scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether it is a control character, or one that turns the direction of text.
  package var isUnprintable: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
