import AST
import Guards
import Source

/// Joins sections field by field: what a child gives stands, what it does not give is its parent's. `clear` names lists that
/// start empty, additions and removals come after either, and nothing comes in that no ruleset asked for.
enum HardenedMerge {
  static func section(_ found: Guard, _ child: GuardSection?, onto base: GuardSection?) -> GuardSection? {
    guard let child else { return base.map { settled(found, $0) } }
    var result = child
    let cleared = (child.fields.texts("clear") ?? []).map(\.value)
    let inherited = base.map { settled(found, $0) }
    if let inherited { result.fields = RulesetMerge.fields(child.fields, over: inherited.fields) ?? child.fields }
    for name in cleared where child.fields[name] == nil {
      RulesetMerge.set(name, RulesetValue(emptyList(found.field(name)), child.fields.location), in: &result.fields)
    }
    if found.merge == .forbiddenPaths, !cleared.contains("exceptions"), let inherited {
      let joined = RulesetMerge.adding(
        child.fields.texts("exceptions") ?? [], to: inherited.fields.texts("exceptions") ?? [])
      RulesetMerge.set("exceptions", RulesetValue(.texts(joined), child.fields.location), in: &result.fields)
    }
    return settled(found, result)
  }

  /// A section whose additions and removals are done.
  static func settled(_ found: Guard, _ section: GuardSection) -> GuardSection {
    var result = section
    let place = section.fields.location
    // Additions come before removals, in whatever order they were written.
    let ordered = section.fields.fields.sorted { $0.key.hasPrefix("additional_") && !$1.key.hasPrefix("additional_") }
    for field in ordered {
      let (isAddition, isRemoval) = (field.key.hasPrefix("additional_"), field.key.hasPrefix("remove_"))
      guard isAddition || isRemoval, let texts = field.value.texts else { continue }
      let key = String(field.key.drop { $0 != "_" }.dropFirst())
      let usual = key == "patterns" ? Guard.credentialPaths.map { Located($0, place) } : []
      let list = result.fields.texts(key) ?? usual
      let changed = isAddition ? RulesetMerge.adding(texts, to: list) : RulesetMerge.removing(texts, from: list)
      RulesetMerge.set(key, RulesetValue(.texts(changed), place), in: &result.fields)
    }
    result.fields.fields.removeAll {
      $0.key == "clear" || $0.key.hasPrefix("additional_") || $0.key.hasPrefix("remove_")
    }
    return result
  }

  private static func emptyList(_ field: GuardField?) -> RulesetValue.Content {
    if case .records = field?.type { return .records([]) }
    return .texts([])
  }
}
