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
    var lower: [Int] = []
    var mixed: [Int] = []
    var upper = 0
    for index in context.file.instructions.indices[start...] {
      let instruction = context.file.instructions[index]
      guard instruction.line.instruction != nil else { continue }
      switch casing(instruction) {
      case .lower: lower.append(index)
      case .upper: upper += 1
      case .mixed: mixed.append(index)
      }
    }
    let wanted: Casing = lower.count > upper ? .lower : .upper
    // In almost every file there is nothing more to do here.
    if mixed.isEmpty, wanted == .upper ? lower.isEmpty : upper == 0 { return }
    for instruction in context.file.instructions[start...]
    where instruction.line.instruction != nil && casing(instruction) != wanted {
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
    var cases: UInt8 = 0
    for byte in instruction.line.text.bytes[instruction.line.keyword] { cases |= byte & 0x20 == 0 ? 1 : 2 }
    return cases == 2 ? .lower : (cases == 1 ? .upper : .mixed)
  }
}
