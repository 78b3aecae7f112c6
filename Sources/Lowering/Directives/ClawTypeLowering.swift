import AST
import Diagnostics
import Directives
import IR
import Source

/// CLAW_TYPE: a known runner type.
enum ClawTypeLowering: DirectiveLowering {
  static let directive = Directive.clawType

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard let word = use.words.first else { return }
    if let earlier = stage.own.type { return stage.reportDuplicate("CLAW_TYPE", range, earlier.origin) }
    let name = word.value.lowercased()
    if RunnerCatalog.type(named: name) == nil {
      let names = RunnerCatalog.all.map(\.name)
      let near = Suggestion.nearest(to: name, in: names)
      stage.report(
        DirectiveRules.unknownType, word.range, "there is no runner type '\(word.value)'",
        help: near.map { "did you mean '\($0)'?" } ?? "the types are \(names.joined(separator: ", "))",
        fixes: near.map {
          [.init("replace it with '\($0)'", replace: stage.location(word.range), with: $0, isSafe: false)]
        } ?? [])
    }
    stage.own.type = .init(name, origin: stage.location(word.range))
  }
}
