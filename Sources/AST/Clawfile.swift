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
  package private(set) var instructions: [Instruction] = []
  /// The bit of each one's keyword; 0 for directives and unknown words.
  private var keywords: [UInt32] = []
  /// The instructions that go over several lines, as indices of `instructions`.
  package private(set) var continued: [Int] = []
  /// The cases that Docker's keywords are written in, from the first FROM on, and how often.
  package private(set) var cases = KeywordCases()
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

  /// Makes room for so many instructions.
  package mutating func reserve(_ count: Int) {
    instructions.reserveCapacity(count)
    keywords.reserveCapacity(count)
  }

  /// Adds an instruction at the end.
  package mutating func append(_ instruction: Instruction) {
    if instruction.line.lastTextLine > instruction.line.firstLine { continued.append(instructions.count) }
    instructions.append(instruction)
    if let keyword = instruction.line.instruction, !stages.isEmpty || keyword == .from {
      cases.add(instruction.line.keywordCase)
    }
    keywords.append(instruction.line.instruction?.bit ?? 0)
  }

  /// Where some instructions are, in order: all of them, or those of a part.
  ///
  /// Most passes want one or two kinds, and looking at the keywords costs far less than touching every instruction.
  package func indices(of wanted: DockerInstruction..., in part: Range<Int>? = nil) -> [Int] {
    var mask: UInt32 = 0
    for instruction in wanted { mask |= instruction.bit }
    return (part ?? keywords.indices).filter { keywords[$0] & mask != 0 }
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

/// How often keywords are written in each case.
package struct KeywordCases: Sendable {
  /// All in lower case.
  package private(set) var lower = 0
  /// All in upper case.
  package private(set) var upper = 0
  /// In both.
  package private(set) var mixed = 0

  mutating func add(_ keywordCase: KeywordCase) {
    switch keywordCase {
    case .lower: lower += 1
    case .upper: upper += 1
    case .mixed: mixed += 1
    }
  }
}
