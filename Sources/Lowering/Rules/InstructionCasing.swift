import AST
import Diagnostics
import Lexer
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
    let cases = context.file.cases
    let wanted: KeywordCase = cases.lower > cases.upper ? .lower : .upper
    // In almost every file there is nothing more to do here.
    if cases.mixed == 0, wanted == .upper ? cases.lower == 0 : cases.upper == 0 { return }
    for instruction in context.file.instructions[start...]
    where instruction.line.instruction != nil && instruction.line.keywordCase != wanted {
      let word = instruction.line.text.string(instruction.line.keyword)
      let mended = wanted == .lower ? word.lowercased() : word.uppercased()
      let location = context.file.location(instruction.line.keywordRange)
      bag.report(
        rule, at: location, "'\(word)' is not cased like most instructions of the file", help: "write '\(mended)'",
        fixes: [FixIt("replace it with '\(mended)'", replace: location, with: mended)])
    }
  }
}
