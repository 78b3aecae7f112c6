import AST
import Diagnostics

/// BuildKit's StageNameCasing.
enum StageNameCasing: LintRule {
  static let rule = Rule(
    "clawfile/stage-name-casing", .warning, "A stage name is not lower-case",
    explanation: "BuildKit keeps stage names in lower case; written otherwise, 'FROM Name' does not find the stage.",
    bad: "FROM scratch AS Base\n", good: "FROM scratch AS base\n", aliases: ["StageNameCasing"])

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for stage in context.file.stages {
      guard case .from(let from) = context.file.instructions[stage.from].body, let name = from.name else { continue }
      let lower = name.text.lowercased()
      if name.text.utf8.elementsEqual(lower.utf8) { continue }
      let location = context.location(stage.from, name.range)
      bag.report(
        rule, at: location, "the stage name '\(name.text)' should be lower-case", help: "write '\(lower)'",
        fixes: [FixIt("write it in lower case", replace: location, with: lower, isSafe: false)])
    }
  }
}
