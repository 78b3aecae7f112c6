import Source

/// Text in YAML's double quotes, as generated files have it.
package enum QuotedText {
  /// The text in its quotes.
  ///
  /// - Parameter escapesDollars: whether compose must take a `$` for itself.
  package static func of(_ text: String, escapesDollars: Bool = false) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "$": result += escapesDollars ? "$$" : "$"
      default:
        // What YAML does not let stand in a file as it is.
        if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
          || [0x2028, 0x2029, 0xFEFF].contains(scalar.value)
          || scalar.value & 0xFFFE == 0xFFFE && scalar.value < 0x10000
        {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// Whether a text stands between the quotes as it is: printable ASCII that means nothing there.
  package static func isOrdinary(_ text: String) -> Bool {
    text.hasOnly { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x24 }
  }
}
