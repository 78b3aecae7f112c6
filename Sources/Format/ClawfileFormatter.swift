package import AST
import Lexer
import Source

/// Formats Clawfiles: keywords in upper case, one blank behind them, no blanks at line ends, one blank line at most, a
/// blank line in front of each stage. Nothing inside an argument, a continuation, a comment's text or a heredoc changes.
package enum ClawfileFormatter {
  /// The formatted text of a file. Formatting twice gives the same.
  package static func format(_ file: Clawfile) -> [UInt8] {
    var formatter = LineFormatter(file)
    return formatter.run()
  }

  /// Whether two trees say the same: formatting must not change what a build sees.
  package static func sayTheSame(_ left: Clawfile, _ right: Clawfile) -> Bool {
    guard left.instructions.count == right.instructions.count, left.escape == right.escape,
      left.parserDirectives.map(\.value) == right.parserDirectives.map(\.value)
    else { return false }
    return zip(left.instructions, right.instructions).allSatisfy { first, second in
      let (a, b) = (first.line, second.line)
      return a.instruction == b.instruction && a.flags.map(\.value) == b.flags.map(\.value)
        && words(first) == words(second)
        && zip(a.heredocs, b.heredocs).allSatisfy {
          left.file.slice($0.body).elementsEqual(right.file.slice($1.body)) && $0.name == $1.name
        } && a.heredocs.count == b.heredocs.count
    }
  }

  private static func words(_ instruction: Instruction) -> [String] {
    let line = instruction.line
    switch instruction.body {
    case .from(let from): return [from.base.text, from.name?.text ?? ""]
    default: return [line.text.string(line.arguments)]
    }
  }
}

/// Goes over a file's lines once.
private struct LineFormatter {
  let file: Clawfile
  let source: SourceFile
  var output: [UInt8] = []
  /// Blank lines that were seen and not yet written.
  var hasBlank = false
  var lineEnd: [UInt8]

  init(_ file: Clawfile) {
    self.file = file
    source = file.file
    let first = source.slice(source.lines.range(ofLine: 1))
    lineEnd = first.suffix(2).elementsEqual([0x0D, 0x0A]) ? [0x0D, 0x0A] : [0x0A]
  }

  mutating func run() -> [UInt8] {
    if source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { output = [0xEF, 0xBB, 0xBF] }
    let start = output.count
    var byLine: [Int: Instruction] = [:]
    for instruction in file.instructions { byLine[instruction.line.firstLine] = instruction }
    var line = 1
    let stageStarts = Set(file.stages.dropFirst().map { leadingLine(of: file.instructions[$0.from].line) })
    while line <= source.lines.count {
      if stageStarts.contains(line), output.count > start { hasBlank = true }
      if let instruction = byLine[line] {
        flushBlank(start)
        write(instruction)
        line = instruction.line.lastLine + 1
        continue
      }
      let text = trimmed(line)
      if text.isEmpty {
        hasBlank = true
      } else {
        flushBlank(start)
        output += text + lineEnd
      }
      line += 1
    }
    return output
  }

  /// The first of the comment lines directly above an instruction, or its own.
  private func leadingLine(of line: InstructionLine) -> Int {
    line.comments.first.map { file.comments[$0].line } ?? line.firstLine
  }

  private mutating func flushBlank(_ start: Int) {
    if hasBlank, output.count > start { output += lineEnd }
    hasBlank = false
  }

  /// A line without blanks at either end and without its line end.
  private func trimmed(_ line: Int) -> [UInt8] {
    var bytes = source.slice(source.lines.range(ofLine: line))
    if line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    while let last = bytes.last, last == 0x20 || last == 0x09 || last == 0x0A || last == 0x0D { bytes.removeLast() }
    return Array(bytes)
  }

  private mutating func write(_ instruction: Instruction) {
    let line = instruction.line
    let keyword = line.text.source(line.keyword)
    // A keyword that is cut by a continuation is nobody's style and nobody's business.
    guard source.lines.line(at: keyword.lower) == line.firstLine, !line.keyword.isEmpty,
      source.text(keyword) == line.text.string(line.keyword), isKnown(instruction)
    else {
      output += source.slice(line.range)
      endLine()
      return
    }
    output += line.text.string(line.keyword).uppercased().utf8
    var offset = keyword.upper
    let whole = source.lines.range(ofLine: line.firstLine)
    let rest = source.slice(SourceRange(offset, whole.upper))
    let blanks = rest.prefix { $0 == 0x20 || $0 == 0x09 }.count
    if blanks > 0, rest.count > blanks, let next = rest.dropFirst(blanks).first, next != 0x0A, next != 0x0D {
      output.append(0x20)
      offset += blanks
    }
    if case .from(let from) = instruction.body, let word = from.asKeyword {
      let place = line.text.source(word.range)
      output += source.slice(SourceRange(offset, place.lower))
      output += "AS".utf8
      offset = place.upper
    }
    // Only the last line of the text may lose blanks at its end; everything before it is the author's.
    let lastText = source.lines.range(ofLine: line.lastTextLine)
    let body = source.slice(SourceRange(offset, lastText.upper))
    var end = body
    while let last = end.last, last == 0x20 || last == 0x09 || last == 0x0A || last == 0x0D { end.removeLast() }
    output += end
    output += lineEnd
    if line.lastLine > line.lastTextLine {
      output += source.slice(SourceRange(lastText.upper, line.range.upper))
      endLine()
    }
  }

  private func isKnown(_ instruction: Instruction) -> Bool {
    if case .directive = instruction.body { return true }
    return instruction.line.instruction != nil
  }

  private mutating func endLine() {
    if output.last != 0x0A { output += lineEnd }
  }
}
