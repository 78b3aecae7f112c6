import AST
import Diagnostics
import Lexer

/// Flags that BuildKit throws away.
enum DroppedFlag: LintRule {
  static let rule = Rule(
    "clawfile/dropped-flag", .warning, "A flag is dropped without a word",
    explanation: "ARG, STOPSIGNAL and HEALTHCHECK NONE never look at flags: whatever is written there has no effect.",
    bad: "FROM scratch\nARG --secret x\n", good: "FROM scratch\nARG x\n")

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for index in context.file.indices(of: .keyword(.arg, .stopsignal, .healthcheck), with: .flags) {
      let instruction = context.file.instructions[index]
      guard let flag = instruction.line.flags.first else { continue }
      switch instruction.body {
      case .arg, .stopSignal, .healthcheck(nil): break
      default: continue
      }
      bag.report(
        rule, at: context.location(index, flag.range),
        "\(context.keyword(index).uppercased()) drops the flag '\(flag.value)'", help: "remove it")
    }
  }
}
