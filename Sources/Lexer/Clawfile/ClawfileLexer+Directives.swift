import Diagnostics
import Source

extension ClawfileLexer {
  mutating func comment(_ range: Range<Int>, line: Int) {
    if line == 1, bytes[range].starts(with: "#!".utf8) {
      isBelowShebang = true
      output.comments.append(CommentLine(line: line, range: SourceRange(range.lowerBound, range.upperBound)))
      pendingComments = output.comments.count
      return
    }
    let isDirective = !directivesAreOver && directive(range, line: line)
    output.comments.append(CommentLine(line: line, range: SourceRange(range.lowerBound, range.upperBound)))
    let isBlank = withoutLeadingSpace(range.lowerBound + 1..<range.upperBound).isEmpty
    if isDirective || isBlank { pendingComments = output.comments.count }
  }

  /// Reads `# key=value`; anything else ends the directives of the file.
  private mutating func directive(_ range: Range<Int>, line: Int) -> Bool {
    var index = withoutLeadingSpace(range.lowerBound + 1..<range.upperBound).lowerBound
    let start = index
    while index < range.upperBound, bytes[index].isASCIIAlphanumeric { index += 1 }
    let name = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
    index = withoutLeadingSpace(index..<range.upperBound).lowerBound
    guard ["syntax", "escape", "check"].contains(name), index < range.upperBound, bytes[index] == 0x3D else {
      directivesAreOver = true
      return false
    }
    let text = LogicalText(line: bytes[range])
    let valueRange = text.trimmed(index + 1..<range.upperBound)
    guard !valueRange.isEmpty else {
      directivesAreOver = true
      return false
    }
    let place = SourceRange(range.lowerBound, range.upperBound)
    if isBelowShebang, name == "escape" { return true }
    if let earlier = output.directives.first(where: { $0.name == name }) {
      if isBelowShebang { return true }
      bag.report(
        LexicalRules.duplicateDirective, at: Location(file, place),
        "only one '\(name)' parser directive can be used",
        help: "remove one of the two", labels: [.init(Location(file, earlier.range), "the first one")])
      return true
    }
    let directive = ParserDirective(
      name: name, value: String(decoding: bytes[valueRange], as: UTF8.self), range: place,
      valueRange: SourceRange(valueRange.lowerBound, valueRange.upperBound))
    output.directives.append(directive)
    if name == "escape" {
      if directive.value == "\\" || directive.value == "`" {
        output.escape = bytes[valueRange.lowerBound]
      } else {
        bag.report(
          LexicalRules.invalidEscape, at: Location(file, directive.valueRange),
          "the escape character must be '\\' or '`', not '\(directive.value)'",
          help: "write '# escape=`' or leave it out")
      }
    }
    return true
  }
}
