/// The two ways in which BuildKit cuts an instruction's arguments into words, quotes and escapes kept.
package enum WordSplitter {
  /// Words between runs of blanks; quotes mean nothing.
  package static func blanks(_ text: LogicalText, _ range: Range<Int>) -> [Range<Int>] {
    var words: [Range<Int>] = []
    words.reserveCapacity(4)
    var start = range.lowerBound
    var index = start
    while index < range.upperBound {
      if WhiteSpace.isBlank(text.bytes[index]) {
        if index > start { words.append(start..<index) }
        while index < range.upperBound, WhiteSpace.isBlank(text.bytes[index]) { index += 1 }
        start = index
      } else {
        index += 1
      }
    }
    if index > start { words.append(start..<index) }
    return words
  }

  /// Words between white space, where quotes and the escape character hold a word together: for ENV, LABEL and ARG.
  package static func quoted(_ text: LogicalText, _ range: Range<Int>, escape: UInt8) -> [Range<Int>] {
    let bytes = text.bytes[range]
    var words: [Range<Int>] = []
    words.reserveCapacity(4)
    var index = range.lowerBound
    let end = range.upperBound
    while index < end {
      let space = WhiteSpace.length(at: index, in: bytes)
      if space > 0 {
        index += space
        continue
      }
      let start = index
      var quote: UInt8 = 0
      while index < end {
        let byte = bytes[index]
        if quote == 0 {
          if WhiteSpace.length(at: index, in: bytes) > 0 { break }
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
      words.append(start..<index)
    }
    return words
  }
}
