/// The two ways in which BuildKit cuts an instruction's arguments into words, quotes and escapes kept.
package enum WordSplitter {
  /// Words between runs of blanks; quotes mean nothing.
  package static func blanks(_ text: LogicalText, _ range: Range<Int>) -> [Range<Int>] {
    var words: [Range<Int>] = []
    eachBlank(text, range) { words.append($0) }
    return words
  }

  /// Hands out the words between runs of blanks.
  package static func eachBlank(_ text: LogicalText, _ range: Range<Int>, _ take: (Range<Int>) -> Void) {
    let bytes = text.bytes
    var start = range.lowerBound
    var index = start
    while index < range.upperBound {
      if WhiteSpace.isBlank(bytes[index]) {
        if index > start { take(start..<index) }
        while index < range.upperBound, WhiteSpace.isBlank(bytes[index]) { index += 1 }
        start = index
      } else {
        index += 1
      }
    }
    if index > start { take(start..<index) }
  }

  /// The next word between white space, where quotes and the escape character hold a word together: for ENV, LABEL and
  /// ARG. Takes it off `range`; nil where none is left.
  package static func nextQuoted(_ text: LogicalText, _ range: inout Range<Int>, escape: UInt8) -> Range<Int>? {
    let bytes = text.bytes
    var index = range.lowerBound
    let end = range.upperBound
    while index < end {
      let space = isOrdinary(bytes[index]) ? 0 : WhiteSpace.length(at: index, in: bytes[..<end])
      if space == 0 { break }
      index += space
    }
    guard index < end else {
      range = end..<end
      return nil
    }
    let start = index
    var quote: UInt8 = 0
    while index < end {
      let byte = bytes[index]
      if isOrdinary(byte) {
        index += 1
        continue
      }
      if quote == 0 {
        if WhiteSpace.length(at: index, in: bytes[..<end]) > 0 { break }
        if byte == escape {
          index = min(index + 2, end)
          continue
        }
        if byte == 0x22 || byte == 0x27 { quote = byte }
      } else if byte == escape, quote == 0x22 {
        index = min(index + 2, end)
        continue
      } else if byte == quote {
        quote = 0
      }
      index += 1
    }
    range = index..<end
    return start..<index
  }

  /// Whether a byte is part of a word whatever stands around it: no white space, no quote, no escape character.
  @inline(__always)
  private static func isOrdinary(_ byte: UInt8) -> Bool {
    byte < 0x80 && byte > 0x27 && byte != 0x5C && byte != 0x60
  }
}
