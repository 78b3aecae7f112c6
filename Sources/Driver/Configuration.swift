package import Diagnostics
import Lexer
package import Source

/// What `.claw.yml` says: which findings matter, and how bad each is.
package struct Configuration: Sendable {
  /// The least severity that fails a run.
  package var failOn: Severity?
  /// Whether rules about trust are errors.
  package var isStrict: Bool?
  /// What each rule's findings become: nil for left out.
  package var severities: [String: Severity?] = [:]

  /// The rules of configuration files themselves.
  package static let invalid = Rule(
    "claw/configuration", .error, "A configuration file has something that claw does not know",
    explanation: """
      .claw.yml has fail-on (error, warning or info), strict (true or false) and rules: a mapping from rule names to off, \
      info, warning or error. What stops every build can't be turned off.
      """)

  /// The built-in one.
  package init() {}

  /// Adds what a file says on top; what it can't is reported.
  package mutating func apply(_ file: SourceFile, into bag: inout DiagnosticBag) {
    let documents = YAMLReader.read(file, into: &bag)
    guard let root = documents.first?.root, !root.isNull else { return }
    func report(_ node: YAMLNode, _ message: String, _ help: String) {
      bag.report(Self.invalid, at: Location(file, node.range), message, help: help)
    }
    guard let entries = root.mergedEntries, documents.count == 1 else {
      return report(root, "a configuration is one mapping", "write 'fail-on: warning', for instance")
    }
    for entry in entries {
      switch entry.key.text {
      case "fail-on":
        guard let severity = Severity(rawValue: entry.value.text ?? "") else {
          report(entry.value, "'\(entry.value.text ?? "")' is no severity", "write error, warning or info")
          continue
        }
        failOn = severity
      case "strict":
        guard let text = entry.value.text, text == "true" || text == "false" else {
          report(entry.value, "strict is true or false", "write 'strict: true'")
          continue
        }
        isStrict = text == "true"
      case "rules":
        for rule in entry.value.mergedEntries ?? [] {
          guard let name = rule.key.text, let known = RuleCatalog.rule(named: name) else {
            let near = Suggestion.nearest(to: rule.key.text ?? "", in: RuleCatalog.all.map(\.name))
            report(
              rule.key, "there is no rule '\(rule.key.text ?? "")'",
              near.map { "did you mean '\($0)'?" } ?? "'claw explain' lists the rules")
            continue
          }
          // YAML 1.1 readers take a bare off for false; here it is the word.
          switch rule.value.text {
          case "off", "false": severities[known.name] = .some(nil)
          case .some(let text):
            guard let severity = Severity(rawValue: text) else {
              report(rule.value, "'\(text)' is no severity", "write off, info, warning or error")
              continue
            }
            severities[known.name] = severity
          case nil: report(rule.value, "a rule's setting is a word", "write off, info, warning or error")
          }
        }
      default:
        let near = Suggestion.nearest(to: entry.key.text ?? "", in: ["fail-on", "strict", "rules"])
        report(
          entry.key, "there is no setting '\(entry.key.text ?? "")'",
          near.map { "did you mean '\($0)'?" } ?? "the settings are fail-on, strict and rules")
      }
    }
  }

  /// Adds what variables say on top: `CLAW_FAIL_ON` and `CLAW_STRICT`.
  package mutating func apply(_ environment: Environment, into bag: inout DiagnosticBag) {
    func report(_ name: String, _ value: String, _ message: String, _ help: String) {
      let file = SourceFile(path: name, text: value)
      bag.report(Self.invalid, at: Location(file, SourceRange(0, file.bytes.count)), message, help: help)
    }
    if let text = environment["CLAW_FAIL_ON"], !text.isEmpty {
      if let severity = Severity(rawValue: text) {
        failOn = severity
      } else {
        report("CLAW_FAIL_ON", text, "'\(text)' is no severity", "set it to error, warning or info")
      }
    }
    if let text = environment["CLAW_STRICT"], !text.isEmpty {
      switch text {
      case "1", "true": isStrict = true
      case "0", "false": isStrict = false
      default: report("CLAW_STRICT", text, "CLAW_STRICT is true or false", "set it to true or false, or unset it")
      }
    }
  }

  /// What a finding becomes, or nil if it is left out; errors of rules that stop a build stay errors.
  package func judged(_ finding: Diagnostic, isStrict flag: Bool) -> Diagnostic? {
    var finding = finding
    if finding.severity < .error, let setting = severities[finding.rule.name] {
      guard let severity = setting else { return nil }
      finding.severity = severity
    }
    if flag || isStrict == true, RuleCatalog.isStrict(finding.rule) { finding.severity = .error }
    return finding
  }
}
