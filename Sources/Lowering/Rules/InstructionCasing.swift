import Lexer
import AST
import Diagnostics

import Source

/// BuildKit's ConsistentInstructionCasing.
enum InstructionCasing: LintRule {
  static let rule = Rule(
    "clawfile/instruction-casing", .warning, "An instruction is not cased like most of the file",
    explanation: "Write all instructions in upper case, or all in lower case.",
    bad: "FROM scratch\ncopy a /\nCOPY b /\n", good: "FROM scratch\nCOPY a /\nCOPY b /\n",
    aliases: ["ConsistentInstructionCasing"])

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    guard let start = context.file.stages.first?.from else { return }
    let instructions = context.file.instructions[start...].filter { $0.line.instruction != nil }
    var lower = 0
    var upper = 0
    for instruction in instructions {
      switch casing(instruction) {
      case .lower: lower += 1
      case .upper: upper += 1
      case .mixed: break
      }
    }
    let wanted: Casing = lower > upper ? .lower : .upper
    for instruction in instructions where casing(instruction) != wanted {
      let word = instruction.line.text.string(instruction.line.keyword)
      let mended = wanted == .lower ? word.lowercased() : word.uppercased()
      let location = context.file.location(instruction.line.keywordRange)
      bag.report(
        rule, at: location, "'\(word)' is not cased like most instructions of the file", help: "write '\(mended)'",
        fixes: [FixIt("replace it with '\(mended)'", replace: location, with: mended)])
    }
  }

  private enum Casing { case lower, upper, mixed }

  private static func casing(_ instruction: Instruction) -> Casing {
    let word = instruction.line.text.bytes[instruction.line.keyword]
    if word.allSatisfy({ $0 & 0x20 != 0 }) { return .lower }
    return word.allSatisfy { $0 & 0x20 == 0 } ? .upper : .mixed
  }
}
