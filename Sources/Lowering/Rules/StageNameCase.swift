import AST
import Diagnostics

/// `FROM Base` for a stage that is kept as `base`.
enum StageNameCase: LintRule {
  static let rule = Rule(
    "clawfile/stage-name-case", .error, "FROM names a stage in another case than it is kept in",
    explanation: """
      BuildKit keeps stage names in lower case and compares them as they are: 'FROM Base' looks for an image 'Base', which \
      can't exist. 'COPY --from=Base' does find the stage.
      """,
    bad: "FROM scratch AS Base\nFROM Base\n", good: "FROM scratch AS base\nFROM base\n")

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    var above: Set<String> = []
    for (number, stage) in context.file.stages.enumerated() {
      defer { if let name = stage.name { above.insert(name) } }
      guard case .from(let from) = context.file.instructions[stage.from].body else { continue }
      let base = context.model.stages[number].base
      guard isTrap(base, above) else { continue }
      let location = context.location(stage.from, from.base.range)
      bag.report(
        rule, at: location, "'\(base)' is no stage: its name is kept as '\(base.lowercased())'",
        help: "write 'FROM \(base.lowercased())'",
        fixes: base == from.base.text
          ? [FixIt("write it in lower case", replace: location, with: base.lowercased())] : [])
    }
  }

  /// Whether a base is a stage's name in the wrong case.
  static func isTrap(_ base: String, _ stages: some Sequence<String>) -> Bool {
    let lower = base.lowercased()
    return lower != base && stages.contains(lower)
  }
}
