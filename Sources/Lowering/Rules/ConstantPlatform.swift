import AST
import Diagnostics

/// BuildKit's FromPlatformFlagConstDisallowed.
enum ConstantPlatform: LintRule {
  static let rule = Rule(
    "clawfile/constant-platform", .warning, "--platform is a constant",
    explanation: """
      A constant platform keeps the image from being built for any other. Use $BUILDPLATFORM, or name the stage for the \
      platform if it is meant for that one alone.
      """,
    bad: "FROM --platform=linux/amd64 scratch\n", good: "FROM --platform=linux/amd64 scratch AS build_amd64\n",
    aliases: ["FromPlatformFlagConstDisallowed", "DL3029"])

  static let phase = LintPhase.stages

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for (number, stage) in context.file.stages.enumerated() {
      guard let constant = context.model.stages[number].fromVariables.constantPlatform,
        let platform = Platform(constant), case .from(let from) = context.file.instructions[stage.from].body,
        let flag = from.platform
      else { continue }
      let name = stage.name ?? ""
      if name.contains(platform.os) || name.contains(platform.architecture) { continue }
      bag.report(
        rule, at: context.location(stage.from, flag.range), "the platform is fixed to '\(constant)'",
        help: "remove the flag, or use $BUILDPLATFORM")
    }
  }
}
