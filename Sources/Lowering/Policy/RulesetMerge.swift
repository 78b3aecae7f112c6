import AST
import Guards
import Source

/// Makes one ruleset of a child and what it builds on.
enum RulesetMerge {
  /// How fields are joined.
  enum Semantics {
    /// As the reference engine does it, oddities included (reference section 2.2).
    case compat
    /// By which fields are there: a field of the child stands for its parent's, lists can be cleared.
    case hardened
  }

  static func merge(_ child: Ruleset, onto base: Ruleset, _ semantics: Semantics) -> Ruleset {
    switch child.mergeStrategy?.value ?? "deep_merge" {
    case "replace": return child
    case "merge": return shallow(child, onto: base)
    default: return deep(child, onto: base, semantics)
    }
  }

  /// What both strategies do with the fields around the guards.
  private static func frame(_ child: Ruleset, onto base: Ruleset) -> Ruleset {
    var result = child
    result.extends = nil
    result.mergeStrategy = nil
    if child.name?.value.isEmpty ?? true { result.name = base.name }
    if child.description?.value.isEmpty ?? true { result.description = base.description }
    result.posture = child.posture ?? base.posture
    return result
  }

  private static func shallow(_ child: Ruleset, onto base: Ruleset) -> Ruleset {
    var result = frame(child, onto: base)
    result.version = child.version ?? base.version
    if child.guards.isEmpty, child.asyncGuards?.isEmpty ?? true {
      result.guards = base.guards
      result.asyncGuards = base.asyncGuards
    }
    if child.customGuards?.isEmpty ?? true { result.customGuards = base.customGuards }
    if child.settings?.fields.isEmpty ?? true { result.settings = base.settings }
    return result
  }

  private static func deep(_ child: Ruleset, onto base: Ruleset, _ semantics: Semantics) -> Ruleset {
    var result = frame(child, onto: base)
    result.version = child.version ?? base.version
    result.settings = fields(child.settings, over: base.settings)
    result.customGuards = byID(child.customGuards, onto: base.customGuards)
    result.posture = posture(child.posture, onto: base.posture)
    result.asyncGuards = child.asyncGuards?.isEmpty ?? true ? base.asyncGuards : child.asyncGuards
    result.guards = Guard.all.compactMap { found in
      let own = child.guards.first { $0.name.value == found.name }
      let inherited = base.guards.first { $0.name.value == found.name }
      switch semantics {
      case .compat: return CompatMerge.section(found, own, onto: inherited)
      case .hardened: return HardenedMerge.section(found, own, onto: inherited)
      }
    }
    return result
  }

  /// The fields of the child, and those of the parent that it lacks.
  static func fields(_ child: RulesetRecord?, over base: RulesetRecord?) -> RulesetRecord? {
    guard var result = child else { return base }
    result.fields += base?.fields.filter { result[$0.key] == nil } ?? []
    return result
  }

  private static func byID(_ child: [RulesetRecord]?, onto base: [RulesetRecord]?) -> [RulesetRecord]? {
    guard let child else { return base }
    var result = base ?? []
    for record in child {
      if let index = result.firstIndex(where: { $0["id"]?.text == record["id"]?.text }) {
        result[index] = record
      } else {
        result.append(record)
      }
    }
    return result
  }

  private static func posture(_ child: RulesetRecord?, onto base: RulesetRecord?) -> RulesetRecord? {
    guard let child, let base else { return child ?? base }
    var result = child
    if let own = child["states"]?.record, let inherited = base["states"]?.record,
      let states = fields(own, over: inherited)
    {
      set("states", RulesetValue(.record(states), states.location), in: &result)
    }
    if child["initial"]?.text?.allSatisfy(\.isWhitespace) ?? true, let initial = base["initial"] {
      set("initial", initial, in: &result)
    }
    if child["transitions"]?.records?.isEmpty ?? true, let transitions = base["transitions"] {
      set("transitions", transitions, in: &result)
    }
    return result
  }

  /// Gives a field a value.
  static func set(_ key: String, _ value: RulesetValue, in record: inout RulesetRecord) {
    if let index = record.fields.firstIndex(where: { $0.key == key }) {
      record.fields[index].value = value
    } else {
      record.fields.append(.init(key: key, location: value.location, value: value))
    }
  }

  /// A list with some more texts behind it, those that are there already left out.
  static func adding(_ texts: [Located<String>], to list: [Located<String>]) -> [Located<String>] {
    var result = list
    for text in texts where !result.contains(where: { $0.value.isSame(as: text.value) }) { result.append(text) }
    return result
  }

  /// A list without some texts.
  static func removing(_ texts: [Located<String>], from list: [Located<String>]) -> [Located<String>] {
    list.filter { item in !texts.contains { $0.value.isSame(as: item.value) } }
  }
}

extension String {
  /// Whether both have the same bytes.
  fileprivate func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
