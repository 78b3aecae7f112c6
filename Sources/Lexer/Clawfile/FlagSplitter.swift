/// Takes the leading `--x` words off an instruction's arguments.
///
/// As BuildKit does it: quotes and backslashes (never the file's escape character) are resolved, `--` ends the flags, and
/// white space is judged byte by byte.
enum FlagSplitter {
  /// The flags, and the index at which the other arguments start.
  static func split(_ text: LogicalText, _ range: Range<Int>) -> (flags: [FlagWord], rest: Int) {
    let bytes = text.bytes
    var flags: [FlagWord] = []
    var index = range.lowerBound
    let end = range.upperBound
    while true {
      while index < end, WhiteSpace.isLatinSpace(bytes[index]) { index += 1 }
      guard index + 1 < end, bytes[index] == 0x2D, bytes[index + 1] == 0x2D else { return (flags, index) }
      let start = index
      // Almost every flag is what stands there.
      while index < end, !WhiteSpace.isLatinSpace(bytes[index]), !isActive(bytes[index]) { index += 1 }
      if index == end || WhiteSpace.isLatinSpace(bytes[index]) {
        if index == start + 2 { return (flags, index) }
        flags.append(FlagWord(value: String(decoding: bytes[start..<index], as: UTF8.self), range: start..<index))
        continue
      }
      var word = Array(bytes[start..<index])
      var quote: UInt8 = 0
      while index < end {
        var byte = bytes[index]
        if quote == 0, WhiteSpace.isLatinSpace(byte) { break }
        if quote == 0, byte == 0x22 || byte == 0x27 {
          quote = byte
          index += 1
          continue
        }
        if quote != 0, byte == quote {
          quote = 0
          index += 1
          continue
        }
        if byte == 0x5C {
          index += 1
          guard index < end else { break }
          byte = bytes[index]
        }
        word.append(byte)
        index += 1
      }
      if word.elementsEqual("--".utf8) { return (flags, index) }
      flags.append(FlagWord(value: String(decoding: word, as: UTF8.self), range: start..<index))
    }
  }

  private static func isActive(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 || byte == 0x5C }
}
