package import AST
package import Diagnostics
import Guards
import Lexer
package import Source

/// Reads a governance pack: a YAML mapping with `pack` and `expectations`, or a JSON one.
package enum PackParser {
  /// The pack of a file; nil if it holds nothing that could be one. All that is wrong is reported at once.
  package static func parse(_ file: SourceFile, into bag: inout DiagnosticBag) -> Pack? {
    var parser = RulesetParser(file: file, dialect: .hardened, rules: .pack)
    let pack = parser.pack()
    bag.add(contentsOf: parser.bag)
    return pack
  }
}

extension RulesetParser {
  /// The checks by their keys.
  static let checkNames = [
    "event", "count", "order", "artifacts", "rehash", "verified", "document", "all", "any", "not",
  ]
  /// What packs apply to.
  static let subjectNames = ["run", "evidence-bundle", "sealed-package"]

  fileprivate mutating func pack() -> Pack? {
    let documents = YAMLReader.read(file, into: &bag)
    guard !bag.hasErrors else { return nil }
    guard let root = documents.first?.root else {
      bag.report(
        PackRules.missingKey, at: Location(file, SourceRange(0, 0)), "the file is empty",
        help: "begin with 'pack:' and 'expectations:'")
      return nil
    }
    if documents.count > 1 {
      report(
        PackRules.documents, documents[1].root, "a pack is one YAML document, and this file has \(documents.count)",
        help: "put each pack into a file of its own")
      return nil
    }
    let known = ["pack", "event_types", "applies_to", "when", "expectations"]
    guard let fields = keys(of: root, "the file", known: known) else { return nil }
    var pack = Pack(file: file)
    need(["pack", "expectations"], in: fields, root, "the file")
    for (key, entry) in fields {
      switch key {
      case "pack": readHead(entry.value, into: &pack)
      case "event_types": pack.eventTypes = texts(entry.value, "event_types")
      case "applies_to": pack.subjects = subjects(entry.value)
      case "when": pack.condition = check(entry.value, "when")
      default: pack.expectations = expectations(entry.value)
      }
    }
    return pack
  }

  private mutating func readHead(_ node: YAMLNode, into pack: inout Pack) {
    guard let fields = keys(of: node, "pack", known: ["id", "version", "description"]) else { return }
    need(["id", "version"], in: fields, node, "pack")
    for (key, entry) in fields {
      switch key {
      case "id": pack.id = text(entry.value)
      case "version": pack.version = text(entry.value)
      default: pack.description = text(entry.value)
      }
    }
  }

  private mutating func expectations(_ node: YAMLNode) -> [PackExpectation] {
    guard let elements = elements(node, "expectations") else { return [] }
    var result: [PackExpectation] = []
    for (index, element) in elements.enumerated() {
      let what = "expectations[\(index)]"
      let known = ["id", "description", "severity", "applies_to", "expect"]
      guard let fields = keys(of: element, what, known: known, aliases: ["importance": "severity"]) else { continue }
      need(["id", "expect"], in: fields, element, what)
      guard let id = fields.first(where: { $0.0 == "id" }).flatMap({ text($0.1.value) }),
        let expect = fields.first(where: { $0.0 == "expect" })?.1.value, let check = check(expect, "\(what).expect")
      else { continue }
      var expectation = PackExpectation(id: id, check: check)
      for (key, entry) in fields {
        switch key {
        case "description": expectation.description = text(entry.value)
        case "severity":
          let aliases = ["expected": "error", "recommended": "warning", "optional": "info"]
          expectation.severity = choice(entry.value, "\(what).severity", ["error", "warning", "info"], aliases).map {
            Located($0, location(entry.value))
          }
        case "applies_to": expectation.subjects = subjects(entry.value)
        default: break
        }
      }
      result.append(expectation)
    }
    return result
  }

  // MARK: Checks

