import Diagnostics
import Source

extension ClawfileLexer {
  func takesHeredocs(_ line: InstructionWords) -> Bool {
    guard line.marks.contains(anyOf: .heredocMarker) else { return false }
    switch line.instruction {
    case .onbuild:
      let inner = words(of: LogicalText(line: line.text.bytes[line.arguments]))
      return inner.instruction != .onbuild && takesHeredocs(inner)
    case .some(let instruction): return instruction.takesHeredoc && !isJSONForm(line)
    case nil:
      // In a directive's text '<<' is text, unless the marker is all there is: what stands behind it would be lost.
      return line.flags.isEmpty && heredocDirectives.contains(line.text.string(line.keyword).lowercased())
        && HeredocMarker(word: line.text.string(line.arguments)) != nil
    }
  }

  private func isJSONForm(_ line: InstructionWords) -> Bool {
    guard line.instruction?.takesJSON == true else { return false }
    return ExecForm.parse(line.text.bytes[line.arguments]) != .shell
  }

  mutating func heredocs(of instruction: InstructionWords, count: Int) -> [Heredoc] {
    let text = instruction.text
    var heredocs: [Heredoc] = []
    for marker in HeredocMarker.all(in: text.bytes) {
      let name = Array(marker.name.utf8)
      let start = line <= count ? file.lines.starts[line - 1] : bytes.count
      var terminator: Range<Int>?
      while line <= count {
        let whole = content(of: line)
        line += 1
        var lower = whole.lowerBound
        if marker.chomps {
          while lower < whole.upperBound, bytes[lower] == 0x09 { lower += 1 }
        }
        if whole.upperBound - lower == name.count, bytes[lower..<whole.upperBound].elementsEqual(name) {
          terminator = whole
          break
        }
      }
      guard let terminator else {
        bag.report(
          LexicalRules.unterminatedHeredoc,
          at: Location(file, text.source(instruction.keyword.lowerBound..<instruction.arguments.upperBound)),
          "the heredoc '\(marker.name)' has no end",
          help: "add a line that holds only '\(marker.name)'; blanks around it count")
        heredocs.append(
          Heredoc(
            name: marker.name, expands: marker.expands, chomps: marker.chomps,
            body: SourceRange(start, bytes.count), terminator: SourceRange(at: bytes.count)))
        return heredocs
      }
      heredocs.append(
        Heredoc(
          name: marker.name, expands: marker.expands, chomps: marker.chomps,
          body: SourceRange(start, file.lines.starts[line - 2]),
          terminator: SourceRange(terminator.lowerBound, terminator.upperBound)))
    }
    return heredocs
  }
}
