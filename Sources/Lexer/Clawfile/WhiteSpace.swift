/// What counts as white space in a Dockerfile. BuildKit asks Go, which has two answers: one for runes and one for single
/// bytes taken for runes.
package enum WhiteSpace {
  /// The blanks between words: tab, vertical tab, form feed, carriage return, space.
  @inline(__always)
  package static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D && byte != 0x0A)
  }

  /// Go's `unicode.IsSpace` of a byte taken for a rune: U+0085 and U+00A0 count although they are parts of UTF-8 there.
  @inline(__always)
  package static func isLatinSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || byte == 0x85 || byte == 0xA0
  }

  /// What may stand between the parts of a JSON text.
  @inline(__always)
  static func isJSON(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  /// Whether no white space holds the byte: a visible ASCII character. To be asked first; the rest takes slices.
  @inline(__always)
  static func isNever(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x80 }

  /// Length in bytes of the white space scalar that starts at `index`, 0 if there is none.
  @inline(__always)
  package static func length(at index: Int, in bytes: ArraySlice<UInt8>) -> Int {
    let byte = bytes[index]
    if byte < 0x80 { return byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) ? 1 : 0 }
    return wideLength(at: index, in: bytes)
  }

  private static func wideLength(at index: Int, in bytes: ArraySlice<UInt8>) -> Int {
    func at(_ distance: Int) -> UInt8 { index + distance < bytes.endIndex ? bytes[index + distance] : 0 }
    switch (bytes[index], at(1), at(2)) {
    case (0xC2, 0x85, _), (0xC2, 0xA0, _): return 2
    case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF),
      (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
      return 3
    default: return 0
    }
  }

  /// Length in bytes of the white space scalar that ends before `index`, 0 if there is none.
  package static func length(before index: Int, in bytes: ArraySlice<UInt8>) -> Int {
    let byte = bytes[index - 1]
    if byte < 0x80 { return byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) ? 1 : 0 }
    for length in 2...3 where index - length >= bytes.startIndex {
      if wideLength(at: index - length, in: bytes[..<index]) == length { return length }
    }
    return 0
  }

  /// Whether a scalar is white space for Go.
  package static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }
}
