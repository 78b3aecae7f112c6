import AST
import Diagnostics
import Guards
import Source

/// Checks a posture: its states exist, and so does what they allow and count.
enum PostureCheck {
  static func check(_ posture: RulesetRecord, into bag: inout DiagnosticBag) {
    guard let states = posture["states"]?.record, !states.fields.isEmpty else {
      bag.report(
        PolicyCheckRules.posture, at: posture["states"]?.location ?? posture.location, "the posture has no states")
      return
    }
    let names = states.fields.map(\.key)
    func reportUnknown(_ name: String, at location: Location) {
      let near = Suggestion.nearest(to: name, in: names)
      bag.report(
        PolicyCheckRules.posture, at: location, "there is no state '\(name)'",
        help: near.map { "did you mean '\($0)'?" } ?? "there are \(names.joined(separator: ", "))")
    }
    if let initial = posture["initial"], let name = initial.text, !names.contains(name) {
      reportUnknown(name, at: initial.location)
    }
    for state in states.fields { checkState(state, into: &bag) }
    for transition in posture["transitions"]?.records ?? [] {
      if let from = transition["from"], let name = from.text, name != "*", !names.contains(name) {
        reportUnknown(name, at: from.location)
      }
      if let to = transition["to"], let name = to.text, !names.contains(name) {
        if name == "*" {
          bag.report(PolicyCheckRules.posture, at: to.location, "a transition must lead to one state, not to any")
        } else {
          reportUnknown(name, at: to.location)
        }
      }
      checkTimeout(transition, into: &bag)
    }
  }

  private static func checkState(_ state: RulesetRecord.Field, into bag: inout DiagnosticBag) {
    guard let record = state.value.record else { return }
    for capability in record.texts("capabilities") ?? [] where !PolicyLanguage.capabilities.contains(capability.value) {
      let near = Suggestion.nearest(to: capability.value, in: PolicyLanguage.capabilities)
      bag.report(
        PolicyCheckRules.posture, at: capability.location, "there is no capability '\(capability.value)'",
        help: near.map { "did you mean '\($0)'?" } ?? "there are \(PolicyLanguage.capabilities.joined(separator: ", "))"
      )
    }
    for budget in record["budgets"]?.record?.fields ?? [] {
      if !PolicyLanguage.budgets.contains(budget.key) {
        let near = Suggestion.nearest(to: budget.key, in: PolicyLanguage.budgets)
        bag.report(
          PolicyCheckRules.posture, at: budget.location, "there is no budget '\(budget.key)'",
          help: near.map { "did you mean '\($0)'?" } ?? "there are \(PolicyLanguage.budgets.joined(separator: ", "))")
      }
      if let limit = budget.value.integer, limit < 0 {
        bag.report(PolicyCheckRules.posture, at: budget.value.location, "a budget can't be less than 0")
      }
    }
  }

  private static func checkTimeout(_ transition: RulesetRecord, into bag: inout DiagnosticBag) {
    guard let trigger = transition["on"], trigger.text == "timeout" else { return }
    guard let after = transition["after"], let text = after.text else {
      bag.report(PolicyCheckRules.posture, at: trigger.location, "'timeout' needs 'after'", help: "write 'after: 30m'")
      return
    }
    if seconds(text) == nil {
      bag.report(
        PolicyCheckRules.posture, at: after.location, "'\(text)' is no time", help: "write digits and s, m or h: '30m'")
    }
  }

  /// The seconds of `30s`, `30m` or `30h`; nil if it is none.
  static func seconds(_ text: String) -> Int? {
    guard let unit = text.utf8.last, let value = Int(text.dropLast()), value >= 0, text.utf8.first != 0x2B else {
      return nil
    }
    let factor: Int
    switch unit {
    case 0x73: factor = 1
    case 0x6D: factor = 60
    case 0x68: factor = 3600
    default: return nil
    }
    let (product, isTooLarge) = value.multipliedReportingOverflow(by: factor)
    return isTooLarge ? nil : product
  }
}
