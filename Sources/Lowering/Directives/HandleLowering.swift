import AST
import Directives
import IR
import Source

/// HANDLE: a chat platform; the pod gives the identity on it.
enum HandleLowering: DirectiveLowering {
  static let directive = Directive.handle

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard let word = use.words.first else { return }
    let platform = word.value.lowercased()
    guard stage.isKey(platform, "a platform", word.range) else { return }
    if let earlier = stage.own.handles.first(where: { $0.value == platform }) {
      return stage.reportDuplicate("the handle '\(platform)'", range, earlier.origin)
    }
    stage.own.handles.append(.init(platform, origin: stage.location(word.range)))
  }
}
