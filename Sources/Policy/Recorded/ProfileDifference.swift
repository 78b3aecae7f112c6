/// An event that the hardened profile decides otherwise than the reference.
package struct ProfileDifference: Sendable {
  package var event: PolicyEvent
  package var compat: Decision
  package var hardened: Decision
  /// The rules that changed the verdict, as the guards name them; empty where no guard named one.
  package var rules: [HardeningRule]

  /// The difference of an event; nil if both decide it alike.
  package init?(_ event: PolicyEvent, compat: PolicyEngine, hardened: PolicyEngine) {
    let (loose, strict) = (compat.decide(event), hardened.decide(event))
    guard loose.outcome != strict.outcome else { return nil }
    self.event = event
    self.compat = loose
    self.hardened = strict
    var rules: [HardeningRule] = []
    // What weighs most comes first; guards that only agree with the outcome are named after it.
    for result in [strict.overall] + strict.results where Self.outcome(result) == strict.outcome {
      if let rule = result.hardening ?? Self.rule(of: result.guardName), !rules.contains(rule) { rules.append(rule) }
    }
    self.rules = rules
  }

  private static func outcome(_ result: GuardResult) -> Decision.Outcome {
    !result.isAllowed ? .blocked : result.isWarning ? .warn : .allowed
  }

  /// The rule of a guard that the reference does not have at all.
  private static func rule(of guardName: String) -> HardeningRule? {
    switch guardName {
    case "shell_command": .command
    case "secret_access": .secretAccess
    default: nil
    }
  }
}
