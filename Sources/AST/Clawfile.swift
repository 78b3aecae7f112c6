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
  /// What passes look for instructions by, one entry for each of them.
  private var traits: [InstructionTraits] = []
  /// The cases that Docker's keywords are written in, from the first FROM on, and how often.
  package private(set) var cases = KeywordCases()
  /// The build stages, in order.
  package var stages: [Stage] = []

  /// Makes a tree without instructions for a file of about so many lines.
  package init(_ file: SourceFile) {
    self.file = file
    escape = 0x5C
    parserDirectives = []
    comments = []
    instructions.reserveCapacity(file.lines.count / 2)
    traits.reserveCapacity(file.lines.count / 2)
  }

  /// Takes what the lexer knows beside the instructions.
  package mutating func finish(_ lexed: LexedClawfile) {
    escape = lexed.escape
    parserDirectives = lexed.directives
    comments = lexed.comments
  }

  /// Whether any instruction is a Claw directive: a file without is a plain Dockerfile.
  package var hasDirectives: Bool { traits.contains { $0.contains(anyOf: .directive) } }

  /// Adds an instruction at the end.
  package mutating func append(_ instruction: Instruction) {
    instructions.append(instruction)
    if let keyword = instruction.line.instruction, !stages.isEmpty || keyword == .from {
      cases.add(instruction.line.keywordCase)
    }
    traits.append(InstructionTraits(of: instruction))
  }

  /// Where some instructions are, in order: all of them, or those of a part; or of these those with some other traits.
  ///
  /// Most passes want few, and looking at the traits costs far less than touching every instruction.
  package func indices(
    of wanted: InstructionTraits, with traits: InstructionTraits = .none, in part: Range<Int>? = nil
  ) -> InstructionIndices {
    InstructionIndices(self.traits, keywords: wanted, others: traits, part: part)
  }

  /// Where the instructions with some traits are, whatever their keyword is.
  package func indices(with traits: InstructionTraits, in part: Range<Int>? = nil) -> InstructionIndices {
    InstructionIndices(self.traits, keywords: nil, others: traits, part: part)
  }

  /// What is known of an instruction without touching it.
  package func traits(of index: Int) -> InstructionTraits { traits[index] }

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
package struct Instruction: Sendable {
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
