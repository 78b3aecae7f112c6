package import Source

/// What the bytes of a Clawfile are, for editors and for the test of the TextMate grammar: derived from what the lexer
/// found, so that colours never tell another story than the compiler.
package enum ClawfileTokens {
  /// A kind of token.
  package enum Kind: String, Sendable, CaseIterable {
    /// A comment.
    case comment
    /// A `# key=value` line that took effect.
    case parserDirective
    /// An instruction word of Docker's, an ONBUILD trigger's too.
    case keyword
    /// A Claw directive's word.
    case directiveKeyword
    /// A `--flag` in front of the arguments.
    case flag
    /// `<<NAME`
    case heredocMarker
    /// A heredoc's lines.
    case heredocBody
    /// The line that ends a heredoc.
    case heredocTerminator
    /// The escape character at a line's end.
    case continuation
    /// A JSON form.
    case json
    /// Any other argument.
    case text
  }

  /// Some bytes of one line, and what they are.
  package struct Token: Sendable, Equatable {
    /// What they are.
    package var kind: Kind
    /// Where they stand.
    package var range: SourceRange
  }

  /// The tokens of a file, in order; no two overlap, none crosses a line's end, and what is in none is white space.
  ///
  /// - Parameter directives: the words of Claw directives, upper-case.
  package static func tokens(of file: LexedClawfile, directives: Set<String>) -> [Token] {
    var painter = Painter(bytes: file.file.bytes)
    let effective = Set(file.directives.map(\.range))
    for instruction in file.instructions { paint(instruction, file, directives, &painter) }
    for comment in file.comments {
      painter.paint(comment.range, effective.contains(comment.range) ? .parserDirective : .comment)
    }
    return painter.tokens()
  }

  private static func paint(
    _ line: InstructionLine, _ file: LexedClawfile, _ directives: Set<String>, _ painter: inout Painter
  ) {
    // What is left over between the lines of an instruction is the escape character.
    let textEnd = file.file.lines.range(ofLine: line.lastTextLine).upper
    painter.paintVisible(SourceRange(line.range.lower, textEnd), .continuation)
    func paint(_ range: Range<Int>, _ kind: Kind) {
      for index in range { painter.paint(line.text.offset(of: index), kind) }
    }
    let word = line.text.string(line.keyword).uppercased()
    paint(line.keyword, line.instruction != nil ? .keyword : directives.contains(word) ? .directiveKeyword : .text)
    // With the '--' that ends them.
    for index in line.keyword.upperBound..<max(line.keyword.upperBound, line.arguments.lowerBound) {
      if !WhiteSpace.isBlank(line.text.bytes[index]) { painter.paint(line.text.offset(of: index), .flag) }
    }
    arguments(line, line.instruction, line.arguments, paint)
    for heredoc in line.heredocs {
      painter.paint(heredoc.body, .heredocBody)
      painter.paint(heredoc.terminator, .heredocTerminator)
    }
  }

  private static func arguments(
    _ line: InstructionLine, _ instruction: DockerInstruction?, _ range: Range<Int>, _ paint: (Range<Int>, Kind) -> Void
  ) {
    if instruction == .onbuild {
      let end = line.text.bytes[range].firstIndex(where: WhiteSpace.isBlank) ?? range.upperBound
      let trigger = DockerInstruction(line.text.bytes[range.lowerBound..<end])
      paint(range, .text)
      if trigger != nil { paint(range.lowerBound..<end, .keyword) }
      let rest = line.text.trimmed(end..<range.upperBound)
      if !rest.isEmpty, trigger != .onbuild { arguments(line, trigger, rest, paint) }
      return
    }
    if instruction?.takesJSON == true, ExecForm.parse(line.text.bytes[range]) != .shell {
      return paint(range, .json)
    }
    paint(range, .text)
    var rest = range
    for heredoc in line.heredocs {
      guard let marker = marker(of: heredoc, in: line.text, rest) else { return }
      paint(marker, .heredocMarker)
      rest = marker.upperBound..<range.upperBound
    }
  }

  /// Where a heredoc's `<<NAME` stands: outside of quotes, at a word's start.
  private static func marker(of heredoc: Heredoc, in text: LogicalText, _ range: Range<Int>) -> Range<Int>? {
    var index = range.lowerBound
    var start = index
    var quote: UInt8 = 0
    while index < range.upperBound {
      let byte = text.bytes[index]
      if quote == 0, byte == 0x3C, index + 1 < range.upperBound, text.bytes[index + 1] == 0x3C {
        let end = end(ofMarkerAt: index, in: text, range.upperBound)
        if HeredocMarker(word: text.string(start..<end))?.name == heredoc.name { return start..<end }
        index = end
        continue
      }
      if quote == 0, byte == 0x22 || byte == 0x27 { quote = byte } else if byte == quote { quote = 0 }
      index += byte == 0x5C && quote != 0x27 ? 2 : 1
      if quote == 0, WhiteSpace.isBlank(byte) { start = index }
    }
    return nil
  }

  private static func end(ofMarkerAt index: Int, in text: LogicalText, _ end: Int) -> Int {
    var index = index + 2
    if index < end, text.bytes[index] == 0x2D { index += 1 }
    while index < end, WhiteSpace.isBlank(text.bytes[index]) { index += 1 }
    var quote: UInt8 = 0
    while index < end {
      let byte = text.bytes[index]
      if quote == 0, WhiteSpace.isBlank(byte) { break }
      if quote == 0, byte == 0x22 || byte == 0x27 { quote = byte } else if byte == quote { quote = 0 }
      index += 1
    }
    return index
  }

  /// Every byte with its kind; a later coat covers an earlier one.
  private struct Painter {
    let bytes: [UInt8]
    var kinds: [Kind?]

    init(bytes: [UInt8]) {
      self.bytes = bytes
      kinds = Array(repeating: nil, count: bytes.count)
    }

    mutating func paint(_ offset: Int, _ kind: Kind) {
      if offset < kinds.count { kinds[offset] = kind }
    }

    mutating func paint(_ range: SourceRange, _ kind: Kind) {
      for offset in range.lower..<range.upper { paint(offset, kind) }
    }

    mutating func paintVisible(_ range: SourceRange, _ kind: Kind) {
      for offset in range.lower..<range.upper where bytes[offset] > 0x20 && bytes[offset] < 0x80 { paint(offset, kind) }
    }

    func tokens() -> [Token] {
      var tokens: [Token] = []
      for (offset, kind) in kinds.enumerated() {
        guard let kind, bytes[offset] != 0x0A, bytes[offset] != 0x0D else { continue }
        if let last = tokens.last, last.kind == kind, last.range.upper == offset {
          tokens[tokens.count - 1].range.upper = offset + 1
        } else {
          tokens.append(Token(kind: kind, range: SourceRange(offset, offset + 1)))
        }
      }
      return tokens
    }
  }
}
