package import Lexer

/// What passes look for instructions by: the keyword and some of what the lexer and the parser saw, as bits of one word.
///
/// A file has one for each instruction, side by side. A pass that goes over these leaves in peace the instructions that it
/// has no use for, which in a large file are out of the cache.
package struct InstructionTraits: OptionSet, Sendable {
  /// The bits: a keyword's below, the others from above.
  package let rawValue: UInt32

  /// A set of bits.
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Being an instruction of Docker's.
  package static func keyword(_ instruction: DockerInstruction) -> InstructionTraits { .init(rawValue: instruction.bit) }
  /// Being a Claw directive.
  package static let directive = InstructionTraits(rawValue: 1 << 31)
  /// Having flags.
  package static let flags = InstructionTraits(rawValue: 1 << 30)
  /// Having arguments that may come out of an expansion other than they are.
  package static let active = InstructionTraits(rawValue: 1 << 29)
  /// Starting with a `[` and not being in JSON form.
  package static let openBracket = InstructionTraits(rawValue: 1 << 28)
  /// Being an ENV or LABEL without `=`.
  package static let legacy = InstructionTraits(rawValue: 1 << 27)
  /// Having a blank line between its lines.
  package static let emptyContinuation = InstructionTraits(rawValue: 1 << 26)
  /// Having a continuation line that starts with a capital letter at the very left.
  package static let capitalContinuation = InstructionTraits(rawValue: 1 << 25)

  /// Those of an instruction.
  init(of instruction: Instruction) {
    let line = instruction.line
    var traits = line.instruction.map { InstructionTraits.keyword($0) } ?? []
    if !line.flags.isEmpty { traits.insert(.flags) }
    if line.marks.contains(.active) { traits.insert(.active) }
    if line.marks.contains(.emptyContinuation) { traits.insert(.emptyContinuation) }
    if line.marks.contains(.capitalContinuation) { traits.insert(.capitalContinuation) }
    if line.marks.contains(.openBracket) { traits.insert(.openBracket) }
    switch instruction.body {
    case .directive: traits.insert(.directive)
    case .env(_, isLegacy: true), .label(_, isLegacy: true): traits.insert(.legacy)
    case .cmd(.exec), .entrypoint(.exec): traits.remove(.openBracket)
    case .run(let run): if case .exec = run.command { traits.remove(.openBracket) }
    default: break
    }
    self = traits
  }
}

/// Where instructions with some traits are, in order.
package struct InstructionIndices: Sequence, IteratorProtocol {
  private let traits: [InstructionTraits]
  private let keywords: InstructionTraits
  private let others: InstructionTraits
  private var rest: Range<Int>

  init(
    _ traits: [InstructionTraits], keywords: InstructionTraits, others: InstructionTraits, part: Range<Int>?
  ) {
    self.traits = traits
    self.keywords = keywords
    self.others = others
    rest = (part ?? traits.indices).clamped(to: traits.indices)
  }

  /// Whether there is none left.
  package var isEmpty: Bool { first { _ in true } == nil }

  /// The next one.
  package mutating func next() -> Int? {
    while let index = rest.first {
      rest = index + 1..<rest.upperBound
      let traits = traits[index]
      if traits.isSuperset(of: others), keywords.isEmpty || !traits.isDisjoint(with: keywords) { return index }
    }
    return nil
  }
}
