/// A number as JSON writes it, taken apart.
struct NumberText {
  /// What its text can't be.
  enum Failure: Error {
    case missingDigit
    case inexact
    case outOfRange
  }

  /// How many bytes it has.
  private(set) var length = 0
  private var digits: UInt64 = 0
  private var significant = 0
  private var exponent = 0
  private var isWhole = true
  private var isNegative = false

  /// Reads the number at the start of some bytes.
  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
    var index = 0
    func isDigit(_ index: Int) -> Bool { index < bytes.count && 0x30...0x39 ~= bytes[index] }
    if index < bytes.count, bytes[index] == 0x2D {
      isNegative = true
      index += 1
    }
    guard isDigit(index) else {
      length = index
      throw .missingDigit
    }
    if bytes[index] == 0x30 {
      index += 1
    } else {
      while isDigit(index) {
        take(bytes[index])
        index += 1
      }
    }
    if index < bytes.count, bytes[index] == 0x2E {
      isWhole = false
      index += 1
      guard isDigit(index) else { throw .missingDigit }
      while isDigit(index) {
        take(bytes[index])
        exponent -= 1
        index += 1
      }
    }
    if index < bytes.count, bytes[index] | 0x20 == 0x65 {
      isWhole = false
      index += 1
      var isDown = false
      if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D {
        isDown = bytes[index] == 0x2D
        index += 1
      }
      guard isDigit(index) else { throw .missingDigit }
      var written = 0
      while isDigit(index) {
        // No double is that large or small; more digits change nothing.
        written = min(written * 10 + Int(bytes[index] & 15), 1_000_000_000)
        index += 1
      }
      exponent += isDown ? -written : written
    }
    length = index
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) {
    if significant > 0 || byte != 0x30 { significant += 1 }
    if significant <= 19 { digits = digits &* 10 &+ UInt64(byte & 15) }
  }

  /// Writes it in canonical form; `bytes` are those that it was read from.
  @inline(__always)
  func write(_ bytes: UnsafeBufferPointer<UInt8>, to writer: inout ByteWriter) throws(Failure) {
    writer.reserve(CanonicalNumber.longest)
    if significant == 0 {
      writer.put(0x30)
      return
    }
    if isWhole {
      guard significant <= 16, digits <= UInt64(CanonicalNumber.largestExactInteger) else { throw .inexact }
      guard let start = bytes.baseAddress else { return }
      writer.put(start, length)
      return
    }
    try writeReal(bytes, to: &writer)
  }

  @inline(never)
  private func writeReal(_ bytes: UnsafeBufferPointer<UInt8>, to writer: inout ByteWriter) throws(Failure) {
    // Up to 15 digits come back from a double as they went in (if it is none of the very small ones, which have fewer), so
    // that they are the shortest.
    if significant <= 15, -290...290 ~= exponent {
      if isNegative { writer.put(0x2D) }
      CanonicalNumber.write(digits: digits, exponent: exponent, to: &writer)
      return
    }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[..<length]), as: UTF8.self)
    guard let value = Double(text), value.isFinite else { throw .outOfRange }
    CanonicalNumber.write(value, to: &writer)
  }
}
