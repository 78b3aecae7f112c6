/// The order of names: by UTF-16 units, in which characters beyond U+FFFF come before U+E000.
enum MemberOrder {
  /// Whether a member comes before another; both lie in what was written, at `base`.
  @inline(__always)
  static func isBefore(
    _ left: Canonicalizer.Member, _ right: Canonicalizer.Member, _ base: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    let first = UnsafeBufferPointer(start: base + left.start + 1, count: left.nameEnd - left.start - 2)
    let second = UnsafeBufferPointer(start: base + right.start + 1, count: right.nameEnd - right.start - 2)
    return isBefore(first, second, isPlain: left.isPlain && right.isPlain)
  }

  /// Whether a canonical string without its quotes comes before another; `isPlain` says that neither has an escape.
  @inline(__always)
  static func isBefore(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>, isPlain: Bool
  ) -> Bool {
    if isPlain { return isBefore(left, right) }
    return unescaped(left).withUnsafeBufferPointer { left in
      unescaped(right).withUnsafeBufferPointer { isBefore(left, $0) }
    }
  }

  /// Whether valid UTF-8 comes before another by its UTF-16 units.
  @inline(__always)
  static func isBefore(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    compare(left, right) < 0
  }

  /// The order of valid UTF-8 by its UTF-16 units: below zero, zero or above.
  @inline(__always)
  static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
    let common = min(left.count, right.count)
    var index = 0
    while index < common {
      let (a, b) = (left[index], right[index])
      if a != b {
        // Only where a surrogate pair (a first byte of 0xF0 and above) meets U+E000 and above does the order differ from
        // that of the bytes.
        if a >= 0xEE, b >= 0xEE, (a >= 0xF0) != (b >= 0xF0) { return Int(b) - Int(a) }
        return Int(a) - Int(b)
      }
      index += 1
    }
    return left.count - right.count
  }

  /// The bytes that a canonical string without its quotes stands for.
  private static func unescaped(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      guard byte == 0x5C, index < text.count else {
        bytes.append(byte)
        continue
      }
      let escape = text[index]
      index += 1
      switch escape {
      case 0x62: bytes.append(0x08)
      case 0x66: bytes.append(0x0C)
      case 0x6E: bytes.append(0x0A)
      case 0x72: bytes.append(0x0D)
      case 0x74: bytes.append(0x09)
      case 0x75:
        // Only control characters are left in this form: \u00xx.
        bytes.append((Hexadecimal.value(text[index + 2]) ?? 0) << 4 | (Hexadecimal.value(text[index + 3]) ?? 0))
        index += 4
      default: bytes.append(escape)
      }
    }
    return bytes
  }
}

/// Hexadecimal digits.
package enum Hexadecimal {
  /// The value of a digit of either case.
  @inline(__always)
  static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  /// The bytes of a text of lower-case digits; nil if it is none.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0, digits.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { index in
      (value(digits[index]) ?? 0) << 4 | (value(digits[index + 1]) ?? 0)
    }
  }
}
