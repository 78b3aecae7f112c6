import AST
import Diagnostics
import Lexer
import Parser
import Source

/// ONBUILD triggers that can't run.
enum InvalidTrigger: LintRule {
  static let rule = Rule(
    "clawfile/invalid-trigger", .warning, "An ONBUILD trigger is no valid instruction",
    explanation: """
      BuildKit does not look at a trigger when it builds the image that has it; every build from that image fails then. An \
      error where a stage of the same file is such a build.
      """,
    bad: "FROM scratch\nONBUILD RUUN x\n", good: "FROM scratch\nONBUILD RUN x\n")

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    // What the parser refused already is not said twice.
    let refused = Set(bag.diagnostics.filter { $0.severity == .error }.map(\.location.range.lower))
    for (number, stage) in context.file.stages.enumerated() {
      for index in context.file.indices(of: .keyword(.onbuild), in: stage.body) {
        guard case .onbuild(let range) = context.file.instructions[index].body else { continue }
        let line = context.file.instructions[index].line
        if refused.contains(line.text.offset(of: range.lowerBound)) { continue }
        var text = "FROM scratch\n" + line.text.string(range)
        for heredoc in line.heredocs {
          text += "\n" + context.file.file.text(heredoc.body) + heredoc.name
        }
        var errors = DiagnosticBag()
        _ = ClawfileParser.parse(SourceFile(path: "", text: text + "\n"), into: &errors)
        guard let first = errors.diagnostics.first(where: { $0.severity == .error }) else { continue }
        var diagnostic = Diagnostic(
          rule, at: context.location(index, range), "the trigger can't run: \(first.message)", help: first.help)
        if context.model.stages.contains(where: { $0.parent == number }) { diagnostic.severity = .error }
        bag.add(diagnostic)
      }
    }
  }
}
