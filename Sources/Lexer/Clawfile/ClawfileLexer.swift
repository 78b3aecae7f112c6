package import Diagnostics
package import Source

/// Cuts a Clawfile into instruction lines, comments, parser directives and heredocs, exactly where BuildKit cuts it.
///
/// Never fails: what is wrong goes into the bag, and lexing goes on behind it.
package struct ClawfileLexer {
  private let file: SourceFile
  private let bytes: [UInt8]
  private let heredocDirectives: Set<String>
  private var bag = DiagnosticBag()
  private var output: LexedClawfile
  private var line = 1
  private var pendingComments = 0
  private var directivesAreOver = false
  /// BuildKit skips a `#!` line when it looks for `syntax` and `check`, but its search for `escape` ends there.
  private var isBelowShebang = false

  private init(_ file: SourceFile, heredocDirectives: Set<String>) {
    self.file = file
    self.bytes = file.bytes
    self.heredocDirectives = heredocDirectives
    self.output = LexedClawfile(file: file)
  }

  /// Lexes a file.
  ///
  /// - Parameter heredocDirectives: lower-case instruction words, beside Docker's own, that take heredocs.
  package static func lex(
    _ file: SourceFile, heredocDirectives: Set<String> = [], into bag: inout DiagnosticBag
  ) -> LexedClawfile {
    var lexer = ClawfileLexer(file, heredocDirectives: heredocDirectives)
    lexer.run()
    bag.add(contentsOf: lexer.bag)
    return lexer.output
  }

  private mutating func run() {
    output.instructions.reserveCapacity(file.lines.count / 2)
    let count = file.lines.count
    while line <= count, !bytes.isEmpty {
      let first = line
      var content = content(of: first)
      if first == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { content = 3..<max(3, content.upperBound) }
      content = withoutLeadingSpace(content)
      line += 1
      if content.isEmpty {
        pendingComments = output.comments.count
        directivesAreOver = true
        continue
      }
      if bytes[content.lowerBound] == 0x23 {
        comment(content, line: first)
        continue
      }
      directivesAreOver = true
      output.instructions.append(instruction(content, firstLine: first, of: count))
      pendingComments = output.comments.count
    }
  }

  // MARK: Lines

  /// A line's bytes without its line end: every CR and LF at its end.
  private mutating func content(of line: Int) -> Range<Int> {
    let whole = file.lines.range(ofLine: line)
    // BuildKit reads through a 64 KiB buffer that must hold the line and its LF.
    if whole.count > 65_536 || (whole.count == 65_536 && bytes[whole.upper - 1] != 0x0A) {
      bag.report(
        LexicalRules.lineTooLong, at: Location(file, SourceRange(whole.lower, whole.lower + 1)),
        "line \(line) has \(whole.count) bytes; BuildKit reads at most 65535 a line",
        help: "break the line with continuations, or move the text into a file that is copied")
    }
    var upper = whole.upper
    while upper > whole.lower, bytes[upper - 1] == 0x0A || bytes[upper - 1] == 0x0D { upper -= 1 }
    return whole.lower..<upper
  }

  private func withoutLeadingSpace(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    while lower < range.upperBound {
      if WhiteSpace.isNever(bytes[lower]) { break }
      let length = WhiteSpace.length(at: lower, in: bytes[..<range.upperBound])
      if length == 0 { break }
      lower += length
    }
    return lower..<range.upperBound
  }

  /// The line without its continuation character, if it has one: an escape character that only blanks follow and that
  /// no other escape character precedes.
  private func continued(_ range: Range<Int>) -> Range<Int>? {
    var upper = range.upperBound
    while upper > range.lowerBound, bytes[upper - 1] == 0x20 || bytes[upper - 1] == 0x09 { upper -= 1 }
    guard upper > range.lowerBound, bytes[upper - 1] == output.escape else { return nil }
    if upper - 1 > range.lowerBound, bytes[upper - 2] == output.escape { return nil }
    return range.lowerBound..<upper - 1
  }

  // MARK: Comments and parser directives

  private mutating func comment(_ range: Range<Int>, line: Int) {
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
    while index < range.upperBound, isAlphanumeric(bytes[index]) { index += 1 }
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

  private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
  }

  // MARK: Instructions

  private mutating func instruction(_ content: Range<Int>, firstLine: Int, of count: Int) -> InstructionLine {
    let comments = pendingComments..<output.comments.count
    let lower = file.lines.starts[firstLine - 1]
    var hasEmptyContinuation = false
    let text: LogicalText
    if let head = continued(content) {
      var joined: [UInt8] = []
      var pieces: [LogicalText.Piece] = []
      append(head, to: &joined, &pieces)
      while line <= count {
        let current = line
        let whole = self.content(of: current)
        line += 1
        let trimmed = withoutLeadingSpace(whole)
        if trimmed.isEmpty {
          hasEmptyContinuation = true
          continue
        }
        if bytes[trimmed.lowerBound] == 0x23 {
          output.comments.append(
            CommentLine(line: current, range: SourceRange(trimmed.lowerBound, trimmed.upperBound)))
          continue
        }
        let next = continued(whole)
        append(next ?? whole, to: &joined, &pieces)
        if next == nil { break }
      }
      text = LogicalText(joined: joined, pieces: pieces)
    } else {
      text = LogicalText(line: bytes[content])
    }
    let innerComments = comments.upperBound..<output.comments.count
    let words = words(of: text)
    let lastTextLine = line - 1
    let heredocs = takesHeredocs(words) ? heredocs(of: words, count: count) : []
    return InstructionLine(
      words, lines: (firstLine, lastTextLine, line - 1),
      range: SourceRange(lower, file.lines.range(ofLine: line - 1).upper), comments: comments,
      innerComments: innerComments, hasEmptyContinuation: hasEmptyContinuation, heredocs: heredocs)
  }

  private func append(_ range: Range<Int>, to joined: inout [UInt8], _ pieces: inout [LogicalText.Piece]) {
    if range.isEmpty, !pieces.isEmpty { return }
    pieces.append(.init(index: joined.count, offset: range.lowerBound))
    joined.append(contentsOf: bytes[range])
  }

  /// Cuts a text into keyword, flags and arguments.
  private func words(of text: LogicalText) -> InstructionWords {
    let all = text.trimmed(text.bytes.startIndex..<text.bytes.endIndex)
    var end = all.lowerBound
    while end < all.upperBound, !WhiteSpace.isBlank(text.bytes[end]) { end += 1 }
    let keyword = all.lowerBound..<end
    while end < all.upperBound, WhiteSpace.isBlank(text.bytes[end]) { end += 1 }
    var flags: [FlagWord] = []
    if end + 1 < all.upperBound, startsFlag(text.bytes, end, all.upperBound) {
      (flags, end) = FlagSplitter.split(text, end..<all.upperBound)
    }
    return InstructionWords(
      text: text, keyword: keyword, instruction: DockerInstruction(text.bytes[keyword]), flags: flags,
      arguments: text.trimmed(end..<all.upperBound))
  }

  private func startsFlag(_ bytes: ArraySlice<UInt8>, _ index: Int, _ end: Int) -> Bool {
    // A first byte that is white space only byte by byte (U+00A0 cut in two) may stand before a flag.
    bytes[index] == 0x2D || bytes[index] >= 0x80
  }

  // MARK: Heredocs

  private func takesHeredocs(_ line: InstructionWords) -> Bool {
    guard containsMarker(line.text.bytes[line.arguments]) else { return false }
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

  private func containsMarker(_ bytes: ArraySlice<UInt8>) -> Bool {
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == 0x3C, previous == 0x3C { return true }
      previous = byte
    }
    return false
  }

  private func isJSONForm(_ line: InstructionWords) -> Bool {
    guard line.instruction?.takesJSON == true else { return false }
    return ExecForm.parse(line.text.bytes[line.arguments]) != .shell
  }

  private mutating func heredocs(of instruction: InstructionWords, count: Int) -> [Heredoc] {
    let text = instruction.text
    var heredocs: [Heredoc] = []
    for marker in HeredocMarker.all(in: text.bytes) {
      let start = line <= count ? file.lines.starts[line - 1] : bytes.count
      var terminator: Range<Int>?
      while line <= count {
        let whole = content(of: line)
        line += 1
        var lower = whole.lowerBound
        if marker.chomps {
          while lower < whole.upperBound, bytes[lower] == 0x09 { lower += 1 }
        }
        if bytes[lower..<whole.upperBound].elementsEqual(marker.name.utf8) {
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
