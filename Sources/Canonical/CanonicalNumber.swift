/// Numbers as RFC 8785 writes them: the shortest digits that give the same double, laid out as ECMAScript does.
package enum CanonicalNumber {
  /// Most digits that a whole number may have to be exact as a double: 2^53 - 1.
  package static let largestExactInteger = 9_007_199_254_740_991

  /// The text of a number; nil for what JSON has no number for.
  package static func text(_ value: Double) -> String? {
    guard value.isFinite else { return nil }
    if value == 0 { return "0" }
    if let whole = Int(exactly: value), whole.magnitude <= UInt(largestExactInteger) { return String(whole) }
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text of a finite number.
  package static func append(_ value: Double, to bytes: inout [UInt8]) {
    if value == 0 {
      bytes.append(0x30)
      return
    }
    // Swift prints the same shortest digits, in a layout of its own: `5e-324`, `1e+16`, `1234.5`.
    var digits: [UInt8] = []
    digits.reserveCapacity(17)
    var exponent = 0
    var isBehindPoint = false
    var pointShift = 0
    var text = value.magnitude.description
    text.withUTF8 { printed in
      var index = 0
      while index < printed.count {
        let byte = printed[index]
        if byte == 0x2E {
          isBehindPoint = true
        } else if byte == 0x65 {
          var isNegative = false
          index += 1
          if printed[index] == 0x2D || printed[index] == 0x2B {
            isNegative = printed[index] == 0x2D
            index += 1
          }
          while index < printed.count {
            exponent = exponent * 10 + Int(printed[index] & 15)
            index += 1
          }
          if isNegative { exponent = -exponent }
          break
        } else {
          digits.append(byte)
          if isBehindPoint { pointShift += 1 }
        }
        index += 1
      }
    }
    // The value is 0.DIGITS × 10^point.
    let leading = digits.prefix { $0 == 0x30 }.count
    var point = digits.count - pointShift + exponent - leading
    digits.removeFirst(leading)
    while digits.last == 0x30 { digits.removeLast() }
    if value < 0 { bytes.append(0x2D) }
    layOut(digits, point, to: &bytes)
    point = 0
  }

  /// ECMAScript's Number::toString for digits d and a value of 0.d × 10^point.
  private static func layOut(_ digits: [UInt8], _ point: Int, to bytes: inout [UInt8]) {
    let count = digits.count
    if count <= point, point <= 21 {
      bytes += digits
      bytes += repeatElement(0x30, count: point - count)
    } else if 0 < point, point <= 21 {
      bytes += digits[..<point]
      bytes.append(0x2E)
      bytes += digits[point...]
    } else if -6 < point, point <= 0 {
      bytes += [0x30, 0x2E]
      bytes += repeatElement(0x30, count: -point)
      bytes += digits
    } else {
      bytes.append(digits[0])
      if count > 1 {
        bytes.append(0x2E)
        bytes += digits[1...]
      }
      bytes.append(0x65)
      bytes.append(point > 0 ? 0x2B : 0x2D)
      bytes += String((point - 1).magnitude).utf8
    }
  }
}
