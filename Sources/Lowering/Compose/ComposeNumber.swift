import Source

/// Numbers and booleans in strings, as Go's `strconv` and compose read and write them.
enum ComposeNumber {
  /// A decimal integer with an optional sign.
  static func integer(_ text: String) -> Int64? {
    guard let first = text.utf8.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first.isASCIIDigit,
      text.utf8.dropFirst().allSatisfy(\.isASCIIDigit)
    else { return nil }
    return Int64(text)
  }

  /// A decimal fraction with an optional exponent, `_` between digits; the words for infinity and not-a-number are refused
  /// here, although Go takes them, because compose fails on them later.
  static func float(_ text: String) -> Double? {
    var digits: [UInt8] = []
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "_") {
        guard previous.isASCIIDigit else { return nil }
      } else {
        if previous == UInt8(ascii: "_"), !byte.isASCIIDigit { return nil }
        guard byte.isASCIIDigit || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte | 0x20 == 0x65 else {
          return nil
        }
        digits.append(byte)
      }
      previous = byte
    }
    guard digits.contains(where: \.isASCIIDigit), previous.isASCIIDigit || previous == 0x2E,
      let value = Double(String(decoding: digits, as: UTF8.self)), value.isFinite
    else { return nil }
    return value
  }

  /// YAML 1.1's words for booleans, in any case.
  static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "y", "yes", "on": true
    case "false", "n", "no", "off": false
    default: nil
    }
  }

  /// A number in the shortest form, as Go prints it.
  static func text(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15, let integer = Int64(exactly: value) { return String(integer) }
    return value.description
  }
}