  mutating func check(_ node: YAMLNode, _ what: String) -> PackCheck? {
    guard let fields = keys(of: node, what, known: Self.checkNames) else { return nil }
    guard fields.count == 1, let (key, entry) = fields.first else {
      // Where a key was unknown, that was said.
      if !fields.isEmpty || node.entries?.isEmpty ?? true {
        report(
          PackRules.oneCheck, node, "\(what) has \(fields.isEmpty ? "no check" : "\(fields.count) checks")",
          help: fields.isEmpty
            ? "write one of \(Self.checkNames.joined(separator: ", "))" : "put them below 'all' or 'any'")
      }
      return nil
    }
    return kind(key, entry.value, "\(what).\(key)").map { PackCheck($0, location(entry.key)) }
  }

  private mutating func kind(_ key: String, _ node: YAMLNode, _ what: String) -> PackCheck.Kind? {
    switch key {
    case "all": return checks(node, what).map { .all($0) }
    case "any": return checks(node, what).map { .any($0) }
    case "not": return check(node, what).map { .not($0) }
    case "event":
      if node.entries == nil { return text(node).map { .event(PackEvents(type: $0)) } }
      guard let fields = keys(of: node, what, known: ["type", "which", "where"]) else { return nil }
      return events(fields, node, what, "type").map { .event($0) }
    case "count":
      guard let fields = keys(of: node, what, known: ["event", "where", "at_least", "at_most"]) else { return nil }
      return events(fields, node, what, "event").map { .count($0, bounds(fields, node, what)) }
    case "order":
      guard let fields = keys(of: node, what, known: ["earlier", "later"]) else { return nil }
      need(["earlier", "later"], in: fields, node, what)
      let moments = ["earlier", "later"].map { key in
        fields.first { $0.0 == key }.flatMap { moment($0.1.value, "\(what).\(key)") }
      }
      guard let earlier = moments[0], let later = moments[1] else { return nil }
      return .order(earlier: earlier, later: later)
    case "artifacts":
      guard let fields = keys(of: node, what, known: ["label_contains", "mime", "at_least", "at_most"]) else {
        return nil
      }
      let labels = fields.first { $0.0 == "label_contains" }.map { texts($0.1.value, "\(what).label_contains") }
      let types = fields.first { $0.0 == "mime" }.map { texts($0.1.value, "\(what).mime") }
      return .artifacts(labels: labels ?? [], types: types ?? [], bounds(fields, node, what))
    case "rehash":
      guard let fields = keys(of: node, what, known: ["at_least"]) else { return nil }
      return .rehash(bounds(fields, node, what))
    case "verified":
      return choice(node, what, ["intact", "signed"], [:]).map { .verified(Located($0, location(node))) }
    default:
      guard let fields = keys(of: node, what, known: ["file", "where"]) else { return nil }
      need(["file"], in: fields, node, what)
      guard let file = fields.first(where: { $0.0 == "file" }).flatMap({ text($0.1.value) }) else { return nil }
      return .document(file: file, conditions: conditions(fields, what))
    }
  }

  private mutating func checks(_ node: YAMLNode, _ what: String) -> [PackCheck]? {
    guard let elements = elements(node, what) else { return nil }
    var result: [PackCheck] = []
    for (index, element) in elements.enumerated() {
      if let check = check(element, "\(what)[\(index)]") { result.append(check) }
    }
    return result.count == elements.count ? result : nil
  }

  private mutating func events(
    _ fields: [(String, YAMLEntry)], _ node: YAMLNode, _ what: String, _ typeKey: String
  ) -> PackEvents? {
    need([typeKey], in: fields, node, what)
    guard let type = fields.first(where: { $0.0 == typeKey }).flatMap({ text($0.1.value) }) else { return nil }
    var events = PackEvents(type: type, conditions: conditions(fields, what))
    if let which = fields.first(where: { $0.0 == "which" })?.1.value {
      events.which = choice(which, "\(what).which", ["any", "first", "last", "every"], [:]).map {
        Located($0, location(which))
      }
    }
    return events
  }

