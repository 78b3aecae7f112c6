import AST
import Directives
import IR
import Source

/// SKILL: a file of the host.
enum SkillLowering: DirectiveLowering {
  static let directive = Directive.skill

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard let word = use.words.first else { return }
    let parts = stage.parts(word.value)
    guard stage.isHostPath(parts, "the skill", word.range) else { return }
    stage.own.skills.append(.init(parts, origin: stage.location(word.range)))
  }
}
