/// What a lexer has put out, with the words in it.
struct ShellOutput {
  /// The result.
  var bytes: [UInt8] = []
  /// Where its words stand: whatever is between unquoted white space, even if quotes or variables are part of it.
  var words: [Range<Int>] = []
  private let cutsWords: Bool
  private var start = 0

  init(cutsWords: Bool, capacity: Int = 0) {
    self.cutsWords = cutsWords
    bytes.reserveCapacity(capacity)
  }

  /// The result as text.
  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// Adds what belongs to the word under way, white space or not.
  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// Adds what belongs to the word under way, white space or not.
  mutating func append(_ text: some Collection<UInt8>) { bytes.append(contentsOf: text) }

  /// Adds text whose white space ends words.
  mutating func appendUnquoted(_ text: String) {
    if cutsWords { appendUnquoted(Array(text.utf8)[...]) } else { bytes.append(contentsOf: text.utf8) }
  }

  /// Adds text whose white space ends words.
  mutating func appendUnquoted(_ text: ArraySlice<UInt8>) {
    let before = bytes.count
    bytes.append(contentsOf: text)
    guard cutsWords else { return }
    var index = text.startIndex
    while index < text.endIndex {
      let length = WhiteSpace.length(at: index, in: text)
      if length > 0 {
        finish(at: before + index - text.startIndex)
        start = before + index - text.startIndex + length
      }
      index += max(1, length)
    }
  }

  /// Ends the last word.
  mutating func finish() { finish(at: bytes.count) }

  private mutating func finish(at end: Int) {
    if cutsWords, end > start { words.append(start..<end) }
    start = end
  }
}
