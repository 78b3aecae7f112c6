/// Counts words and sentences of texts, each of which ends where it ends.
package struct SentenceCount: Sendable {
  private var words = 0
  private var sentences = 0
  /// How many scalars are still looked at: what comes later says no more of a style.
  private var rest = 20_000

  package init() {}

  /// Words a sentence; nil if there were none.
  package var wordsPerSentence: Double? { sentences == 0 ? nil : Double(words) / Double(sentences) }

  private enum Class: UInt8 {
    case other
    case letter
    case end
  }

  /// What an ASCII character is, by its number.
  private static let classes: [Class] = (0..<128).map { (byte: UInt8) in
    switch byte {
    case 0x41...0x5A, 0x61...0x7A, 0x27: .letter
    case 0x0A, 0x21, 0x2E, 0x3F: .end
    default: .other
    }
  }

  /// Counts a text.
  package mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add($0) }
  }

  private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    var (isInWord, hasWord) = (false, false)
    var index = 0
    Self.classes.withUnsafeBufferPointer { classes in
      while index < bytes.count, rest > 0 {
        rest -= 1
        let byte = bytes[index]
        let kind: Class
        if byte < 0x80 {
          kind = classes[Int(byte)]
          index += 1
        } else {
          // A string's bytes are sound.
          let count = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
          let scalar = String(decoding: bytes[index..<min(index + count, bytes.count)], as: UTF8.self).unicodeScalars
          kind = scalar.first?.properties.isAlphabetic == true ? .letter : .other
          index += count
        }
        if kind == .letter {
          if !isInWord { words += 1 }
          hasWord = true
        } else if kind == .end, hasWord {
          sentences += 1
          hasWord = false
        }
        isInWord = kind == .letter
      }
    }
    if hasWord { sentences += 1 }
  }
}
