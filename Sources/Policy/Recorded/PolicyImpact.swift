import IR

/// What another ruleset would have made of events that happened.
package struct PolicyImpact: Sendable {
  /// An event that would have had another outcome.
  package struct Change: Sendable {
    package var event: PolicyEvent
    package var before: Decision
    package var after: Decision

    /// Whether the new ruleset lets more through.
    package var isWider: Bool { after.outcome.weight < before.outcome.weight }
  }

  /// From what to what.
  package struct Step: Hashable, Sendable {
    package var before: Decision.Outcome
    package var after: Decision.Outcome

    package init(before: Decision.Outcome, after: Decision.Outcome) {
      self.before = before
      self.after = after
    }
  }

  /// How many events went from one outcome to another, or stayed.
  package private(set) var counts: [Step: Int] = [:]
  /// The events whose outcome changes, in their order.
  package private(set) var changes: [Change] = []

  /// Decides events with both rulesets, by their postures too where they have some that hold.
  package init(_ old: PolicyEngine, _ new: PolicyEngine, _ events: [PolicyEvent]) {
    var sessions = (old.sessions, new.sessions)
    for event in events {
      let before = sessions.0?.decide(event, by: old).0.decision ?? old.decide(event)
      let after = sessions.1?.decide(event, by: new).0.decision ?? new.decide(event)
      counts[Step(before: before.outcome, after: after.outcome), default: 0] += 1
      if before.outcome != after.outcome { changes.append(Change(event: event, before: before, after: after)) }
    }
  }
}

extension PolicyEngine {
  /// The sessions of a run in which the posture always holds: that of the hardened profile.
  var sessions: PostureSessions? {
    program.profile == .hardened ? program.posture.map { PostureSessions($0) } : nil
  }
}
