/// Looks for words in texts, as the reference's expressions do: by ASCII.
enum PlainWords {
  static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
    default: false
    }
  }

  @inline(__always)
  static func lower(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }

  /// Whether `word`, which is in small letters, occurs anywhere in a text in either case.
  static func contains(_ text: String, _ word: String) -> Bool { find(text, word, isWhole: false, ignoresCase: true) }

  /// Whether a word occurs with no letter, digit or underscore on either side.
  static func hasWord(_ text: String, _ word: String, ignoresCase: Bool = true) -> Bool {
    find(text, word, isWhole: true, ignoresCase: ignoresCase)
  }

  private static func find(_ text: String, _ word: String, isWhole: Bool, ignoresCase: Bool) -> Bool {
    var (text, word) = (text, word)
    return text.withUTF8 { text in
      word.withUTF8 { find(text, $0, isWhole: isWhole, ignoresCase: ignoresCase) }
    }
  }

  static func find(
    _ text: UnsafeBufferPointer<UInt8>, _ word: UnsafeBufferPointer<UInt8>, isWhole: Bool, ignoresCase: Bool
  ) -> Bool {
    guard let first = word.first, text.count >= word.count else { return false }
    for start in 0...(text.count - word.count) {
      let byte = text[start]
      guard byte == first || (ignoresCase && lower(byte) == first) else { continue }
      var length = 1
      while length < word.count, (ignoresCase ? lower(text[start + length]) : text[start + length]) == word[length] {
        length += 1
      }
      guard length == word.count else { continue }
      if !isWhole { return true }
      let end = start + length
      if start == 0 || !isWord(text[start - 1]), end == text.count || !isWord(text[end]) { return true }
    }
    return false
  }
}
