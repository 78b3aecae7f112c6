import JSON

/// Whether an instruction's arguments are its JSON form.
package enum ExecForm: Equatable, Sendable {
  /// No JSON array: the shell form.
  case shell
  /// A JSON array of strings.
  case words([String])
  /// A JSON array that holds something else: an error.
  case notStrings

  /// Judges arguments: only a JSON array counts; anything that fails to parse is the shell form, as BuildKit has it.
  package static func parse(_ bytes: ArraySlice<UInt8>) -> ExecForm {
    guard bytes.first == 0x5B else { return .shell }
    if let words = plainWords(bytes) { return .words(words) }
    guard let value = try? JSONParser.parse(bytes, maximumDepth: 1_000),
      let elements = value.array
    else { return .shell }
    var words: [String] = []
    for element in elements {
      guard let word = element.string else { return .notStrings }
      words.append(word)
    }
    return .words(words)
  }

  /// The strings of an array that holds one or more of them without escapes, as almost all do; nil where it may be
  /// something else, which is for the JSON parser to say.
  private static func plainWords(_ bytes: ArraySlice<UInt8>) -> [String]? {
    var words: [String] = []
    words.reserveCapacity(4)
    var index = bytes.startIndex
    func skipSpace() {
      while index < bytes.endIndex, WhiteSpace.isJSON(bytes[index]) { index += 1 }
    }
    while index < bytes.endIndex {
      // The '[' or the ','.
      index += 1
      skipSpace()
      guard index < bytes.endIndex, bytes[index] == 0x22 else { return nil }
      index += 1
      let start = index
      while index < bytes.endIndex, bytes[index] != 0x22 {
        if bytes[index] == 0x5C || bytes[index] < 0x20 { return nil }
        index += 1
      }
      guard index < bytes.endIndex else { return nil }
      words.append(String(decoding: bytes[start..<index], as: UTF8.self))
      index += 1
      skipSpace()
      guard index < bytes.endIndex else { return nil }
      if bytes[index] == 0x2C { continue }
      guard bytes[index] == 0x5D else { return nil }
      index += 1
      skipSpace()
      return index == bytes.endIndex ? words : nil
    }
    return nil
  }
}
