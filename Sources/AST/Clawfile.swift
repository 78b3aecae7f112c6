package import Lexer
package import Source

/// A Clawfile as a typed tree: instructions in file order, and the stages that they form.
package struct Clawfile: Sendable {
  /// The file.
  package var file: SourceFile
  /// The escape character.
  package var escape: UInt8
  /// The `# key=value` lines that took effect.
  package var parserDirectives: [ParserDirective]
  /// Every comment line.
  package var comments: [CommentLine]
  /// Every instruction, invalid ones too.
  package var instructions: [Instruction] = []
  /// The build stages, in order.
  package var stages: [Stage] = []

  /// Makes a tree without instructions.
  package init(_ lexed: LexedClawfile) {
    file = lexed.file
    escape = lexed.escape
    parserDirectives = lexed.directives
    comments = lexed.comments
  }

  /// Whether any instruction is a Claw directive: a file without is a plain Dockerfile.
  package var hasDirectives: Bool {
    instructions.contains { if case .directive = $0.body { true } else { false } }
  }

  /// A place in the file.
  package func location(_ range: SourceRange) -> Location { Location(file, range) }
}

/// A build stage: FROM and what follows it.
package struct Stage: Sendable {
  /// The index of its FROM in `Clawfile.instructions`.
  package var from: Int
  /// The indices of the instructions behind it.
  package var body: Range<Int>
  /// Its name, lower-case.
  package var name: String?
  /// The base as written: an image, a stage's name or `scratch`, with variables unexpanded.
  package var base: String
  /// The value of `--platform`, unexpanded.
  package var platform: String?

  /// Starts a stage at a FROM; a FROM that could not be read has no body and opens a stage all the same.
  package init(from index: Int, _ from: FromBody?) {
    self.from = index
    body = index + 1..<index + 1
    name = from?.name?.text.lowercased()
    base = from?.base.text ?? ""
    platform = from?.platform?.text
  }
}

/// One instruction.
///
/// A reference to what never changes: some thirty passes walk over all instructions, and copying one would copy all of its
/// parts' reference counts.
package final class Instruction: Sendable {
  /// Its line: the text and where it stands.
  package let line: InstructionLine
  /// What it says.
  package let body: InstructionBody

  /// Pairs a line with its meaning.
  package init(line: InstructionLine, body: InstructionBody) {
    self.line = line
    self.body = body
  }
}
