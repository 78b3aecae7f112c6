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
    let length = (bytes.count + 2) / 3 * 4
    return String(unsafeUninitializedCapacity: length) { text in
      alphabet.withUnsafeBufferPointer { alphabet in
        bytes.withUnsafeBufferPointer { bytes in
          var (index, written) = (0, 0)
          while index < bytes.count {
            let rest = bytes.count - index
            let group =
              UInt32(bytes[index]) << 16 | (rest > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
              | (rest > 2 ? UInt32(bytes[index + 2]) : 0)
            text[written] = alphabet[Int(group >> 18)]
            text[written + 1] = alphabet[Int(group >> 12 & 63)]
            text[written + 2] = rest > 1 ? alphabet[Int(group >> 6 & 63)] : 0x3D
            text[written + 3] = rest > 2 ? alphabet[Int(group & 63)] : 0x3D
            index += 3
            written += 4
          }
        }
      }
      return length
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
          for start in stride(from: 0, to: text.count, by: 4) {
            let shown = start + 4 == text.count ? 4 - padding : 4
            var group: UInt32 = 0
            for index in 0..<4 {
              let value = index < shown ? values[Int(text[start + index])] : 0
              marks |= value
              group = group << 6 | UInt32(value)
            }
            for index in 0..<(shown - 1) {
              bytes[written + index] = UInt8(truncatingIfNeeded: group >> (16 - 8 * UInt32(index)))
            }
            written += shown - 1
            if shown < 4, group & (shown == 3 ? 0xFF : 0xFFFF) != 0 { isValid = false }
          }
          if marks & 0xC0 != 0 { isValid = false }
        }
      }
      count = length
    }
    return isValid ? bytes : nil
  }
}
