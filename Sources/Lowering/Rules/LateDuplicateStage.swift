import AST
import Diagnostics
import Lexer

/// A later stage of the same name that takes a copy's source away.
enum LateDuplicateStage: LintRule {
  static let rule = Rule(
    "clawfile/late-duplicate-stage", .error, "A stage of the same name below breaks --from",
    explanation: """
      '--from=name' means the last stage of that name in the file. If that one is this stage or stands below, the build \
      stops, although a stage of the name stands above.
      """,
    bad: "FROM scratch AS a\nFROM scratch\nCOPY --from=a x /\nFROM scratch AS a\n",
    good: "FROM scratch AS a\nFROM scratch\nCOPY --from=a x /\nFROM scratch AS b\n")

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    var last: [String: Int] = [:]
    for (number, stage) in context.file.stages.enumerated() {
      if let name = stage.name { last[name] = number }
    }
    var above: Set<String> = []
    if last.count == context.file.stages.count(where: { $0.name != nil }) { return }
    for (number, stage) in context.file.stages.enumerated() {
      for index in context.file.indices(of: .keyword(.copy, .add), in: stage.body) {
        guard case .copy(let copy) = context.file.instructions[index].body, let from = copy.flag("from"),
          let target = last[from.text.lowercased()], target >= number, above.contains(from.text.lowercased())
        else { continue }
        bag.report(
          rule, at: context.location(index, from.range), "'\(from.text)' means a stage that does not end above",
          help: "rename the stage below",
          labels: [.init(context.location(context.file.stages[target].from), "the stage that is meant")])
      }
      if let name = stage.name { above.insert(name) }
    }
  }
}
