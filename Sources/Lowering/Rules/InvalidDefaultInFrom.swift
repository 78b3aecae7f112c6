import AST
import Diagnostics
import Lexer

/// BuildKit's InvalidDefaultArgInFrom.
enum InvalidDefaultInFrom: LintRule {
  static let rule = Rule(
    "clawfile/invalid-default-in-from", .warning, "Without build arguments FROM has no valid image name",
    explanation: "Give the ARG a default with which the file builds as it is.",
    bad: "ARG TAG\nFROM alpine:${TAG}\n", good: "ARG TAG=3.20\nFROM alpine:${TAG}\n",
    aliases: ["InvalidDefaultArgInFrom"])

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    // Where an argument's own default can't be expanded, BuildKit does not come to this.
    if context.model.stagesStop == -1 { return }
    for (number, stage) in context.file.stages.enumerated() {
      guard case .from(let from) = context.file.instructions[stage.from].body else { continue }
      let base = context.model.stages[number].base
      if (try? ImageReference(base)) != nil { continue }
      // A name that could not be expanded at all is an error of its own.
      if base == from.base.text, from.base.text.utf8.contains(0x24) { continue }
      bag.report(
        rule, at: context.location(stage.from, from.base.range),
        "with the defaults of its arguments, '\(from.base.text)' is no image name",
        help: "give the ARG a default that makes one")
    }
  }
}
