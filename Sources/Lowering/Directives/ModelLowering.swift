import AST
import Directives
import IR
import Source

/// MODEL: a slot's model. `fallback` may be repeated: several are tried in order.
enum ModelLowering: DirectiveLowering {
  static let directive = Directive.model

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    guard use.words.count == 2 else { return }
    let (slot, reference) = (use.words[0], use.words[1])
    guard stage.isKey(slot.value, "a model slot", slot.range) else { return }
    if slot.value != "fallback", let earlier = stage.own.models.first(where: { $0.slot == slot.value }) {
      return stage.reportDuplicate("the model of '\(slot.value)'", range, earlier.reference.origin)
    }
    let parts = stage.parts(reference.value)
    if case .literal(let text) = parts[0], parts.count == 1 {
      if !isReference(text) {
        stage.report(
          DirectiveRules.model, reference.range, "'\(text)' does not say which provider has the model",
          help: "write 'provider/model', such as 'anthropic/\(text)'")
      }
    }
    stage.own.models.append((slot.value, .init(parts, origin: stage.location(reference.range))))
  }

  /// Whether a text is written `provider/model`.
  static func isReference(_ text: String) -> Bool {
    text.utf8.contains(0x2F) && text.utf8.first != 0x2F && text.utf8.last != 0x2F
  }
}
