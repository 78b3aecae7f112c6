import AST
import Diagnostics
import Guards
import Lexer
import Source

extension RulesetParser {
  /// The entries of a mapping by their usual keys; unknown ones are reported. Nil if it is no mapping.
  mutating func keys(
    of node: YAMLNode, _ what: String, known: [String], aliases: [String: String] = [:], isOpen: Bool = false
  ) -> [(String, YAMLEntry)]? {
    guard let entries = node.entries else {
      report(
        rules.fieldType, node, "\(what) must be a mapping",
        help: "it has the keys \(known.joined(separator: ", "))")
      return nil
    }
    var result: [(String, YAMLEntry)] = []
    for entry in entries {
      guard let name = entry.key.text else {
        report(rules.fieldType, entry.key, "a key must be a text")
        continue
      }
      let key = aliases[name] ?? name
      guard known.contains(where: { $0.isSame(as: key) }) else {
        if !isOpen { reportUnknown(entry, name, what, known + aliases.keys.sorted()) }
        continue
      }
      if let first = result.first(where: { $0.0 == key }) {
        bag.report(
          rules.twice, at: location(entry.key),
          "'\(name)' is another word for '\(first.1.key.text ?? key)', which is there already",
          help: "keep one of the two", labels: [.init(location(first.1.key), "first given here")])
        continue
      }
      result.append((key, entry))
    }
    return result
  }

  private mutating func reportUnknown(_ entry: YAMLEntry, _ name: String, _ what: String, _ known: [String]) {
    if entry.isMerge {
      report(
        rules.unknownKey, entry.key, "\(rules.noun)s have no merge keys",
        help: rules.sharingHelp)
    } else if what == "guards", let version = Guard.unsupported[name] {
      report(
        PolicyRules.unsupportedGuard, entry.key,
        "the guard '\(name)' of version \(version) is not one that claw can decide",
        help: "a guard that is not judged would be a hole; remove the section")
    } else if what == "guards", let ours = Guard.named(name), ours.isOurs {
      report(
        rules.unknownKey, entry.key,
        "the guard '\(name)' is claw's own, and the profile 'compat' does not know it",
        help: "use the profile 'hardened'")
    } else {
      let near = Suggestion.nearest(to: name, in: known)
      let fixes =
        near.map { [FixIt("replace it with '\($0)'", replace: location(entry.key), with: $0, isSafe: false)] } ?? []
      report(
        rules.unknownKey, entry.key, "\(what) has no key '\(name)'",
        help: near.map { "did you mean '\($0)'?" } ?? "it has \(known.joined(separator: ", "))", fixes: fixes)
    }
  }

  /// A mapping with fields as they are declared.
  mutating func record(
    _ node: YAMLNode, _ what: String, _ fields: [GuardField], isOpen: Bool = false
  ) -> RulesetRecord? {
    let aliases = Dictionary(uniqueKeysWithValues: fields.flatMap { field in field.aliases.map { ($0, field.key) } })
    guard let entries = keys(of: node, what, known: fields.map(\.key), aliases: aliases, isOpen: isOpen) else {
      return nil
    }
    var result = RulesetRecord(fields: [], location: location(node))
    for (key, entry) in entries {
      guard let field = fields.first(where: { $0.key == key }) else { continue }
      // Where a field may be absent, a null says that it is.
      if entry.value.isNull, isOptional(field) { continue }
      guard let value = value(entry.value, "\(what).\(key)", field.type) else { continue }
      result.fields.append(.init(key: key, location: location(entry.key), value: value))
    }
    for field in fields where field.isRequired && !entries.contains(where: { $0.0 == field.key }) {
      report(
        rules.missingKey, node, "\(what) lacks the key '\(field.key)'",
        help: "it says: \(field.summary.lowercasedFirst)")
    }
    return result
  }

  private func isOptional(_ field: GuardField) -> Bool {
    if case .absent = field.default { return !field.isRequired }
    return false
  }

