package import Source

/// The text of an instruction, cut into its parts.
struct InstructionWords {
  /// The text, without heredoc bodies.
  var text: LogicalText
  /// The instruction word, as indices of `text`.
  var keyword: Range<Int>
  /// Which instruction of Docker's that is; nil for Claw directives and unknown words.
  var instruction: DockerInstruction?
  /// The `--x` words in front of the arguments.
  var flags: [FlagWord]
  /// The rest, trimmed, as indices of `text`.
  var arguments: Range<Int>
  /// What was seen of them.
  var marks = InstructionLine.Marks.none
}

/// One instruction of a Clawfile as the lexer found it: where it stands, its words still raw.
///
/// A reference to what never changes: copying one would count references for each of its parts. Narrow, because every pass
/// over a file of many lines waits for memory.
package final class InstructionLine: Sendable {
  /// Its text, without heredoc bodies.
  package let text: LogicalText
  /// The `--x` words in front of the arguments.
  package let flags: [FlagWord]
  /// Its heredocs, in order.
  package let heredocs: [Heredoc]
  private let keywordPlace: CompactRange
  private let argumentsPlace: CompactRange
  private let place: CompactRange
  private let commentsPlace: CompactRange
  private let innerCommentsEnd: UInt32
  private let lines: (first: UInt32, lastOfText: UInt32, last: UInt32)
  /// Which instruction of Docker's it is; nil for Claw directives and unknown words.
  package let instruction: DockerInstruction?
  /// What was seen of its text.
  package let marks: Marks

  /// Places words in the file. The comments between its lines are those up to `innerCommentsEnd`.
  init(
    _ words: InstructionWords, lines: (first: Int, lastOfText: Int, last: Int), range: SourceRange,
    comments: Range<Int>, innerCommentsEnd: Int, marks: Marks, heredocs: [Heredoc]
  ) {
    text = words.text
    flags = words.flags
    self.heredocs = heredocs
    keywordPlace = CompactRange(words.keyword)
    argumentsPlace = CompactRange(words.arguments)
    place = CompactRange(range.lower..<range.upper)
    commentsPlace = CompactRange(comments)
    self.innerCommentsEnd = UInt32(clamping: innerCommentsEnd)
    self.lines = (UInt32(clamping: lines.first), UInt32(clamping: lines.lastOfText), UInt32(clamping: lines.last))
    instruction = words.instruction
    self.marks = marks
  }

  /// The instruction word, as indices of `text`.
  package var keyword: Range<Int> { keywordPlace.range }
  /// The rest behind flags, trimmed, as indices of `text`.
  package var arguments: Range<Int> { argumentsPlace.range }
  /// First line, from 1.
  package var firstLine: Int { Int(lines.first) }
  /// Last line of the text, before heredoc bodies.
  package var lastTextLine: Int { Int(lines.lastOfText) }
  /// Last line, heredoc bodies and terminators included.
  package var lastLine: Int { Int(lines.last) }
  /// All of its bytes, from the first line's first byte to the last line's end with its LF.
  package var range: SourceRange { SourceRange(place.range.lowerBound, place.range.upperBound) }
  /// Comment lines directly above it, as indices of `LexedClawfile.comments`.
  package var comments: Range<Int> { commentsPlace.range }
  /// Comment lines between its continuation lines, as indices of `LexedClawfile.comments`.
  package var innerComments: Range<Int> {
    let lower = commentsPlace.range.upperBound
    return lower..<max(lower, Int(innerCommentsEnd))
  }

  /// What the lexer sees of an instruction on its way, and passes would have to look for again.
  ///
  /// No `OptionSet`: its operations are calls, and every instruction is asked several times.
  package struct Marks: Sendable {
    private let bits: UInt8
    private init(_ bits: UInt8) { self.bits = bits }

    /// Whether any of some others is among these.
    package func contains(anyOf others: Marks) -> Bool { bits & others.bits != 0 }
    /// These and others.
    package func union(_ others: Marks) -> Marks { Marks(bits | others.bits) }

    /// Nothing.
    static let none = Marks(0)
    /// A blank line stands between its continuation lines.
    package static let emptyContinuation = Marks(1 << 0)
    /// One of its continuation lines starts with a capital letter at the very left.
    package static let capitalContinuation = Marks(1 << 1)
    /// Its arguments hold a byte that can mean something to `ShellLexer`: they may come out other than they are.
    package static let active = Marks(1 << 2)
    /// Its arguments start with `[`.
    package static let openBracket = Marks(1 << 3)
    /// Its arguments hold `<<`.
    package static let heredocMarker = Marks(1 << 4)
  }

  /// The keyword's bytes in the file.
  package var keywordRange: SourceRange { text.source(keyword) }

  /// Whether a blank line stands between its continuation lines.
  package var hasEmptyContinuation: Bool { marks.contains(anyOf: .emptyContinuation) }

  /// How the keyword is written.
  package var keywordCase: KeywordCase {
    var cases: UInt8 = 0
    for byte in text.bytes[keyword] { cases |= byte & 0x20 == 0 ? 1 : 2 }
    return cases == 2 ? .lower : (cases == 1 ? .upper : .mixed)
  }

  /// From the keyword to the last byte of the text.
  package var textRange: SourceRange { text.source(keyword.lowerBound..<max(keyword.upperBound, arguments.upperBound)) }
}

/// How a keyword is written.
package enum KeywordCase: Sendable {
  /// `run`
  case lower
  /// `RUN`
  case upper
  /// `Run`
  case mixed
}

/// A flag in front of an instruction's arguments.
package struct FlagWord: Sendable {
  /// The word with its quotes and escapes resolved.
  package var value: String
  /// Its raw place, as indices of the instruction's text.
  package var range: Range<Int>
}

/// A heredoc of an instruction.
package struct Heredoc: Sendable {
  /// The terminator.
  package var name: String
  /// Whether variables in the body are expanded: no part of the word was quoted.
  package var expands: Bool
  /// Whether leading tabs are dropped (`<<-`).
  package var chomps: Bool
  /// The body's bytes in the file, line ends included.
  package var body: SourceRange
  /// The terminator line's bytes.
  package var terminator: SourceRange
}

/// A line that holds only a comment.
package struct CommentLine: Sendable {
  /// Line number, from 1.
  package var line: Int
  /// From the `#` to the end of the text.
  package var range: SourceRange
}

/// A `# key=value` line at the top of the file.
package struct ParserDirective: Sendable {
  /// The key, lower-case.
  package var name: String
  /// The value, trimmed.
  package var value: String
  /// The line's text.
  package var range: SourceRange
  /// The value's bytes.
  package var valueRange: SourceRange
}

/// What the lexer makes of a file.
package struct LexedClawfile: Sendable {
  /// The file.
  package var file: SourceFile
  /// The escape character: `\` or, if `# escape=` says so, a backtick.
  package var escape: UInt8 = 0x5C
  /// The parser directives that took effect.
  package var directives: [ParserDirective] = []
  /// Every comment line, parser directives too.
  package var comments: [CommentLine] = []
  /// The instructions, in order.
  package var instructions: [InstructionLine] = []
}
