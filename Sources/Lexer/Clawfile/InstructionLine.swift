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
}

/// One instruction of a Clawfile as the lexer found it: where it stands, its words still raw.
///
/// A reference to what never changes: some thirty passes look at every line, and copying one would count references for
/// each of its parts.
package final class InstructionLine: Sendable {
  /// Its text, without heredoc bodies.
  package let text: LogicalText
  /// The instruction word, as indices of `text`.
  package let keyword: Range<Int>
  /// Which instruction of Docker's that is; nil for Claw directives and unknown words.
  package let instruction: DockerInstruction?
  /// The `--x` words in front of the arguments.
  package let flags: [FlagWord]
  /// The rest, trimmed, as indices of `text`.
  package let arguments: Range<Int>
  /// First line, from 1.
  package let firstLine: Int
  /// Last line of the text, before heredoc bodies.
  package let lastTextLine: Int
  /// Last line, heredoc bodies and terminators included.
  package let lastLine: Int
  /// All of its bytes, from the first line's first byte to the last line's end with its LF.
  package let range: SourceRange
  /// Comment lines directly above it, as indices of `LexedClawfile.comments`.
  package let comments: Range<Int>
  /// Comment lines between its continuation lines, as indices of `LexedClawfile.comments`.
  package let innerComments: Range<Int>
  /// Whether a blank line stands between its continuation lines.
  package let hasEmptyContinuation: Bool
  /// Its heredocs, in order.
  package let heredocs: [Heredoc]

  /// Places words in the file.
  init(
    _ words: InstructionWords, lines: (first: Int, lastOfText: Int, last: Int), range: SourceRange,
    comments: Range<Int>, innerComments: Range<Int>, hasEmptyContinuation: Bool, heredocs: [Heredoc]
  ) {
    text = words.text
    keyword = words.keyword
    instruction = words.instruction
    flags = words.flags
    arguments = words.arguments
    (firstLine, lastTextLine, lastLine) = lines
    self.range = range
    self.comments = comments
    self.innerComments = innerComments
    self.hasEmptyContinuation = hasEmptyContinuation
    self.heredocs = heredocs
  }

  /// The keyword's bytes in the file.
  package var keywordRange: SourceRange { text.source(keyword) }

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
