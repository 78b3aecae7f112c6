import AST
import Diagnostics

/// BuildKit's ReservedStageName.
enum ReservedStageName: LintRule {
  static let rule = Rule(
    "clawfile/reserved-stage-name", .warning, "A stage has a name that means something else",
    explanation: "'scratch' is the empty base and 'context' the build context: a stage should have another name.",
    bad: "FROM scratch AS context\n", good: "FROM scratch AS sources\n", aliases: ["ReservedStageName", "DL3063"])

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for stage in context.file.stages {
      guard let name = stage.name, name == "scratch" || name == "context",
        case .from(let from) = context.file.instructions[stage.from].body
      else { continue }
      bag.report(
        rule, at: context.location(stage.from, from.name?.range ?? from.base.range),
        "'\(name)' is a reserved name", help: "give the stage another name")
    }
  }
}
