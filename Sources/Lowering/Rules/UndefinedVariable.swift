import AST
import Diagnostics

/// BuildKit's UndefinedVar.
enum UndefinedVariable: LintRule {
  static let rule = Rule(
    "clawfile/undefined-variable", .warning, "A variable is used that nothing sets",
    explanation:
      "It expands to nothing. Declare it with ARG or ENV in this stage; ARGs above FROM don't reach into stages.",
    bad: "FROM scratch\nCOPY $foo .\n", good: "FROM scratch\nARG foo=bar\nCOPY $foo .\n", aliases: ["UndefinedVar"])

  static let phase = LintPhase.instructions

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for use in context.model.undefined {
      bag.report(
        rule, at: context.location(use.instruction, use.range), "the variable '$\(use.name)' is not set",
        help: use.suggestion.map { "did you mean '$\($0)'?" } ?? "declare it with ARG or ENV above")
    }
  }
}