  private mutating func moment(_ node: YAMLNode, _ what: String) -> PackMoment? {
    guard let fields = keys(of: node, what, known: ["first", "last"]) else { return nil }
    guard fields.count == 1, let (key, entry) = fields.first else {
      report(
        PackRules.missingKey, node, "\(what) is either the first or the last event of a type",
        help: "write {first: ArtifactRecorded}")
      return nil
    }
    return text(entry.value).map { PackMoment(isLast: key == "last", type: $0) }
  }

  private mutating func conditions(_ fields: [(String, YAMLEntry)], _ what: String) -> [PackFieldCondition] {
    guard let node = fields.first(where: { $0.0 == "where" })?.1.value,
      let elements = elements(node, "\(what).where")
    else { return [] }
    var result: [PackFieldCondition] = []
    for (index, element) in elements.enumerated() {
      let what = "\(what).where[\(index)]"
      guard let fields = keys(of: element, what, known: ["field", "is", "equals", "one_of"]) else { continue }
      need(["field"], in: fields, element, what)
      guard let field = fields.first(where: { $0.0 == "field" }).flatMap({ text($0.1.value) }) else { continue }
      let demands = fields.filter { $0.0 != "field" }
      if demands.count > 1 {
        report(
          PackRules.oneCheck, demands[1].1.key, "a field is, equals or is one of something: one of the three",
          help: "write a second entry for the same field")
        continue
      }
      guard let demand = demand(demands.first, location(element), what) else { continue }
      result.append(PackFieldCondition(field: field, demand: demand))
    }
    return result
  }

  private mutating func demand(
    _ field: (String, YAMLEntry)?, _ place: Location, _ what: String
  ) -> PackFieldCondition.Demand? {
    guard let (key, entry) = field else { return .state(Located("non-empty", place)) }
    switch key {
    case "is":
      return choice(entry.value, "\(what).is", ["non-empty", "present", "absent"], [:]).map {
        .state(Located($0, location(entry.value)))
      }
    case "equals": return text(entry.value).map { .oneOf([$0]) }
    default: return .oneOf(texts(entry.value, "\(what).one_of"))
    }
  }

  private mutating func bounds(_ fields: [(String, YAMLEntry)], _ node: YAMLNode, _ what: String) -> PackBounds {
    func read(_ parser: inout RulesetParser, _ key: String) -> Located<Int>? {
      guard let entry = fields.first(where: { $0.0 == key })?.1,
        let value = parser.value(entry.value, "\(what).\(key)", .integer(0...1_000_000_000))?.integer
      else { return nil }
      return Located(value, parser.location(entry.value))
    }
    return PackBounds(
      atLeast: read(&self, "at_least"), atMost: read(&self, "at_most"),
      isSaid: fields.contains { $0.0 == "at_least" || $0.0 == "at_most" })
  }

  // MARK: Lists

  private mutating func need(_ required: [String], in fields: [(String, YAMLEntry)], _ node: YAMLNode, _ what: String) {
    for key in required where !fields.contains(where: { $0.0 == key }) {
      // A misspelt key was reported already.
      if let entries = node.entries, entries.count > fields.count { continue }
      report(PackRules.missingKey, node, "\(what) lacks the key '\(key)'")
    }
  }

  /// The elements of a list that must have some.
  private mutating func elements(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
    guard let elements = node.elements else {
      report(PackRules.fieldType, node, "\(what) must be a list", help: "write one '- …' a line")
      return nil
    }
    guard !elements.isEmpty else {
      report(PackRules.empty, node, "\(what) is empty")
      return nil
    }
    return elements
  }

  private mutating func texts(_ node: YAMLNode, _ what: String) -> [Located<String>] {
    guard let elements = elements(node, what) else { return [] }
    var result: [Located<String>] = []
    for element in elements {
      if let text = text(element) { result.append(text) }
    }
    return result
  }

  private mutating func subjects(_ node: YAMLNode) -> [Located<String>] {
    guard let elements = elements(node, "applies_to") else { return [] }
    var result: [Located<String>] = []
    for element in elements {
      if let word = choice(element, "applies_to", Self.subjectNames, [:]) {
        result.append(Located(word, location(element)))
      }
    }
    return result
  }
}
