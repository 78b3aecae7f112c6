/// Numbers as RFC 8785 writes them: the shortest digits that give the same double, laid out as ECMAScript does.
package enum CanonicalNumber {
  /// The largest whole number up to which all are exact as doubles: 2^53 - 1.
  package static let largestExactInteger = 9_007_199_254_740_991
  /// No number has a longer text.
  static let longest = 32

  /// The text of a number; nil for what JSON has no number for.
  package static func text(_ value: Double) -> String? {
    guard value.isFinite else { return nil }
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text of a finite number.
  package static func append(_ value: Double, to bytes: inout [UInt8]) {
    var writer = ByteWriter(capacity: longest)
    write(value, to: &writer)
    bytes += writer.bytes()
  }

  /// Writes a finite number.
  static func write(_ value: Double, to writer: inout ByteWriter) {
    writer.reserve(longest)
    if value == 0 {
      writer.put(0x30)
      return
    }
    if value < 0 { writer.put(0x2D) }
    // Swift prints the same shortest digits, in a layout of its own: `5e-324`, `1e+16`, `1234.5`.
    var digits: UInt64 = 0
    var exponent = 0
    var text = value.magnitude.description
    text.withUTF8 { printed in
      var isBehindPoint = false
      var index = 0
      while index < printed.count {
        let byte = printed[index]
        index += 1
        if byte == 0x2E {
          isBehindPoint = true
        } else if byte == 0x65 {
          let isNegative = printed[index] == 0x2D
          if isNegative || printed[index] == 0x2B { index += 1 }
          var written = 0
          while index < printed.count {
            written = written * 10 + Int(printed[index] & 15)
            index += 1
          }
          exponent += isNegative ? -written : written
        } else {
          digits = digits * 10 + UInt64(byte & 15)
          if isBehindPoint { exponent -= 1 }
        }
      }
    }
    write(digits: digits, exponent: exponent, to: &writer)
  }

  /// Writes digits × 10^exponent, which is not zero, as ECMAScript's Number::toString does; there must be room.
  static func write(digits given: UInt64, exponent given10: Int, to writer: inout ByteWriter) {
    var (digits, exponent) = (given, given10)
    while digits % 10 == 0 {
      digits /= 10
      exponent += 1
    }
    let count = self.count(digits)
    // The value is 0.DIGITS × 10^point.
    let point = count + exponent
    if count <= point, point <= 21 {
      writer.put(digits: digits, width: count)
      for _ in count..<point { writer.put(0x30) }
    } else if 0 < point, point <= 21 {
      let behind = powers[count - point]
      writer.put(digits: digits / behind, width: point)
      writer.put(0x2E)
      writer.put(digits: digits % behind, width: count - point)
    } else if -6 < point, point <= 0 {
      writer.put(0x30)
      writer.put(0x2E)
      for _ in 0..<(-point) { writer.put(0x30) }
      writer.put(digits: digits, width: count)
    } else {
      let behind = powers[count - 1]
      writer.put(digits: digits / behind, width: 1)
      if count > 1 {
        writer.put(0x2E)
        writer.put(digits: digits % behind, width: count - 1)
      }
      writer.put(0x65)
      writer.put(point > 0 ? 0x2B : 0x2D)
      let shown = UInt64((point - 1).magnitude)
      writer.put(digits: shown, width: self.count(shown))
    }
  }

  private static func count(_ digits: UInt64) -> Int {
    var count = 1
    while count < powers.count, digits >= powers[count] { count += 1 }
    return count
  }

  private static let powers: [UInt64] = {
    var powers: [UInt64] = [1]
    for _ in 0..<19 { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()
}
