import AST
import Diagnostics
import Lexer
import Source

/// BuildKit's UndefinedArgInFrom.
enum UndefinedArgumentInFrom: LintRule {
  static let rule = Rule(
    "clawfile/undefined-arg-in-from", .warning, "FROM uses a variable that no ARG above declares",
    explanation: "FROM sees only the ARGs before the first FROM and BuildKit's platform variables.",
    bad: "FROM --platform=$BULIDPLATFORM scratch\n", good: "FROM --platform=$BUILDPLATFORM scratch\n",
    aliases: ["UndefinedArgInFrom"])

  static let phase = LintPhase.stages

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for (number, stage) in context.file.stages.enumerated() {
      let variables = context.model.stages[number].fromVariables
      let line = context.file.instructions[stage.from].line
      for name in variables.undeclared {
        let near = Suggestion.nearest(to: name, in: variables.candidates)
        let place = line.text.find(variable: name, in: line.text.bytes.startIndex..<line.text.bytes.endIndex)
        bag.report(
          rule, at: context.location(stage.from, place), "'$\(name)' is not declared before the first FROM",
          help: near.map { "did you mean '$\($0)'?" } ?? "add 'ARG \(name)' above the first FROM")
      }
    }
  }
}
