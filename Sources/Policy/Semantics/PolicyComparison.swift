import Automata
package import IR

/// What one program does otherwise than another, each difference with an event that shows it.
package struct PolicyComparison: Sendable {
  /// A way in which outcomes differ.
  package struct Change: Sendable {
    /// The kind of events.
    package var kind: PolicyMeaning.Kind
    /// What becomes of them by the first program, and by the second.
    package var before: Decision.Outcome
    package var after: Decision.Outcome
    /// An event that shows it; replayed with both.
    package var witness: PolicyEvent

    /// Whether the second program lets more through than the first.
    package var isWider: Bool { Self.weight(after) < Self.weight(before) }

    private static func weight(_ outcome: Decision.Outcome) -> Int {
      switch outcome {
      case .allowed: 0
      case .warn: 1
      case .blocked: 2
      }
    }
  }

  /// What automata could not decide, and what was done instead.
  package struct Undecided: Sendable {
    package var kind: PolicyMeaning.Kind?
    /// The literals, as people read them.
    package var terms: [String]
  }

  /// The differences, by kind.
  package private(set) var changes: [Change] = []
  /// What could not be decided; where it is empty, the changes are all that there are.
  package private(set) var undecided: [Undecided] = []

  /// Compares two programs of one profile.
  package init(_ old: PolicyProgram, _ new: PolicyProgram) throws(PolicyEngine.Refusal) {
    try self.init((old, PolicyMeaning(old)), (new, PolicyMeaning(new)))
  }

  /// Compares two programs whose meanings are known.
  init(
    _ left: (program: PolicyProgram, meaning: PolicyMeaning), _ right: (program: PolicyProgram, meaning: PolicyMeaning)
  ) throws(PolicyEngine.Refusal) {
    let (old, new) = (left.program, right.program)
    let (before, after) = (left.meaning, right.meaning)
    if before.isSame(as: after) { return }
    let engines = (try PolicyEngine(old), try PolicyEngine(new))
    for kind in PolicyMeaning.Kind.allCases {
      guard let left = before.tables[kind] ?? nil, let right = after.tables[kind] ?? nil else {
        undecided.append(Undecided(kind: kind, terms: ["the patterns make too many states"]))
        continue
      }
      if left == right { continue }
      compare(kind, left, right, engines)
    }
    if before.terms != after.terms { undecided.append(Undecided(kind: nil, terms: ["posture or hard rails differ"])) }
    sample(old, new, engines)
  }

  /// Tries examples of what automata could not decide.
  private mutating func sample(_ old: PolicyProgram, _ new: PolicyProgram, _ engines: (PolicyEngine, PolicyEngine)) {
    guard !undecided.isEmpty else { return }
    for (kind, event) in Samples.events(old, new) {
      let (before, after) = (engines.0.outcome(of: event), engines.1.outcome(of: event))
      guard before != after, !changes.contains(where: { $0.kind == kind && $0.before == before && $0.after == after })
      else {
        continue
      }
      changes.append(Change(kind: kind, before: before, after: after, witness: event))
    }
  }

  private mutating func compare(
    _ kind: PolicyMeaning.Kind, _ left: OutcomeTable, _ right: OutcomeTable, _ engines: (PolicyEngine, PolicyEngine)
  ) {
    var shown: Set<String> = []
    var terms: Set<String> = []
    for (cell, before) in left.outcomes.enumerated() {
      let place = OutcomeTable.coordinates(cell, left.classes)
      for (other, after) in right.outcomes.enumerated() where before != after {
        let key = "\(before.rawValue) \(after.rawValue)"
        if shown.contains(key) { continue }
        let target = OutcomeTable.coordinates(other, right.classes)
        switch Witness.event(kind, left, place, right, target) {
        case .none: continue
        case .undecided(let names): terms.formUnion(names)
        case .event(let event):
          let (old, new) = (engines.0.outcome(of: event), engines.1.outcome(of: event))
          guard old != new else { continue }
          if shown.insert("\(old.rawValue) \(new.rawValue)").inserted {
            changes.append(Change(kind: kind, before: old, after: new, witness: event))
          }
        }
      }
    }
    if !terms.isEmpty { undecided.append(Undecided(kind: kind, terms: terms.sorted())) }
  }
}
