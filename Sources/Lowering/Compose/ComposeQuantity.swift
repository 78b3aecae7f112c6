import Source

/// Sizes and durations in strings.
enum ComposeQuantity {
  /// The bytes that a size such as `1.5g`, `256 MB` or `1GiB` stands for (units are powers of 1024), or nil.
  static func bytes(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard let last = bytes.lastIndex(where: { $0.isASCIIDigit || $0 == UInt8(ascii: ".") || $0 == 0x20 }) else {
      return nil
    }
    let number = bytes[...last].dropLast(bytes[last] == 0x20 ? 1 : 0)
    guard let value = ComposeNumber.float(String(decoding: number, as: UTF8.self)), value >= 0 else { return nil }
    let suffix = bytes[(last + 1)...].map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
    guard let factor = factor(suffix) else { return nil }
    return Int64(exactly: (value * factor).rounded(.towardZero))
  }

  private static func factor(_ suffix: [UInt8]) -> Double? {
    guard let first = suffix.first else { return 1 }
    if first == UInt8(ascii: "b") { return suffix.count == 1 ? 1 : nil }
    guard let power = Array("kmgtp".utf8).firstIndex(of: first) else { return nil }
    let rest = suffix.dropFirst()
    guard rest.isEmpty || rest.elementsEqual("b".utf8) || rest.elementsEqual("ib".utf8) else { return nil }
    return (0...power).reduce(1.0) { factor, _ in factor * 1024 }
  }

  /// The nanoseconds that a duration such as `1m30s` stands for, or nil.
  static func nanoseconds(_ text: String) -> Int64? {
    var bytes = Array(text.utf8)[...]
    var isNegative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      bytes.removeFirst()
    }
    if bytes.elementsEqual("0".utf8) { return 0 }
    guard !bytes.isEmpty else { return nil }
    var total: Double = 0
    while !bytes.isEmpty {
      let number = bytes.prefix { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
      bytes = bytes.dropFirst(number.count)
      let unit = bytes.prefix { !$0.isASCIIDigit && $0 != UInt8(ascii: ".") }
      bytes = bytes.dropFirst(unit.count)
      guard number.contains(where: \.isASCIIDigit), number.count(where: { $0 == UInt8(ascii: ".") }) <= 1,
        let value = number.count > 40 ? nil : decimal(number),
        let scale = units[String(decoding: unit, as: UTF8.self)]
      else { return nil }
      total += value * scale
      if total > 9.2e18 { return nil }
    }
    return Int64(exactly: (isNegative ? -total : total).rounded(.towardZero))
  }

  private static func decimal(_ number: ArraySlice<UInt8>) -> Double? {
    var text = String(decoding: number, as: UTF8.self)
    if text.utf8.first == UInt8(ascii: ".") { text = "0" + text }
    if text.utf8.last == UInt8(ascii: ".") { text += "0" }
    return Double(text)
  }

  private static let units: [String: Double] = [
    "ns": 1, "us": 1e3, "\u{B5}s": 1e3, "\u{3BC}s": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9, "d": 86400e9,
    "w": 604800e9,
  ]
}
