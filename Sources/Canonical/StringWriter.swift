/// Writes JSON strings in canonical form.
package enum StringWriter {
  /// Writes a string with its quotes.
  @inline(__always)
  package static func write(_ string: String, to writer: inout ByteWriter) {
    // What is not in one piece of UTF-8 is made so first.
    if string.utf8.withContiguousStorageIfAvailable({ write($0, to: &writer) }) != nil { return }
    Array(string.utf8).withUnsafeBufferPointer { write($0, to: &writer) }
  }

  @inline(__always)
  private static func write(_ text: UnsafeBufferPointer<UInt8>, to writer: inout ByteWriter) {
    // A byte becomes six at most.
    writer.reserve(text.count + 16)
    writer.put(0x22)
    guard let start = text.baseAddress else {
      writer.put(0x22)
      return
    }
    var index = 0
    while true {
      while text.count - index >= 8 {
        let (word, length) = PlainText.run(start + index, allowsHigh: true)
        UnsafeMutableRawPointer(writer.base + writer.count).storeBytes(of: word.littleEndian, as: UInt64.self)
        index += length
        writer.count += length
        if length < 8 { break }
      }
      guard index < text.count else { break }
      let byte = start[index]
      index += 1
      if byte >= 0x20, byte != 0x22, byte != 0x5C {
        writer.put(byte)
      } else {
        escape(byte, to: &writer)
        writer.reserve(text.count - index + 16)
      }
    }
    writer.put(0x22)
  }

  /// Writes a scalar of a string; whether it had to be escaped. There must be room for six bytes.
  static func write(_ scalar: Unicode.Scalar, to writer: inout ByteWriter) -> Bool {
    if scalar.value < 0x20 || scalar.value == 0x22 || scalar.value == 0x5C {
      escape(UInt8(scalar.value), to: &writer)
      return true
    }
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { writer.put(byte) }
    return false
  }

  @inline(never)
  private static func escape(_ byte: UInt8, to writer: inout ByteWriter) {
    writer.reserve(6)
    let short: UInt8
    switch byte {
    case 0x22, 0x5C: short = byte
    case 0x08: short = 0x62
    case 0x09: short = 0x74
    case 0x0A: short = 0x6E
    case 0x0C: short = 0x66
    case 0x0D: short = 0x72
    default:
      unicode(byte, to: &writer)
      return
    }
    writer.put(0x5C)
    writer.put(short)
  }

  /// Writes a scalar below U+0100 by its number; there must be room for six bytes.
  static func unicode(_ byte: UInt8, to writer: inout ByteWriter) {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
    writer.put(0x5C)
    writer.put(0x75)
    writer.put(0x30)
    writer.put(0x30)
    writer.put(digit(byte >> 4))
    writer.put(digit(byte & 15))
  }
}
