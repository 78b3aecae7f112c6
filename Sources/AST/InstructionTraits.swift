package import Lexer

/// What passes look for instructions by: the keyword and some of what the lexer and the parser saw, as bits of one word.
///
/// A file has one for each instruction, side by side. A pass that goes over these leaves in peace the instructions that it
/// has no use for, which in a large file are out of the cache.
///
/// No `OptionSet`: its operations are calls, and every instruction is asked often.
package struct InstructionTraits: Sendable {
  private var bits: UInt32
  private init(_ bits: UInt32) { self.bits = bits }

  /// None.
  package static let none = InstructionTraits(0)
  /// Being one of some instructions of Docker's.
  package static func keyword(_ instructions: DockerInstruction...) -> InstructionTraits {
    InstructionTraits(instructions.reduce(0) { $0 | $1.bit })
  }
  /// Being a Claw directive.
  package static let directive = InstructionTraits(1 << 31)
  /// Having flags.
  package static let flags = InstructionTraits(1 << 30)
  /// Having arguments that may come out of an expansion other than they are.
  package static let active = InstructionTraits(1 << 29)
  /// Starting with a `[` and not being in JSON form.
  package static let openBracket = InstructionTraits(1 << 28)
  /// Being an ENV or LABEL without `=`.
  package static let legacy = InstructionTraits(1 << 27)
  /// Having a blank line between its lines.
  package static let emptyContinuation = InstructionTraits(1 << 26)
  /// Having a continuation line that starts with a capital letter at the very left.
  package static let capitalContinuation = InstructionTraits(1 << 25)

  /// Those of an instruction.
  init(of instruction: Instruction) {
    let line = instruction.line
    bits = line.instruction?.bit ?? 0
    if !line.flags.isEmpty { add(.flags) }
    if line.marks.contains(anyOf: .active) { add(.active) }
    if line.marks.contains(anyOf: .emptyContinuation) { add(.emptyContinuation) }
    if line.marks.contains(anyOf: .capitalContinuation) { add(.capitalContinuation) }
    switch instruction.body {
    case .directive: add(.directive)
    case .env(_, isLegacy: true), .label(_, isLegacy: true): add(.legacy)
    case .cmd(.exec), .entrypoint(.exec): return
    case .run(let run): if case .exec = run.command { return }
    default: break
    }
    if line.marks.contains(anyOf: .openBracket) { add(.openBracket) }
  }

  /// Whether any of some others is among these.
  package func contains(anyOf others: InstructionTraits) -> Bool { bits & others.bits != 0 }
  /// Whether all of some others are among these.
  package func contains(all others: InstructionTraits) -> Bool { bits & others.bits == others.bits }
  /// These and others.
  package func union(_ others: InstructionTraits) -> InstructionTraits { InstructionTraits(bits | others.bits) }

  private mutating func add(_ others: InstructionTraits) { bits |= others.bits }
}

/// Where instructions with some traits are, in order.
package struct InstructionIndices: Sequence, IteratorProtocol {
  private let traits: [InstructionTraits]
  private let keywords: InstructionTraits?
  private let others: InstructionTraits
  private var rest: Range<Int>

  /// - Parameter keywords: of which one is wanted; nil for any.
  /// - Parameter others: of which all are wanted.
  init(_ traits: [InstructionTraits], keywords: InstructionTraits?, others: InstructionTraits, part: Range<Int>?) {
    self.traits = traits
    self.keywords = keywords
    self.others = others
    rest = (part ?? traits.indices).clamped(to: traits.indices)
  }

  /// Whether there is none left.
  package var isEmpty: Bool { first { _ in true } == nil }

  /// The next one.
  package mutating func next() -> Int? {
    for index in rest {
      let traits = traits[index]
      if traits.contains(all: others), keywords.map({ traits.contains(anyOf: $0) }) ?? true {
        rest = index + 1..<rest.upperBound
        return index
      }
    }
    rest = rest.upperBound..<rest.upperBound
    return nil
  }
}
