import AST
import Diagnostics
import Guards
import Source

/// Checks the guards that ask a service: `guards.custom`.
enum AsyncGuardCheck {
  static func check(_ records: [RulesetRecord], into bag: inout DiagnosticBag) {
    for record in records {
      // The reference looks at the package of enabled guards only; a misspelt one that is switched on later helps nobody.
      guard let package = record["package"], let name = package.text else { continue }
      let isEnabled = record["enabled"]?.bool ?? true
      guard let known = PolicyLanguage.asyncPackages.first(where: { $0.name == name }) else {
        let near = Suggestion.nearest(to: name, in: PolicyLanguage.asyncPackages.map(\.name))
        if isEnabled {
          bag.report(
            PolicyCheckRules.asyncGuard, at: package.location, "there is no package '\(name)'",
            help: near.map { "did you mean '\($0)'?" }
              ?? "there are \(PolicyLanguage.asyncPackages.map(\.name).joined(separator: ", "))")
        }
        continue
      }
      if isEnabled { checkConfig(record, known.required, at: package.location, into: &bag) }
      checkPlaceholders(record, into: &bag)
      checkSettings(record["async"]?.record, into: &bag)
    }
  }

  private static func checkConfig(
    _ record: RulesetRecord, _ required: [String], at location: Location, into bag: inout DiagnosticBag
  ) {
    guard let config = record["config"], case .mapping(let members) = config.anything else {
      bag.report(
        PolicyCheckRules.asyncGuard, at: record["config"]?.location ?? location, "the guard's config must be a mapping",
        help: "it needs \(required.joined(separator: " and "))")
      return
    }
    for key in required {
      let text: String? = members.lazy.filter { $0.key == key }.compactMap { member in
        if case .text(let text) = member.value { text } else { nil }
      }.first
      if text?.allSatisfy(\.isWhitespace) ?? true {
        bag.report(
          PolicyCheckRules.asyncGuard, at: config.location, "the guard's config lacks '\(key)'",
          help: "write '\(key): \"${secrets.NAME}\"'")
      }
    }
  }

  private static func checkPlaceholders(_ record: RulesetRecord, into bag: inout DiagnosticBag) {
    guard let config = record["config"], let value = config.anything else { return }
    if hasEmptyPlaceholder(value) {
      bag.report(
        PolicyCheckRules.placeholder, at: config.location, "a placeholder names no variable",
        help: "write '${NAME}' or '${secrets.NAME}'")
    }
  }

  private static func hasEmptyPlaceholder(_ value: FreeValue) -> Bool {
    switch value {
    case .text(let text): text.contains("${}") || text.contains("${secrets.}")
    case .list(let elements): elements.contains(where: hasEmptyPlaceholder)
    case .mapping(let members): members.contains { hasEmptyPlaceholder($0.value) }
    case .null, .bool, .integer, .number: false
    }
  }

  private static func checkSettings(_ settings: RulesetRecord?, into bag: inout DiagnosticBag) {
    guard let settings else { return }
    func report(_ value: RulesetValue, _ message: String) {
      bag.report(PolicyCheckRules.asyncGuard, at: value.location, message)
    }
    if let limit = settings["rate_limit"], let record = limit.record {
      let rates = [record["requests_per_second"], record["requests_per_minute"]].compactMap { $0 }
      if rates.count != 1 { report(limit, "a rate is given either by the second or by the minute") }
      for rate in rates where !((rate.number ?? 0) > 0) { report(rate, "a rate must be more than 0") }
    }
    if let retry = settings["retry"]?.record {
      let initial = retry["initial_backoff_ms"]?.integer ?? 250
      if let most = retry["max_backoff_ms"], let value = most.integer, value < initial {
        report(most, "the longest wait is shorter than the first one")
      }
      if let factor = retry["multiplier"], let value = factor.number, !(value >= 1) {
        report(factor, "waits can't become shorter")
      }
    }
  }
}
