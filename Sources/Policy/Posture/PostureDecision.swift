import Source
package import IR
package import JSON

/// A decision that a posture had a part in.
package struct PostureDecision: Sendable {
  package var decision: Decision
  /// The state in which the event was judged.
  package var before: String
  /// The transition that time or the event caused, the last one if both did.
  package var transition: PostureMachine.Transition?
}

extension PolicyEngine {
  /// What becomes of an event in a session, whose machine goes on.
  ///
  /// What is due by time comes first, then what the state allows, then the guards, and then what the decision leads to.
  package func decide(_ event: PolicyEvent, in machine: inout PostureMachine, at seconds: Int) -> PostureDecision {
    var transition = machine.advance(to: seconds)
    let before = machine.state
    let use = PostureUse(event.action, program.profile)
    if let refusal = machine.refusal(of: use) {
      if refusal.guardName == "posture_budget" {
        transition = machine.fire("budget_exhausted", at: seconds) ?? transition
      }
      return PostureDecision(
        decision: Decision(overall: refusal, results: [refusal], reason: nil), before: before, transition: transition)
    }
    let decision = decide(event)
    if decision.outcome != .blocked {
      if machine.consume(use) { transition = machine.fire("budget_exhausted", at: seconds) ?? transition }
    } else {
      let trigger = decision.overall.severity == .critical ? "critical_violation" : "any_violation"
      transition = machine.fire(trigger, at: seconds) ?? transition
    }
    return PostureDecision(decision: decision, before: before, transition: transition)
  }
}

/// The postures of many sessions.
package struct PostureSessions: Sendable {
  private let plan: PosturePlan
  private var machines: [String: PostureMachine] = [:]

  package init(_ plan: PosturePlan) { self.plan = plan }

  /// What becomes of an event in its session, at the time that it says; events without a session share one.
  package mutating func decide(_ event: PolicyEvent, by engine: PolicyEngine) -> (PostureDecision, PostureMachine) {
    let session = event.sessionID ?? ""
    let seconds = Timestamp.seconds(event.timestamp) ?? 0
    var machine = machines[session] ?? PostureMachine(plan, at: seconds)
    let decision = engine.decide(event, in: &machine, at: seconds)
    machines[session] = machine
    return (decision, machine)
  }
}

extension PostureMachine {
  /// The state as JSON, in the reference's form.
  package var json: JSONValue {
    let budgets = budgets.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { name, counter in
      JSONValue.Member(name, ["used": JSONValue(counter.used), "limit": JSONValue(counter.limit)])
    }
    return [
      "current_state": .string(state), "entered_at": .string(Timestamp.text(enteredAt)), "budgets": .object(budgets),
      "transition_history": .array(history.map(\.json)),
    ]
  }
}

extension PostureMachine.Transition {
  package var json: JSONValue {
    ["from": .string(from), "to": .string(to), "trigger": .string(trigger), "at": .string(Timestamp.text(at))]
  }
}
