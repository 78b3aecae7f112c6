import AST
import Diagnostics

/// BuildKit's DuplicateStageName.
enum DuplicateStageName: LintRule {
  static let rule = Rule(
    "clawfile/duplicate-stage-name", .warning, "Two stages have the same name",
    explanation: "'COPY --from' means the last stage of a name, 'FROM' the latest one above: give each its own.",
    bad: "FROM scratch AS b\nFROM scratch AS b\n", good: "FROM scratch AS b\nFROM scratch AS c\n",
    aliases: ["DuplicateStageName", "DL3024"])

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    var first: [String: Int] = [:]
    for stage in context.file.stages {
      guard let name = stage.name, case .from(let from) = context.file.instructions[stage.from].body else { continue }
      if let earlier = first[name] {
        bag.report(
          rule, at: context.location(stage.from, from.name?.range ?? from.base.range),
          "there is a stage '\(name)' already", help: "give one of them another name",
          labels: [.init(context.location(earlier), "the first one")])
      } else {
        first[name] = stage.from
      }
    }
  }
}
