/// Base64 with padding (RFC 4648, section 4).
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// What each character stands for; 0xFF for what is none.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()

  /// The text of some bytes.
  package static func encode(_ bytes: [UInt8]) -> String {
    let length = length(of: bytes.count)
    return String(unsafeUninitializedCapacity: length) { text in
      if let start = text.baseAddress { write(bytes, to: start) }
      return length
    }
  }

  /// How many characters so many bytes become.
  static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

  /// Writes the text of some bytes, for which there must be room.
  static func write(_ bytes: [UInt8], to text: UnsafeMutablePointer<UInt8>) {
    alphabet.withUnsafeBufferPointer { alphabet in
      bytes.withUnsafeBufferPointer { bytes in
        var (index, written) = (0, 0)
        while index + 3 <= bytes.count {
          let group = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
          text[written] = alphabet[group >> 18]
          text[written + 1] = alphabet[group >> 12 & 63]
          text[written + 2] = alphabet[group >> 6 & 63]
          text[written + 3] = alphabet[group & 63]
          index += 3
          written += 4
        }
        guard index < bytes.count else { return }
        let group = Int(bytes[index]) << 16 | (index + 1 < bytes.count ? Int(bytes[index + 1]) << 8 : 0)
        text[written] = alphabet[group >> 18]
        text[written + 1] = alphabet[group >> 12 & 63]
        text[written + 2] = index + 1 < bytes.count ? alphabet[group >> 6 & 63] : 0x3D
        text[written + 3] = 0x3D
      }
    }
  }

  /// The bytes of a text; nil if it is no Base64: padding must be there, and bits that no byte has must be zero.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(Array(text.utf8)) }

  /// The same for the bytes of a text.
  package static func decode(_ text: [UInt8]) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    if text.isEmpty { return [] }
    let padding = text[text.count - 1] != 0x3D ? 0 : text[text.count - 2] != 0x3D ? 1 : 2
    let length = text.count / 4 * 3 - padding
    var isValid = true
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { bytes, count in
      values.withUnsafeBufferPointer { values in
        text.withUnsafeBufferPointer { text in
          // Everything that is no digit of the alphabet, '=' elsewhere too, leaves its mark in the upper bits.
          var marks: UInt8 = 0
          var written = 0
          let whole = text.count - (padding > 0 ? 4 : 0)
          var start = 0
          while start < whole {
            let (a, b) = (values[Int(text[start])], values[Int(text[start + 1])])
            let (c, d) = (values[Int(text[start + 2])], values[Int(text[start + 3])])
            marks |= a | b | c | d
            bytes[written] = a << 2 | b >> 4
            bytes[written + 1] = b << 4 | c >> 2
            bytes[written + 2] = c << 6 | d
            start += 4
            written += 3
          }
          if padding > 0 {
            let (a, b) = (values[Int(text[start])], values[Int(text[start + 1])])
            let c = padding == 1 ? values[Int(text[start + 2])] : 0
            marks |= a | b | c
            bytes[written] = a << 2 | b >> 4
            if padding == 1 { bytes[written + 1] = b << 4 | c >> 2 }
            // Bits that no byte has must be zero.
            if padding == 1 ? c & 0x03 != 0 : b & 0x0F != 0 { isValid = false }
          }
          if marks & 0xC0 != 0 { isValid = false }
        }
      }
      count = length
    }
    return isValid ? bytes : nil
  }
}
