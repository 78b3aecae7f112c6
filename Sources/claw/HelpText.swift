/// What `--help` prints, arranged as it is read: examples last, right above the prompt.
enum HelpText {
  /// The argument parser's text with its examples moved to the end.
  static func arranged(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.firstIndex(of: "EXAMPLES"),
      let usage = lines[first...].firstIndex(where: { $0.hasPrefix("USAGE:") })
    else { return text }
    var examples = Array(lines[first..<usage])
    while examples.last?.isEmpty == true { examples.removeLast() }
    var rest = Array(lines[..<first] + lines[usage...])
    while rest.last?.isEmpty == true { rest.removeLast() }
    return (rest + [""] + examples).joined(separator: "\n")
  }
}
