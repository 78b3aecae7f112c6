package import AST
package import Diagnostics
import Guards
import Lexer
package import Source

/// Reads a policy ruleset: a YAML mapping with `guards`, or a JSON one.
///
/// Scalars are taken as the reference reads them: a text is whatever a plain scalar spells, numbers and truth values are
/// strict. All that is wrong is reported at once; what could be read comes back even then.
package struct RulesetParser {
  /// How a file is read: as the reference does, or as claw does, which has more guards and asks for a version.
  package enum Dialect: Sendable {
    case compat
    case hardened
  }

  let file: SourceFile
  let dialect: Dialect
  let rules: FieldRules
  var bag = DiagnosticBag()

  /// The ruleset of a file; nil if it holds nothing that could be one.
  package static func parse(_ file: SourceFile, _ dialect: Dialect, into bag: inout DiagnosticBag) -> Ruleset? {
    var parser = RulesetParser(file: file, dialect: dialect)
    let ruleset = parser.parse()
    bag.add(contentsOf: parser.bag)
    return ruleset
  }

  init(file: SourceFile, dialect: Dialect, rules: FieldRules = .policy) {
    self.file = file
    self.dialect = dialect
    self.rules = rules
  }

  func location(_ node: YAMLNode) -> Location { Location(file, node.range) }

  mutating func report(_ rule: Rule, _ node: YAMLNode, _ message: String, help: String? = nil, fixes: [FixIt] = []) {
    bag.report(rule, at: location(node), message, help: help, fixes: fixes)
  }

  private mutating func parse() -> Ruleset? {
    let documents = YAMLReader.read(file, into: &bag)
    guard !bag.hasErrors else { return nil }
    if documents.count > 1 {
      report(
        PolicyRules.documents, documents[1].root,
        "a ruleset is one YAML document, and this file has \(documents.count)",
        help: "put each ruleset into a file of its own")
      return nil
    }
    var ruleset = Ruleset(file: file)
    guard let root = documents.first?.root, !(root.style == .plain && root.text == "") else {
      // The reference takes an empty file as a policy with all defaults.
      if dialect == .hardened {
        bag.report(
          PolicyRules.empty, at: Location(file, SourceRange(0, 0)), "the ruleset is empty",
          help: "begin with 'version: \"\(PolicyLanguage.usualVersion)\"' and 'guards:'")
        return nil
      }
      return ruleset
    }
    guard let fields = keys(of: root, "the ruleset", known: Self.topLevel) else { return nil }
    for (key, entry) in fields {
      switch key {
      case "version": ruleset.version = text(entry.value)
      case "name": ruleset.name = text(entry.value)
      case "description": ruleset.description = text(entry.value)
      case "extends": if !entry.value.isNull { ruleset.extends = text(entry.value) }
      case "merge_strategy":
        if let value = choice(entry.value, "merge_strategy", PolicyLanguage.mergeStrategies, [:]) {
          ruleset.mergeStrategy = Located(value, location(entry.value))
        }
      case "guards": readGuards(entry.value, into: &ruleset)
      case "custom_guards": ruleset.customGuards = records(entry.value, "custom_guards", PolicyLanguage.customGuard)
      case "settings": ruleset.settings = record(entry.value, "settings", PolicyLanguage.settings)
      default: if !entry.value.isNull { ruleset.posture = record(entry.value, "posture", PolicyLanguage.posture) }
      }
    }
    return ruleset
  }

  private static let topLevel = [
    "version", "name", "description", "extends", "merge_strategy", "guards", "custom_guards", "settings", "posture",
  ]

  private mutating func readGuards(_ node: YAMLNode, into ruleset: inout Ruleset) {
    let known = Guard.all.filter { dialect == .hardened || !$0.isOurs }.map(\.name) + ["custom"]
    guard let fields = keys(of: node, "guards", known: known) else { return }
    for (name, entry) in fields {
      if name == "custom" {
        ruleset.asyncGuards = records(entry.value, "guards.custom", PolicyLanguage.asyncGuard)
        continue
      }
      // A guard without anything is one that is not mentioned.
      guard !entry.value.isNull || entry.value.text == "", let found = Guard.named(name) else { continue }
      if entry.value.isNull { continue }
      guard let section = record(entry.value, "guards.\(name)", declared(of: found)) else { continue }
      ruleset.guards.append(GuardSection(name: Located(name, location(entry.key)), fields: section))
    }
  }

  private func declared(of found: Guard) -> [GuardField] {
    guard dialect == .hardened else { return found.fields.filter { !$0.isOurs } }
    return found.fields + [
      GuardField("clear", .texts(.name), "Lists that start empty instead of inheriting", isOurs: true)
    ]
  }
}
