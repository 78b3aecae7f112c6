import AST
import Automata
package import Diagnostics
import IR
import Policy
import Source

/// Looks for entries of a program that do nothing, or not what they seem to: by the sets of texts that they stand for.
struct PolicyLint {
  private let profile: PolicyProfile
  private var bag = DiagnosticBag()
  private var sets: [String: Automaton?] = [:]

  /// The findings of a program.
  static func check(_ program: PolicyProgram, into bag: inout DiagnosticBag) {
    var lint = PolicyLint(profile: program.profile)
    for item in program.guards { lint.check(item) }
    bag.add(contentsOf: lint.bag)
  }

  private init(profile: PolicyProfile) { self.profile = profile }

  private mutating func check(_ item: GuardProgram) {
    switch item {
    case .forbiddenPath(let own):
      checkEntries(own.patterns, "forbidden", within: Languages.paths, "path in normal form")
      checkEntries(own.exceptions, "excepted", within: Languages.paths, "path in normal form")
      checkExceptions(own)
    case .pathAllowlist(let own):
      for list in [own.read, own.write] {
        checkEntries(list, "allowed", within: Languages.paths, "path in normal form")
      }
    case .egressAllowlist(let own):
      let hosts = profile == .hardened ? Languages.hosts : .all
      checkEntries(own.allow, "allowed", within: hosts, "host name")
      checkEntries(own.block, "blocked", within: hosts, "host name")
      checkBlocked(own)
    case .mcpTool(let own): checkTools(own)
    case .secretLeak(let own): checkEntries(own.skipped, "skipped", within: .all, "path")
    default: break
    }
  }

  /// The set of a pattern; nil if it takes too many states.
  private mutating func set(_ term: PatternTerm) -> Automaton? {
    if let known = sets[term.text] { return known }
    let set = Automaton([term.node], .whole, limit: 2000)
    sets[term.text] = set
    return set
  }

  private func example(_ set: Automaton?) -> String { set?.shortestText.map { ", '\($0)' for example" } ?? "" }

  /// Entries that match nothing, and entries that others cover.
  private mutating func checkEntries(_ terms: [PatternTerm], _ what: String, within universe: Automaton, _ kind: String)
  {
    // One example tells most apart; only where it does not, sets are made and compared.
    let samples = terms.map { term in term.node.example.map { universe.contains($0) ? $0 : "" } ?? "" }
    for (term, sample) in zip(terms, samples) where sample.isEmpty {
      guard let location = term.location, let set = set(term), set.intersection(universe)?.isEmpty == true else {
        continue
      }
      bag.report(
        PolicyLintRules.neverFires, at: location, "'\(term.text)' matches no \(kind)",
        help: set.shortestText.map { "what it matches, '\($0)' for example, never comes" } ?? "remove it")
    }
    // Lists of so many entries are made by programs.
    guard terms.count <= 300 else { return }
    let matchers = terms.map { term in (try? NFA([term.node])).map { TextMatcher($0, .whole) } }
    for (index, term) in terms.enumerated() {
      guard let location = term.location, let sample = term.node.example else { continue }
      for (other, cover) in terms.enumerated() where other != index && cover.text != term.text {
        guard matchers[other]?.matchesWhole(sample) ?? true, let own = set(term), let wide = set(cover), !own.isEmpty,
          own.subtracting(wide, limit: 4000)?.isEmpty == true
        else { continue }
        if wide == own, other > index { continue }
        let labels = cover.location.map { [Diagnostic.Label($0, "this covers it")] } ?? []
        bag.report(
          PolicyLintRules.coveredEntry, at: location,
          "'\(term.text)' adds nothing: '\(cover.text)' has all that it has\(example(own))",
          help: "remove one of the two",
          labels: labels)
        break
      }
    }
  }

