import JSON
import Policy

/// What the hardened profile decides otherwise, as people and programs read it.
enum DifferenceReport {
  static func text(_ differences: [ProfileDifference], _ total: Int) -> String {
    var text = ""
    for difference in differences {
      text += "\(difference.event.id): \(PolicyReport.summary(difference.event))\n"
      text += "  \(difference.compat.outcome.rawValue) by compat, \(difference.hardened.outcome.rawValue) by hardened: "
      text += "\(difference.hardened.overall.message)\n"
      for rule in difference.rules { text += "  \(rule.name): \(rule.summary)\n" }
      if difference.rules.isEmpty { text += "  \(other(difference))\n" }
    }
    return text + "\(differences.count) of \(total) events decided otherwise\n"
  }

  /// What to say where no rule about events is the reason.
  private static func other(_ difference: ProfileDifference) -> String {
    "\(difference.hardened.overall.guardName): the profiles read the ruleset itself otherwise"
  }

  static func json(_ difference: ProfileDifference) -> JSONValue {
    [
      "eventId": .string(difference.event.id), "compat": difference.compat.json, "hardened": difference.hardened.json,
      "rules": .array(difference.rules.map { ["name": .string($0.name), "summary": .string($0.summary)] }),
    ]
  }
}
