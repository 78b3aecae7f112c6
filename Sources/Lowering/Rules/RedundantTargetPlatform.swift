import AST
import Diagnostics

/// BuildKit's RedundantTargetPlatform.
enum RedundantTargetPlatform: LintRule {
  static let rule = Rule(
    "clawfile/redundant-target-platform", .warning, "--platform=$TARGETPLATFORM says what is so anyway",
    explanation: "A stage is built for the target platform unless it says otherwise.",
    bad: "FROM --platform=$TARGETPLATFORM scratch\n", good: "FROM scratch\n",
    aliases: ["RedundantTargetPlatform", "DL3065"])

  static let phase = LintPhase.stages

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for (number, stage) in context.file.stages.enumerated() {
      let variables = context.model.stages[number].fromVariables
      guard variables.platformVariable == "TARGETPLATFORM", variables.platform == "linux/amd64",
        case .from(let from) = context.file.instructions[stage.from].body, let platform = from.platform
      else { continue }
      bag.report(
        rule, at: context.location(stage.from, platform.range), "'\(platform.text)' is the default",
        help: "remove the flag")
    }
  }
}
