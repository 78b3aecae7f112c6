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
    guard bytes.first == 0x5B, let value = try? JSONParser.parse(bytes, maximumDepth: 1_000),
      let elements = value.array
    else { return .shell }
    var words: [String] = []
    for element in elements {
      guard let word = element.string else { return .notStrings }
      words.append(word)
    }
    return .words(words)
  }
}
