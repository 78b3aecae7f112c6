import Source

/// A word of a sentence.
struct IntentWord: Sendable {
  /// As it is compared: in small letters.
  var text: String
  /// As it was written: the case of an image's tag matters.
  var written: String
  /// Its bytes in the sentence.
  var range: SourceRange

  /// The words of a sentence; commas and a full stop at the end separate only.
  static func words(of sentence: SourceFile) -> [IntentWord] {
    var words: [IntentWord] = []
    let bytes = sentence.bytes
    var start: Int?
    func end(_ offset: Int) {
      guard let first = start else { return }
      start = nil
      var last = offset
      while last > first, bytes[last - 1] == 0x2C || bytes[last - 1] == 0x2E { last -= 1 }
      guard last > first else { return }
      let written = String(decoding: bytes[first..<last], as: UTF8.self)
      words.append(IntentWord(text: written.lowercased(), written: written, range: SourceRange(first, last)))
    }
    for (offset, byte) in bytes.enumerated() {
      if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
        end(offset)
      } else if start == nil {
        start = offset
      }
    }
    end(bytes.count)
    return words
  }
}
