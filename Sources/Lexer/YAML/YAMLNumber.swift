/// YAML 1.1's numbers as go-yaml reads them.
enum YAMLNumber {
  /// The number that a text is, or nil.
  static func parse(_ text: String) -> YAMLScalar? {
    var digits = Array(text.utf8)
    if digits.first == UInt8(ascii: ".") {
      // A leading dot is tried as a float as it stands: `_` only between digits, which Go's parser refuses here.
      return float(digits)
    }
    digits.removeAll { $0 == UInt8(ascii: "_") }
    return integer(digits) ?? float(digits)
  }

  private static func integer(_ text: [UInt8]) -> YAMLScalar? {
    var digits = text[...]
    var isNegative = false
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      digits.removeFirst()
    }
    var radix: UInt64 = 10
    if digits.count > 1, digits.first == UInt8(ascii: "0") {
      switch digits[digits.startIndex + 1] | 0x20 {
      case UInt8(ascii: "x"): radix = 16
      case UInt8(ascii: "o"): radix = 8
      case UInt8(ascii: "b"): radix = 2
      default: radix = 0
      }
      if radix == 0 {
        radix = 8
        digits.removeFirst()
      } else {
        digits.removeFirst(2)
      }
    }
    guard !digits.isEmpty else { return nil }
    var value: UInt64 = 0
    for byte in digits {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x61...0x66: digit = byte - 0x61 + 10
      case 0x41...0x46: digit = byte - 0x41 + 10
      default: return nil
      }
      guard digit < radix else { return nil }
      let (product, over) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if over || carry { return nil }
      value = sum
    }
    if isNegative {
      if value == UInt64(Int64.max) + 1 { return .int(.min) }
      return Int64(exactly: value).map { .int(-$0) }
    }
    if let small = Int64(exactly: value) { return .int(small) }
    return text.first == UInt8(ascii: "+") ? nil : .unsigned(value)
  }

  /// `[-+]? ( .digits | digits [. digits?] ) ( e [-+]? digits )?`
  private static func float(_ text: [UInt8]) -> YAMLScalar? {
    var index = 0
    func digits() -> Int {
      let start = index
      while index < text.count, 0x30...0x39 ~= text[index] { index += 1 }
      return index - start
    }
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") { index += 1 }
    let whole = digits()
    if index < text.count, text[index] == UInt8(ascii: ".") {
      index += 1
      if digits() == 0, whole == 0 { return nil }
    } else if whole == 0 {
      return nil
    }
    if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") { index += 1 }
      if digits() == 0 { return nil }
    }
    guard index == text.count, let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
      return nil
    }
    return .float(value)
  }
}