  /// A mapping, or the value of one of its keys alone.
  private mutating func short(
    _ node: YAMLNode, _ what: String, _ key: String, _ fields: [GuardField]
  ) -> RulesetRecord? {
    if node.entries != nil || node.elements != nil { return record(node, what, fields) }
    guard let field = fields.first(where: { $0.key == key }), let value = value(node, what, field.type) else {
      return nil
    }
    return RulesetRecord(fields: [.init(key: key, location: location(node), value: value)], location: location(node))
  }

  /// A list of mappings.
  mutating func records(_ node: YAMLNode, _ what: String, _ fields: [GuardField]) -> [RulesetRecord]? {
    guard let elements = list(node, what, of: "mappings") else { return nil }
    var result: [RulesetRecord] = []
    for (index, element) in elements.enumerated() {
      if let record = record(element, "\(what)[\(index)]", fields) { result.append(record) }
    }
    return result
  }

  /// The elements of a list; nothing at all is an empty list, as the reference has it.
  private mutating func list(_ node: YAMLNode, _ what: String, of content: String) -> [YAMLNode]? {
    if node.style == .plain, node.text == "" { return [] }
    guard let elements = node.elements else {
      report(
        rules.fieldType, node, "\(what) must be a list of \(content)",
        help: node.text.map { "write [\($0)] for a list of one" } ?? "write one '- …' a line")
      return nil
    }
    return elements
  }

  mutating func value(_ node: YAMLNode, _ what: String, _ type: FieldType) -> RulesetValue? {
    let place = location(node)
    switch type {
    case .bool:
      guard let value = bool(node) else {
        report(rules.fieldType, node, "\(what) must be true or false", help: "write it without quotes")
        return nil
      }
      return RulesetValue(.bool(value), place)
    case .integer(let range): return integer(node, what, range).map { RulesetValue(.integer($0), place) }
    case .number:
      guard let value = number(node) else {
        report(rules.fieldType, node, "\(what) must be a number")
        return nil
      }
      return RulesetValue(.number(value), place)
    case .text: return text(node).map { RulesetValue(.text($0.value), place) }
    case .choice(let words, let aliases):
      return choice(node, what, words, aliases).map { RulesetValue(.text($0), place) }
    case .texts:
      guard let elements = list(node, what, of: "texts") else { return nil }
      return RulesetValue(.texts(elements.compactMap { text($0) }), place)
    case .record(let fields, let isOpen):
      return record(node, what, fields, isOpen: isOpen).map { RulesetValue(.record($0), place) }
    case .records(let fields): return records(node, what, fields).map { RulesetValue(.records($0), place) }
    case .short(let key, let fields): return short(node, what, key, fields).map { RulesetValue(.record($0), place) }
    case .shorts(let key, let fields):
      guard let elements = list(node, what, of: "mappings") else { return nil }
      var result: [RulesetRecord] = []
      for (index, element) in elements.enumerated() {
        if let record = short(element, "\(what)[\(index)]", key, fields) { result.append(record) }
      }
      return RulesetValue(.records(result), place)
    case .table(let type): return table(node, what, type).map { RulesetValue(.record($0), place) }
    case .anything: return RulesetValue(.anything(free(node)), place)
    }
  }

  /// A mapping whose keys the author chooses.
  private mutating func table(_ node: YAMLNode, _ what: String, _ type: FieldType) -> RulesetRecord? {
    guard let entries = node.entries else {
      report(rules.fieldType, node, "\(what) must be a mapping")
      return nil
    }
    var result = RulesetRecord(fields: [], location: location(node))
    for entry in entries {
      guard let key = text(entry.key) else { continue }
      guard let value = value(entry.value, "\(what).\(key.value)", type) else { continue }
      result.fields.append(.init(key: key.value, location: key.location, value: value))
    }
    return result
  }

