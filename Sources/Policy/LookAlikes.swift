/// Letters that look like others, and digits that stand for letters.
///
/// The mappings are ours: what readers take for Latin letters in the scripts that are used for it most (Cyrillic, Greek,
/// Armenian), the usual digits and signs of "leetspeak", and phrases of other languages are not among them: that is beyond
/// what a list can do, and the documentation says so.
enum LookAlikes {
  private static let letters: [Unicode.Scalar: UInt8] = {
    let pairs: [(String, String)] = [
      ("а", "a"), ("е", "e"), ("о", "o"), ("р", "p"), ("с", "c"), ("у", "y"), ("х", "x"), ("і", "i"), ("ј", "j"),
      ("ѕ", "s"),
      ("һ", "h"), ("ԁ", "d"), ("ԛ", "q"), ("ԝ", "w"), ("ь", "b"), ("в", "b"), ("к", "k"), ("м", "m"), ("н", "h"),
      ("т", "t"),
      ("г", "r"), ("п", "n"), ("ӏ", "l"), ("ї", "i"), ("ё", "e"), ("α", "a"), ("β", "b"), ("ε", "e"), ("η", "n"),
      ("ι", "i"),
      ("κ", "k"), ("ν", "v"), ("ο", "o"), ("ρ", "p"), ("τ", "t"), ("υ", "u"), ("χ", "x"), ("γ", "y"), ("ω", "w"),
      ("σ", "o"),
      ("օ", "o"), ("ո", "n"), ("ս", "u"), ("հ", "h"), ("ց", "g"), ("ı", "i"), ("ɑ", "a"), ("ɡ", "g"), ("ɩ", "i"),
      ("ʏ", "y"),
      ("ᴀ", "a"), ("ᴇ", "e"), ("ᴏ", "o"), ("ꜱ", "s"), ("ʀ", "r"), ("ɴ", "n"), ("ɪ", "i"),
    ]
    var result: [Unicode.Scalar: UInt8] = [:]
    for (from, to) in pairs {
      if let scalar = from.unicodeScalars.first, let byte = to.utf8.first { result[scalar] = byte }
    }
    return result
  }()

  /// The Latin letter that a letter looks like.
  static func letter(_ scalar: Unicode.Scalar) -> UInt8? { letters[scalar] }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30: 0x6F
    case 0x31, 0x21: 0x69
    case 0x33: 0x65
    case 0x34, 0x40: 0x61
    case 0x35, 0x24: 0x73
    case 0x37: 0x74
    default: nil
    }
  }

  /// A text with every letter as what it looks like, marks and invisible characters left out, and digits inside of words as
  /// the letters that they stand for.
  static func fold(_ scalars: [Unicode.Scalar]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(scalars.count)
    for scalar in scalars where !TextFolding.isInvisible(scalar) {
      if scalar.value < 0x80 {
        result.append(UInt8(scalar.value))
      } else if let letter = letters[scalar] {
        result.append(letter)
      } else if let plain = decomposed(scalar) {
        result.append(plain)
      } else if scalar.properties.canonicalCombiningClass == .notReordered {
        result += String(Character(scalar)).utf8
      }
    }
    var start = 0
    while start < result.count {
      var end = start
      var hasLetter = false
      while end < result.count, 0x61...0x7A ~= result[end] || digit(result[end]) != nil {
        if 0x61...0x7A ~= result[end] { hasLetter = true }
        end += 1
      }
      // Numbers stay numbers, and so does what is longer than words are.
      if hasLetter, end - start <= 64 {
        for index in start..<end { if let letter = digit(result[index]) { result[index] = letter } }
      }
      start = max(end, start + 1)
    }
    return result
  }

  /// The ASCII letter that a letter with marks is without them.
  private static func decomposed(_ scalar: Unicode.Scalar) -> UInt8? {
    guard 0xC0...0x24F ~= scalar.value || 0x1E00...0x1EFF ~= scalar.value else { return nil }
    let parts = Normalization.decomposition(scalar)
    guard let first = parts.first, first.value < 0x80, parts.count > 1 else { return nil }
    return UInt8(first.value)
  }
}

/// Names that are written to look like other ones.
package enum LookAlikeName {
  /// The name in small letters of ASCII that one looks like; nil if it is ASCII, or looks like none.
  package static func ascii(_ name: String) -> String? {
    guard !UTF8Check.isASCII(Array(name.utf8)) else { return nil }
    var bytes: [UInt8] = []
    for scalar in name.lowercased().unicodeScalars {
      switch scalar.value {
      case 0..<0x80: bytes.append(UInt8(scalar.value))
      // Full-width forms are ASCII at a distance.
      case 0xFF01...0xFF5E: bytes.append(UInt8(scalar.value - 0xFEE0) | (0xFF21...0xFF3A ~= scalar.value ? 0x20 : 0))
      default:
        if TextFolding.isInvisible(scalar) { continue }
        guard let letter = LookAlikes.letter(scalar) else { return nil }
        bytes.append(letter)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
