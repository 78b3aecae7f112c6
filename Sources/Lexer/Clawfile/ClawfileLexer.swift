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
  /// The parts of the instruction under way that goes over several lines; kept, so that its memory serves them all.
  private var parts: [Range<Int>] = []

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
    var instructions: [InstructionLine] = []
    instructions.reserveCapacity(file.lines.count / 2)
    var lexed = lex(file, heredocDirectives: heredocDirectives, into: &bag) { line, _ in instructions.append(line) }
    lexed.instructions = instructions
    return lexed
  }

  /// Lexes a file and hands out each instruction, with the file's escape character, as soon as it is cut: what reads it
  /// at once finds its bytes still in the cache. Those of the result are empty.
  package static func lex(
    _ file: SourceFile, heredocDirectives: Set<String>, into bag: inout DiagnosticBag,
    each take: (_ line: InstructionLine, _ escape: UInt8) -> Void
  ) -> LexedClawfile {
    var lexer = ClawfileLexer(file, heredocDirectives: heredocDirectives)
    lexer.run(take)
    bag.add(contentsOf: lexer.bag)
    return lexer.output
  }

  private mutating func run(_ take: (InstructionLine, UInt8) -> Void) {
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
      take(instruction(content, firstLine: first, of: count), output.escape)
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
    var marks = InstructionLine.Marks.none
    let text = continued(content).map { joined($0, of: count, &marks) } ?? LogicalText(line: bytes[content])
    let innerCommentsEnd = output.comments.count
    let words = words(of: text)
    let lastTextLine = line - 1
    let heredocs = takesHeredocs(words) ? heredocs(of: words, count: count) : []
    return InstructionLine(
      words, lines: (firstLine, lastTextLine, line - 1),
      range: SourceRange(lower, range(ofLine: line - 1).upper), comments: comments,
      innerCommentsEnd: innerCommentsEnd, marks: marks.union(words.marks), heredocs: heredocs)
  }

  /// The text of an instruction that goes on behind its first line, whose text is `head`.
  private mutating func joined(_ head: Range<Int>, of count: Int, _ marks: inout InstructionLine.Marks) -> LogicalText {
    parts.removeAll(keepingCapacity: true)
    parts.append(head)
    while line <= count {
      let current = line
      let whole = self.content(of: current)
      line += 1
      let trimmed = withoutLeadingSpace(whole)
      if trimmed.isEmpty {
        marks = marks.union(.emptyContinuation)
        continue
      }
      if bytes[trimmed.lowerBound] == 0x23 {
        output.comments.append(
          CommentLine(line: current, range: SourceRange(trimmed.lowerBound, trimmed.upperBound)))
        continue
      }
      if bytes[whole.lowerBound] >= 0x41, bytes[whole.lowerBound] <= 0x5A {
        marks = marks.union(.capitalContinuation)
      }
      let next = continued(whole)
      if next?.isEmpty != true { parts.append(next ?? whole) }
      if next == nil { break }
    }
    // One piece of memory of the right size for the bytes and one for their places.
    var joined: [UInt8] = []
    joined.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    var pieces: [LogicalText.Piece] = []
    pieces.reserveCapacity(parts.count)
    for part in parts {
      pieces.append(.init(index: joined.count, offset: part.lowerBound))
      joined.append(contentsOf: bytes[part])
    }
    return LogicalText(joined: joined, pieces: pieces)
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
    let arguments = text.trimmed(end..<all.upperBound)
    return InstructionWords(
      text: text, keyword: keyword, instruction: DockerInstruction(text.bytes[keyword]), flags: flags,
      arguments: arguments, marks: Self.marks(text.bytes, arguments))
  }

  /// What one look at the bytes of some arguments tells.
  private static func marks(_ bytes: ArraySlice<UInt8>, _ arguments: Range<Int>) -> InstructionLine.Marks {
    let bytes = bytes[arguments]
    let first: InstructionLine.Marks = bytes.first == 0x5B ? .openBracket : .none
    guard ShellLexer.isActive(bytes) else { return first }
    guard let angle = bytes.firstIndex(of: 0x3C) else { return first.union(.active) }
    var previous: UInt8 = 0
    for byte in bytes[angle...] {
      if byte == 0x3C, previous == 0x3C { return first.union(.active).union(.heredocMarker) }
      previous = byte
    }
    return first.union(.active)
  }

  private func startsFlag(_ bytes: ArraySlice<UInt8>, _ index: Int, _ end: Int) -> Bool {
    // A first byte that is white space only byte by byte (U+00A0 cut in two) may stand before a flag.
    bytes[index] == 0x2D || bytes[index] >= 0x80
  }
}
