import AST
import Directives
import IR
import Source

/// ACT: a build step of worker mode.
enum ActLowering: DirectiveLowering {
  static let directive = Directive.act

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard let text = use.text else { return }
    stage.own.act.append(.init(text.value, origin: stage.location(range)))
  }
}
