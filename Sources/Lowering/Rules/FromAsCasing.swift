import AST
import Diagnostics

/// BuildKit's FromAsCasing.
enum FromAsCasing: LintRule {
  static let rule = Rule(
    "clawfile/from-as-casing", .warning, "AS and FROM are cased differently",
    explanation: "Write both keywords in the same case.", bad: "FROM scratch as base\n", good: "FROM scratch AS base\n",
    aliases: ["FromAsCasing"])

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for stage in context.file.stages {
      guard case .from(let from) = context.file.instructions[stage.from].body, let keyword = from.asKeyword else {
        continue
      }
      let word = context.keyword(stage.from)
      let isLower = word == word.lowercased()
      // Mixed case is the business of the instruction-casing rule.
      if !isLower, word != word.uppercased() { continue }
      let wanted = isLower ? "as" : "AS"
      if keyword.text == wanted { continue }
      let location = context.location(stage.from, keyword.range)
      bag.report(
        rule, at: location, "'\(keyword.text)' is not cased like '\(word)'", help: "write '\(wanted)'",
        fixes: [FixIt("replace it with '\(wanted)'", replace: location, with: wanted)])
    }
  }
}
