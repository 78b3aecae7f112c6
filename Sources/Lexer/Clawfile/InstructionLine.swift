package import Source

/// One instruction of a Clawfile as the lexer found it: where it stands, its words still raw.
package struct InstructionLine: Sendable {
  /// Its text, without heredoc bodies.
  package var text: LogicalText
  /// The instruction word, as indices of `text`.
  package var keyword: Range<Int>
  /// Which instruction of Docker's that is; nil for Claw directives and unknown words.
  package var instruction: DockerInstruction?
  /// The `--x` words in front of the arguments.
  package var flags: [FlagWord]
  /// The rest, trimmed, as indices of `text`.
  package var arguments: Range<Int>
  /// First line, from 1.
  package var firstLine: Int
  /// Last line of the text, before heredoc bodies.
  package var lastTextLine: Int
  /// Last line, heredoc bodies and terminators included.
  package var lastLine: Int
  /// All of its bytes, from the first line's first byte to the last line's end with its LF.
  package var range: SourceRange
  /// Comment lines directly above it, as indices of `LexedClawfile.comments`.
  package var comments: Range<Int>
  /// Comment lines between its continuation lines, as indices of `LexedClawfile.comments`.
  package var innerComments: Range<Int>
  /// Whether a blank line stands between its continuation lines.
  package var hasEmptyContinuation: Bool
  /// Its heredocs, in order.
  package var heredocs: [Heredoc]

  /// The keyword's bytes in the file.
  package var keywordRange: SourceRange { text.source(keyword) }

  /// From the keyword to the last byte of the text.
  package var textRange: SourceRange { text.source(keyword.lowerBound..<max(keyword.upperBound, arguments.upperBound)) }
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