  private mutating func checkExceptions(_ own: ForbiddenPathProgram) {
    for exception in own.exceptions {
      guard let location = exception.location, let set = set(exception) else { continue }
      var isNeeded =
        exception.node.example.map { text in
          own.patterns.contains { pattern in
            (try? NFA([pattern.node])).map { TextMatcher($0, .whole).matchesWhole(text) } ?? true
          }
        } ?? false
      for pattern in own.patterns where !isNeeded {
        isNeeded = self.set(pattern).map { $0.intersection(set).map { !$0.isEmpty } ?? true } ?? true
      }
      if isNeeded { continue }
      bag.report(
        PolicyLintRules.unneededException, at: location, "no pattern forbids any of '\(exception.text)'\(example(set))",
        help: "remove the exception")
    }
  }

  private mutating func checkBlocked(_ own: EgressProgram) {
    for allowed in own.allow {
      guard let location = allowed.location, let set = set(allowed) else { continue }
      for blocked in own.block {
        guard let wide = self.set(blocked), set.subtracting(wide)?.isEmpty == true else { continue }
        let labels = blocked.location.map { [Diagnostic.Label($0, "blocked here")] } ?? []
        bag.report(
          PolicyLintRules.blockedAllow, at: location,
          "'\(allowed.text)' is never allowed: '\(blocked.text)' blocks all of it\(example(set))",
          help: "remove one of the two", labels: labels)
        break
      }
    }
  }

  private mutating func checkTools(_ own: ToolProgram) {
    for (list, what) in [(own.allow, "allowed"), (own.confirm, "held back for a person")] {
      for tool in list {
        guard let location = tool.location,
          let blocked = own.block.first(where: { $0.text.utf8.elementsEqual(tool.text.utf8) })
        else { continue }
        let labels = blocked.location.map { [Diagnostic.Label($0, "blocked here")] } ?? []
        bag.report(
          PolicyLintRules.blockedAllow, at: location,
          "the tool '\(tool.text)' is \(what) and blocked, so that it is blocked",
          help: "remove it from one of the lists", labels: labels)
      }
    }
  }
}

/// The rules about entries that do nothing.
package enum PolicyLintRules {
  /// All of them.
  package static let all: [Rule] = [neverFires, coveredEntry, unneededException, blockedAllow]

  package static let neverFires = Rule(
    "policy/never-fires", .warning, "An entry matches nothing that ever comes",
    explanation: """
      Paths are compared in normal form: without empty parts, '.', backslashes and a slash at the end; hosts without ports and \
      schemes. A pattern that has one of those never fires.
      """,
    bad: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  forbidden_path:\n    patterns: [\"/srv//keys/**\"]\n",
    good: "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  forbidden_path:\n    patterns: [\"/srv/keys/**\"]\n")

  package static let coveredEntry = Rule(
    "policy/covered-entry", .warning, "An entry adds nothing to another one of its list",
    explanation:
      "All that the entry matches is matched by another entry. Removing it changes no decision, and the list reads better.",
    bad: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        egress_allowlist:
          allow: ["*.example.com", "api.example.com"]

      """,
    good: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        egress_allowlist:
          allow: ["*.example.com"]

      """)

  package static let unneededException = Rule(
    "policy/unneeded-exception", .warning, "An exception excepts nothing",
    explanation: "No pattern forbids what the exception allows, so it says nothing; often one of the two is misspelt.",
    bad: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        forbidden_path:
          patterns: ["**/.env"]
          exceptions: ["**/.env.example"]

      """,
    good: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        forbidden_path:
          patterns: ["**/.env", "**/.env.*"]
          exceptions: ["**/.env.example"]

      """)

  package static let blockedAllow = Rule(
    "policy/blocked-allow", .warning, "Something is both allowed and blocked",
    explanation: "What is blocked stays blocked, whatever another list allows. One of the two entries is a mistake.",
    bad: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        mcp_tool:
          allow: [read_file, shell_exec]
          block: [shell_exec]

      """,
    good: """
      version: "1.2.0"
      name: a
      description: b
      guards:
        mcp_tool:
          allow: [read_file]
          block: [shell_exec]

      """)
}
