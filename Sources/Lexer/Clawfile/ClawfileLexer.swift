package import Diagnostics
package import Source

/// Cuts a Clawfile into instruction lines, comments, parser directives and heredocs, exactly where BuildKit cuts it.
///
/// Never fails: what is wrong goes into the bag, and lexing goes on behind it.
package struct ClawfileLexer {
  let file: SourceFile
  let bytes: [UInt8]
  /// Where lines start, at hand: every line is looked up twice.
  private let starts: [Int]
  let heredocDirectives: Set<String>
  var bag = DiagnosticBag()
  var output: LexedClawfile
  var line = 1
  var pendingComments = 0
  var directivesAreOver = false
  /// BuildKit skips a `#!` line when it looks for `syntax` and `check`, but its search for `escape` ends there.
  var isBelowShebang = false

  private init(_ file: SourceFile, heredocDirectives: Set<String>) {
    self.file = file
    self.bytes = file.bytes
    self.starts = file.lines.starts
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

  /// The bytes of a line with its line end.
  private func range(ofLine line: Int) -> SourceRange {
    SourceRange(starts[line - 1], line < starts.count ? starts[line] : bytes.count)
  }

  /// A line's bytes without its line end: every CR and LF at its end.
  mutating func content(of line: Int) -> Range<Int> {
    let whole = range(ofLine: line)
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

  func withoutLeadingSpace(_ range: Range<Int>) -> Range<Int> {
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

  // MARK: Instructions

  private mutating func instruction(_ content: Range<Int>, firstLine: Int, of count: Int) -> InstructionLine {
    let comments = pendingComments..<output.comments.count
    let lower = starts[firstLine - 1]
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
      range: SourceRange(lower, range(ofLine: line - 1).upper), comments: comments,
      innerComments: innerComments, hasEmptyContinuation: hasEmptyContinuation, heredocs: heredocs)
  }

  private func append(_ range: Range<Int>, to joined: inout [UInt8], _ pieces: inout [LogicalText.Piece]) {
    if range.isEmpty, !pieces.isEmpty { return }
    pieces.append(.init(index: joined.count, offset: range.lowerBound))
    joined.append(contentsOf: bytes[range])
  }

  /// Cuts a text into keyword, flags and arguments.
  func words(of text: LogicalText) -> InstructionWords {
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
}
