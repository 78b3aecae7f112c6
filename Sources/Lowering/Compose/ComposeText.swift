extension String {
  /// A text out of a file as a message shows it: on one line, control characters escaped, cut after 80 characters.
  var shown: String {
    var result = ""
    for (index, scalar) in unicodeScalars.enumerated() {
      if index == 80 { return result + "…" }
      switch scalar {
      case "\n": result += #"\n"#
      case "\r": result += #"\r"#
      case "\t": result += #"\t"#
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || Self.turns.contains(scalar.value):
        result += #"\u{"# + String(scalar.value, radix: 16, uppercase: true) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Characters that end lines or turn the direction of a terminal's text.
  private static let turns: Set<UInt32> = [
    0x2028, 0x2029, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069,
  ]
}
