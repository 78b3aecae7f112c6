import Diagnostics
import Driver
import Source
import Testing
import TestSupport

@Suite("Rules: names, texts and examples")
struct RuleExampleTests {
  static let rules = RuleCatalog.all
  static let names = rules.map(\.name)

  /// Rules that are about what an image's Clawfile says: their examples have none, their golden cases do.
  static let needsFiles: Set = ["pod/handle", "pod/surface"]

  static func rule(_ name: String) throws -> Rule { try #require(rules.first { $0.name == name }) }

  /// Every finding of an example.
  static func findings(_ rule: Rule, _ text: String) -> [Diagnostic] {
    let isClawfile = rule.name.hasPrefix("clawfile/") || rule.name.hasPrefix("claw/")
    let kinds: [Substring: FileKind] = [
      "policy": .ruleset, "suite": .suite, "pack": .pack, "workload": .workload, "fleet": .fleet, "tenancy": .tenancy,
    ]
    let kind = isClawfile ? .clawfile : kinds[rule.name.prefix { $0 != "/" }] ?? .pod
    let file = SourceFile(path: isClawfile ? "Clawfile" : "claw-pod.yml", text: text)
    var options = CompileOptions()
    options.makesArtifacts = false
    return Compiler.compile(file, kind: kind, files: MemoryFiles(), options: options).bag.sorted()
  }

  @Test("Names are stable identifiers, and no two rules share one or an alias of BuildKit's")
  func namesAreUnique() {
    #expect(Set(Self.names).count == Self.names.count)
    var owners: [String: String] = [:]
    for rule in Self.rules {
      #expect(rule.name.wholeMatch(of: /[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*/) != nil, "\(rule.name)")
      for alias in rule.aliases {
        #expect(owners.updateValue(rule.name, forKey: alias) == nil, "\(alias) has two rules")
      }
    }
  }

  @Test("A summary is one line without a full stop, an explanation is whole sentences", arguments: names)
  func texts(name: String) throws {
    let rule = try Self.rule(name)
    #expect(!rule.summary.isEmpty && !rule.summary.contains("\n") && !rule.summary.hasSuffix("."))
    #expect(rule.explanation.hasSuffix(".") && !rule.explanation.contains("\n"))
    #expect(rule.good == nil || rule.bad != nil, "a good example mends a bad one")
    for example in [rule.bad, rule.good].compactMap({ $0 }) { #expect(example.hasSuffix("\n")) }
  }

  @Test("The bad example shows the rule with its severity, the good one does not", arguments: names)
  func examples(name: String) throws {
    let rule = try Self.rule(name)
    if let bad = rule.bad {
      let found = Self.findings(rule, bad).filter { $0.rule == rule }
      #expect(
        !found.isEmpty || Self.needsFiles.contains(name), "the bad example does not show the rule")
      for diagnostic in found {
        #expect(diagnostic.severity == rule.severity)
        #expect(!diagnostic.message.hasSuffix(".") && !diagnostic.message.contains("\n"))
        #expect(diagnostic.help?.hasSuffix(".") != true)
      }
    }
    if let good = rule.good {
      #expect(Self.findings(rule, good).filter { $0.rule == rule }.isEmpty, "the good example shows the rule")
      #expect(Self.findings(rule, good).filter { $0.severity == .error }.isEmpty, "the good example has an error")
    }
  }

  @Test("A fix-it removes its finding, and what it leaves can be read", arguments: names)
  func fixes(name: String) throws {
    let rule = try Self.rule(name)
    guard let bad = rule.bad else { return }
    let before = Self.findings(rule, bad)
    let count = before.count { $0.rule == rule }
    for fix in before.filter({ $0.rule == rule }).flatMap(\.fixes) {
      let text = String(decoding: fix.applied(to: Array(bad.utf8)), as: UTF8.self)
      #expect(text != bad, "'\(fix.title)' changes nothing")
      let after = Self.findings(rule, text)
      #expect(after.count { $0.rule == rule } == count - 1, "'\(fix.title)' leaves the finding in:\n\(text)")
      let errors = Set(before.filter { $0.severity == .error }.map(\.rule.name))
      let new = after.filter { $0.severity == .error && !errors.contains($0.rule.name) }
      #expect(new.isEmpty, "'\(fix.title)' makes new errors: \(new.map(\.message))")
    }
  }
}
