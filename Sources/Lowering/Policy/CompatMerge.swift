import AST
import Guards
import Source

/// Joins sections as the reference engine does: lists that a child leaves empty are inherited, lists that it gives replace
/// what was added in the same section, most sections are replaced whole, and a section that the parent lacks is joined with
/// the engine's own defaults.
enum CompatMerge {
  static func section(_ found: Guard, _ child: GuardSection?, onto base: GuardSection?) -> GuardSection? {
    guard let child else { return base }
    var result = child
    switch found.merge {
    case .replace: return child
    case .nonEmptyLists:
      guard let base else { return child }
      for field in found.fields {
        guard case .texts = field.type, child.fields.texts(field.key)?.isEmpty ?? true,
          let list = base.fields[field.key]
        else { continue }
        RulesetMerge.set(field.key, list, in: &result.fields)
      }
    case .forbiddenPaths: result.fields = forbiddenPaths(child.fields, onto: base?.fields)
    case .addAndRemove: result.fields = addAndRemove(found, child.fields, onto: base?.fields)
    }
    return result
  }

  private static func forbiddenPaths(_ child: RulesetRecord, onto base: RulesetRecord?) -> RulesetRecord {
    let place = child.location
    var patterns = child.texts("patterns") ?? effectivePatterns(base, at: place)
    patterns = RulesetMerge.adding(child.texts("additional_patterns") ?? [], to: patterns)
    patterns = RulesetMerge.removing(child.texts("remove_patterns") ?? [], from: patterns)
    let exceptions = RulesetMerge.adding(child.texts("exceptions") ?? [], to: base?.texts("exceptions") ?? [])
    var result = RulesetRecord(fields: child.fields.filter { $0.key == "enabled" }, location: place)
    let isDefault = patterns.map(\.value) == Guard.credentialPaths
    if child["patterns"] != nil || base?["patterns"] != nil || !isDefault {
      RulesetMerge.set("patterns", RulesetValue(.texts(patterns), place), in: &result)
    }
    RulesetMerge.set("exceptions", RulesetValue(.texts(exceptions), place), in: &result)
    return result
  }

  /// The patterns of a section with its own additions and removals.
  static func effectivePatterns(_ section: RulesetRecord?, at place: Location) -> [Located<String>] {
    var patterns = section?.texts("patterns") ?? Guard.credentialPaths.map { Located($0, place) }
    patterns = RulesetMerge.adding(section?.texts("additional_patterns") ?? [], to: patterns)
    return RulesetMerge.removing(section?.texts("remove_patterns") ?? [], from: patterns)
  }

  private static func addAndRemove(_ found: Guard, _ child: RulesetRecord, onto base: RulesetRecord?) -> RulesetRecord {
    let place = child.location
    let base = base ?? GuardDefaults.section(of: found, at: place)
    var result = RulesetRecord(fields: child.fields.filter { $0.key == "enabled" }, location: place)
    for field in found.fields where field.key != "enabled" {
      guard case .texts = field.type else {
        if let value = child[field.key] ?? base[field.key] { RulesetMerge.set(field.key, value, in: &result) }
        continue
      }
      if field.key.hasPrefix("additional_") || field.key.hasPrefix("remove_") { continue }
      var list = base.texts(field.key) ?? []
      list = RulesetMerge.adding(child.texts("additional_\(field.key)") ?? [], to: list)
      list = RulesetMerge.removing(child.texts("remove_\(field.key)") ?? [], from: list)
      if let own = child.texts(field.key), !own.isEmpty { list = own }
      RulesetMerge.set(field.key, RulesetValue(.texts(list), place), in: &result)
    }
    return result
  }
}

/// What a guard is where no ruleset mentions it.
enum GuardDefaults {
  static func section(of found: Guard, at place: Location) -> RulesetRecord {
    func texts(_ key: String, _ values: [String]) -> RulesetRecord.Field {
      .init(key: key, location: place, value: RulesetValue(.texts(values.map { Located($0, place) }), place))
    }
    func word(_ key: String, _ value: String) -> RulesetRecord.Field {
      .init(key: key, location: place, value: RulesetValue(.text(value), place))
    }
    let fields: [RulesetRecord.Field] =
      switch found.name {
      case "egress_allowlist": [texts("allow", Guard.usualHosts), word("default_action", "block")]
      case "mcp_tool":
        [
          texts("block", Guard.dangerousTools), texts("require_confirmation", Guard.confirmedTools),
          word("default_action", "allow"),
          .init(key: "max_args_size", location: place, value: RulesetValue(.integer(Guard.usualArgumentsSize), place)),
        ]
      case "secret_leak": [texts("skip_paths", Guard.testPaths)]
      default: []
      }
    return RulesetRecord(fields: fields, location: place)
  }
}
