package import Diagnostics
import Lexer
import Lowering
import Parser

/// Every rule that claw can report.
package enum RuleCatalog {
  /// All rules, by name.
  package static let all: [Rule] = {
    var rules = LexicalRules.all + SyntaxRules.all + BuildRules.all + LintRules.all.map { $0.rule }
    rules +=
      YAMLRules.all + ComposeRules.all + PodRules.all + DirectiveRules.all + PolicyRules.all + PolicyCheckRules.all
      + PolicyLintRules.all + PackRules.all + WorkloadRules.all + FleetRules.all + TenancyRules.all + IntentRules.all
      + SuiteRules.all + SecretFindings.all + [
        Suppressions.unknownRule, Configuration.invalid,
      ] + EngineRules.all
    return rules.sorted { $0.name < $1.name }
  }()

  /// The rule of a name, or of one of BuildKit's and hadolint's names.
  package static func rule(named name: String) -> Rule? {
    byName[name] ?? all.first { rule in rule.aliases.contains { $0.lowercased() == name.lowercased() } }
  }

  /// Whether a name is a rule's or an alias of one.
  package static func knows(_ name: String) -> Bool { rule(named: name) != nil }

  /// Whether a rule is an invariant of pods: breaking it is a refusal, not a mistake of spelling.
  package static func isInvariant(_ rule: Rule) -> Bool { invariants.contains(rule.name) }

  /// Whether the only errors of a bag are broken invariants.
  package static func isRefusal(_ bag: DiagnosticBag) -> Bool {
    let errors = bag.diagnostics.filter { $0.severity == .error }
    return !errors.isEmpty && errors.allSatisfy { isInvariant($0.rule) }
  }

  private static let invariants = Set(PodRules.invariants.map(\.name))

  /// Whether `--strict` makes a rule an error.
  package static func isStrict(_ rule: Rule) -> Bool { rule == CustomFrontend.rule }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
