import AST
import Directives
import IR
import Source

/// PERSONA: a reference that is fetched when the pod starts, or a folder of the host.
enum PersonaLowering: DirectiveLowering {
  static let directive = Directive.persona

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard let word = use.words.first else { return }
    if let earlier = stage.own.persona { return stage.reportDuplicate("PERSONA", range, earlier.origin) }
    stage.own.persona = .init(stage.parts(word.value), origin: stage.location(word.range))
  }
}