  /// A text: any scalar, by what it spells.
  mutating func text(_ node: YAMLNode) -> Located<String>? {
    guard let text = node.text else {
      report(rules.fieldType, node, "a text must stand here")
      return nil
    }
    if let tag = node.resolved.tag, tag.text != "!", tag.text != "!!str" {
      bag.report(
        rules.fieldType, at: Location(file, tag.range), "the tag '\(tag.text)' has no meaning in a \(rules.noun)",
        help: "remove it")
      return nil
    }
    return Located(text, location(node))
  }

  mutating func choice(_ node: YAMLNode, _ what: String, _ words: [String], _ aliases: [String: String]) -> String? {
    guard let text = text(node) else { return nil }
    if let word = aliases[text.value] { return word }
    if words.contains(where: { $0.isSame(as: text.value) }) { return text.value }
    let near = Suggestion.nearest(to: text.value, in: words + aliases.keys.sorted())
    report(
      rules.fieldValue, node, "\(what) can't be '\(text.value)'",
      help: near.map { "did you mean '\($0)'?" } ?? "it is one of \(words.joined(separator: ", "))")
    return nil
  }

  private func bool(_ node: YAMLNode) -> Bool? {
    guard node.style == .plain else { return nil }
    switch node.text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  private mutating func integer(_ node: YAMLNode, _ what: String, _ range: ClosedRange<Int>) -> Int? {
    guard node.style == .plain, let text = node.text, let value = Self.integer(text) else {
      report(rules.fieldType, node, "\(what) must be a whole number", help: "write it with digits only")
      return nil
    }
    guard range.contains(value) else {
      let bounds =
        range.upperBound == .max ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      report(rules.fieldValue, node, "\(what) must be \(bounds)")
      return nil
    }
    return value
  }

  /// Decimal digits without a leading zero, `0x…` or `0o…`; as the reference's reader has it, `_` and `1e3` are none.
  static func integer(_ text: String) -> Int? {
    var digits = Substring(text)
    let isNegative = digits.utf8.first == 0x2D
    if isNegative || digits.utf8.first == 0x2B { digits.removeFirst() }
    guard let first = digits.utf8.first, first != 0x2D, first != 0x2B else { return nil }
    let value: Int?
    if digits.utf8.starts(with: "0x".utf8) {
      value = Int(digits.dropFirst(2), radix: 16)
    } else if digits.utf8.starts(with: "0o".utf8) {
      value = Int(digits.dropFirst(2), radix: 8)
    } else if digits.utf8.count > 1, first == 0x30 {
      value = nil
    } else {
      value = Int(digits)
    }
    return value.map { isNegative ? -$0 : $0 }
  }

  private func number(_ node: YAMLNode) -> Double? {
    guard node.style == .plain, let text = node.text else { return nil }
    if let value = Self.integer(text) { return Double(value) }
    switch text {
    case ".inf", ".Inf", ".INF", "+.inf": return .infinity
    case "-.inf", "-.Inf", "-.INF": return -.infinity
    default: break
    }
    guard text.utf8.contains(where: { 0x30...0x39 ~= $0 }),
      !text.utf8.contains(where: { $0 == 0x78 || $0 == 0x70 || $0 == 0x5F })
    else { return nil }
    return Double(text)
  }

  /// What YAML makes of a value of no particular form.
  private func free(_ node: YAMLNode) -> FreeValue {
    if let elements = node.elements { return .list(elements.map(free)) }
    if let entries = node.entries { return .mapping(entries.map { ($0.key.text ?? "", free($0.value)) }) }
    let text = node.text ?? ""
    guard node.style == .plain else { return .text(text) }
    if node.isNull { return .null }
    if let value = bool(node) { return .bool(value) }
    if let value = Self.integer(text) { return .integer(value) }
    return number(node).map(FreeValue.number) ?? .text(text)
  }
}

extension String {
  /// The text with a small first letter, to stand inside a sentence.
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
