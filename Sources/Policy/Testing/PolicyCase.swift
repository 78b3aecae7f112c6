import Source
import Guards
import IR
import JSON

/// One test of a ruleset: an event, and what must become of it.
package struct PolicyCase: Sendable {
  /// The suite that it is in.
  package var suite: String
  package var name: String
  package var event: PolicyEvent
  /// The session that the event comes in; nil for one that begins.
  package var session: Session?
  package var expectation: Expectation

  package init(suite: String, name: String, event: PolicyEvent, session: Session?, expectation: Expectation) {
    self.suite = suite
    self.name = name
    self.event = event
    self.session = session
    self.expectation = expectation
  }

  /// A session that is under way.
  package struct Session: Sendable {
    package var state: String
    /// Since when, in seconds since 1970.
    package var enteredAt: Int
    /// How often each budget was used.
    package var used: [String: Int]

    package init(state: String, enteredAt: Int, used: [String: Int]) {
      self.state = state
      self.enteredAt = enteredAt
      self.used = used
    }
  }

  /// What must become of an event; what is nil may be anything.
  package struct Expectation: Sendable {
    package var allowed: Bool?
    package var denied: Bool?
    package var warn: Bool?
    package var guardName: String?
    /// `low`, `medium`, `high` or `critical`.
    package var severity: String?
    package var reasonContains: String?
    package var messageContains: String?
    package var postureState: String?
    package var transition: Transition?

    /// A transition; what is nil may be anything.
    package struct Transition: Sendable {
      package var from: String?
      package var to: String?
      package var trigger: String?

      package init(from: String?, to: String?, trigger: String?) {
        self.from = from
        self.to = to
        self.trigger = trigger
      }
    }

    package init() {}

    /// Whether everything would do.
    package var isEmpty: Bool {
      allowed == nil && denied == nil && warn == nil && guardName == nil && severity == nil && reasonContains == nil
        && messageContains == nil && postureState == nil && transition == nil
    }
  }

  /// What came of a case.
  package struct Result: Sendable {
    package var decision: Decision
    /// What is not as expected, each as people read it.
    package var failures: [String]
  }

  /// Decides the event, by the posture too if the program has one.
  package func run(_ engine: PolicyEngine) -> Result {
    guard let plan = engine.program.posture else {
      let decision = engine.decide(event)
      return Result(decision: decision, failures: failures(decision, nil, nil))
    }
    let now = Timestamp.seconds(event.timestamp) ?? 0
    let seed = session.flatMap { PostureMachine(plan, state: $0.state, enteredAt: $0.enteredAt, used: $0.used) }
    if session != nil, seed == nil {
      // Only a mutant can lack the state: the ruleset itself was checked.
      return Result(decision: engine.decide(event), failures: ["the posture has no state '\(session?.state ?? "")'"])
    }
    var machine = seed ?? PostureMachine(plan, at: now)
    let result = engine.decide(event, in: &machine, at: now)
    return Result(decision: result.decision, failures: failures(result.decision, machine, result.transition))
  }

  private func failures(
    _ decision: Decision, _ machine: PostureMachine?, _ transition: PostureMachine.Transition?
  ) -> [String] {
    var failures: [String] = []
    func expect(_ isMet: Bool, _ wanted: String, _ found: String) {
      if !isMet { failures.append("expected \(wanted), and it is \(found)") }
    }
    let outcome = decision.outcome
    let found = outcome == .warn ? "allowed with a warning" : outcome.rawValue
    if let allowed = expectation.allowed {
      // A warning is more than 'allowed': who wants it says so.
      let isMet = allowed ? outcome == .allowed || (outcome == .warn && expectation.warn == true) : outcome == .blocked
      expect(isMet, allowed ? "allowed" : "not allowed", found)
    }
    if let denied = expectation.denied {
      expect((outcome == .blocked) == denied, denied ? "denied" : "not denied", found)
    }
    if let warn = expectation.warn { expect((outcome == .warn) == warn, warn ? "a warning" : "no warning", found) }
    if let name = expectation.guardName {
      expect(
        decision.overall.guardName.utf8.elementsEqual(name.utf8), "the guard '\(name)'",
        "'\(decision.overall.guardName)'")
    }
    if let severity = expectation.severity {
      let actual = outcome == .allowed ? "none" : decision.overall.severity.decisionWord
      expect(actual == severity, "the severity \(severity)", actual)
    }
    let message = decision.overall.message
    if let part = expectation.messageContains {
      expect(message.contains(part), "a message with '\(part)'", "'\(message)'")
    }
    if let part = expectation.reasonContains {
      let reason = message + " " + (decision.overall.details?.text() ?? "")
      expect(reason.contains(part), "a reason with '\(part)'", "'\(reason)'")
    }
    if let state = expectation.postureState {
      expect(machine?.state == state, "the posture '\(state)'", "'\(machine?.state ?? "none")'")
    }
    if let wanted = expectation.transition {
      guard let transition else { return failures + ["expected a transition of the posture, and there is none"] }
      if let from = wanted.from {
        expect(transition.from == from, "a transition from '\(from)'", "from '\(transition.from)'")
      }
      if let to = wanted.to { expect(transition.to == to, "a transition to '\(to)'", "to '\(transition.to)'") }
      if let trigger = wanted.trigger {
        expect(transition.trigger == trigger, "the trigger \(trigger)", transition.trigger)
      }
    }
    return failures
  }
}
