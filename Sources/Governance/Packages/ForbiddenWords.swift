/// Words that must not stand in a text, looked for all at once.
struct ForbiddenWords: Sendable {
  private struct Word {
    var text: String
    var bytes: [UInt8]
    var isWhole: Bool
    var ignoresCase: Bool
  }

  private let words: [Word]
  /// The words that can begin with a byte, by their index.
  private let starts: [[Int]]

  /// - Parameter words: whole words in small letters, found in either case.
  /// - Parameter exactWords: whole words, found as they are.
  /// - Parameter parts: small letters, found anywhere in either case.
  init(words: [String], exactWords: [String], parts: [String]) {
    func all(_ texts: [String], isWhole: Bool, ignoresCase: Bool) -> [Word] {
      texts.map { Word(text: $0, bytes: Array($0.utf8), isWhole: isWhole, ignoresCase: ignoresCase) }
    }
    let list =
      all(words, isWhole: true, ignoresCase: true) + all(exactWords, isWhole: true, ignoresCase: false)
      + all(parts, isWhole: false, ignoresCase: true)
    var starts = [[Int]](repeating: [], count: 256)
    for (index, word) in list.enumerated() {
      guard let first = word.bytes.first else { continue }
      starts[Int(first)].append(index)
      if word.ignoresCase, 0x61...0x7A ~= first { starts[Int(first - 0x20)].append(index) }
    }
    (self.words, self.starts) = (list, starts)
  }

  /// Those that stand in a text, in the order in which they are listed.
  func found(in text: [UInt8]) -> [String] {
    var found: Set<Int> = []
    text.withUnsafeBufferPointer { text in
      starts.withUnsafeBufferPointer { starts in
        for place in text.indices {
          for index in starts[Int(text[place])] where !found.contains(index) && stands(words[index], text, place) {
            found.insert(index)
          }
        }
      }
    }
    return found.sorted().map { words[$0].text }
  }

  private func stands(_ word: Word, _ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    let end = place + word.bytes.count
    guard end <= text.count else { return false }
    for index in word.bytes.indices {
      let byte = text[place + index]
      guard (word.ignoresCase ? PlainWords.lower(byte) : byte) == word.bytes[index] else { return false }
    }
    guard word.isWhole else { return true }
    return (place == 0 || !PlainWords.isWord(text[place - 1])) && (end == text.count || !PlainWords.isWord(text[end]))
  }
}
