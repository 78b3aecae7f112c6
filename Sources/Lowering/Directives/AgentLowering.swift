import AST
import Directives
import IR
import Source

/// AGENT: the contract's file name.
enum AgentLowering: DirectiveLowering {
  static let directive = Directive.agent

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard let word = use.words.first else { return }
    if let earlier = stage.own.agent { return stage.reportDuplicate("AGENT", range, earlier.origin) }
    let parts = stage.parts(word.value)
    guard stage.isHostPath(parts, "the contract", word.range) else { return }
    stage.own.agent = .init(parts, origin: stage.location(word.range))
  }
}
