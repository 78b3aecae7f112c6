/// What `--help` prints, arranged as it is read: a usage line that fits, and examples last, right above the prompt.
enum HelpText {
  /// The argument parser's text, arranged.
  static func arranged(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      if line.hasPrefix("USAGE:") && line.count > 80 { return usage(line) }
      // A group's name says enough.
      let heading = " SUBCOMMANDS:"
      return line.hasSuffix(heading) ? line.dropLast(heading.count) + ":" : String(line)
    }
    guard let first = lines.firstIndex(of: "EXAMPLES"),
      let usage = lines[first...].firstIndex(where: { $0.hasPrefix("USAGE:") })
    else { return lines.joined(separator: "\n") }
    let examples = trimmed(lines[first..<usage])
    let rest = trimmed(lines[..<first] + lines[usage...])
    return (rest + [""] + examples).joined(separator: "\n")
  }

  /// The argument parser's complaint, said as all others are.
  static func complaint(_ text: String) -> String {
    let prefix = "Error: "
    guard text.hasPrefix(prefix) else { return text }
    let rest = text.dropFirst(prefix.count)
    return "claw: " + rest.prefix(1).lowercased() + rest.dropFirst()
  }

  /// A usage line with one word for all options, which stand below it anyway.
  private static func usage(_ line: Substring) -> String {
    var words: [Substring] = []
    var depth = 0
    for word in line.split(separator: " ") {
      if depth > 0, let last = words.popLast() {
        words.append(line[last.startIndex..<word.endIndex])
      } else {
        words.append(word)
      }
      depth += word.count { $0 == "[" } - word.count { $0 == "]" }
    }
    // Options may stand anywhere; in front of the arguments they read best.
    let place = words.firstIndex { $0.hasPrefix("[") || $0.hasPrefix("<") } ?? words.endIndex
    let arguments = words[place...].filter { !$0.hasPrefix("[-") && $0 != "[<options>]" }
    return (words[..<place] + ["[<options>]"] + arguments).joined(separator: " ")
  }

  private static func trimmed(_ lines: ArraySlice<String>) -> [String] {
    Array(lines[..<((lines.lastIndex { !$0.isEmpty } ?? lines.startIndex - 1) + 1)])
  }
}
