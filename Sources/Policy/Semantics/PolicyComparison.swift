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
    package var isWider: Bool { after.weight < before.weight }
  }

  /// What automata could not decide, and what was done instead.
  package struct Undecided: Sendable {
    package var kind: PolicyMeaning.Kind?
    /// The literals, as people read them.
    package var terms: [String]
    /// Whether events might be let through by the second program that the first one blocks.
    package var mayUnblock = true
    /// Whether more might be let through by the second program.
    package var mayWiden = true
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
    compareHardRails(before, after, engines)
    if before.posture != after.posture { undecided.append(Undecided(kind: nil, terms: ["the postures differ"])) }
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

  /// Detectors count, so that texts with as many findings as a threshold show whether they differ.
  private mutating func compareHardRails(
    _ left: PolicyMeaning, _ right: PolicyMeaning, _ engines: (PolicyEngine, PolicyEngine)
  ) {
    for name in Set(left.hardRails.keys).union(right.hardRails.keys).sorted() {
      let (old, new) = (left.hardRails[name], right.hardRails[name])
      if old?.warnAt == new?.warnAt, old?.blockAt == new?.blockAt { continue }
      var isShown = false
      for count in Set([old?.warnAt, old?.blockAt, new?.warnAt, new?.blockAt].compactMap { $0 }).sorted() where count > 0 {
        guard let event = Samples.finding(name, count) else { continue }
        let (before, after) = (engines.0.outcome(of: event), engines.1.outcome(of: event))
        guard before != after else { continue }
        isShown = true
        if !changes.contains(where: { $0.kind == .fileWrite && $0.before == before && $0.after == after }) {
          changes.append(Change(kind: .fileWrite, before: before, after: after, witness: event))
        }
      }
      // Another guard may decide all such texts.
      if !isShown { undecided.append(Undecided(kind: .fileWrite, terms: ["hard_rails: \(name)"])) }
    }
  }

  private mutating func compare(
    _ kind: PolicyMeaning.Kind, _ left: OutcomeTable, _ right: OutcomeTable, _ engines: (PolicyEngine, PolicyEngine)
  ) {
    var shown: Set<String> = []
    // What could not be decided, by whether it may unblock or widen.
    var terms: [[Bool]: Set<String>] = [:]
    var witness = Witness(kind, left, right)
    for (cell, before) in left.outcomes.enumerated() {
      for (other, after) in right.outcomes.enumerated() where before != after {
        if shown.contains("\(before.rawValue) \(after.rawValue)") { continue }
        switch witness.event(cell, other) {
        case .none: continue
        case .undecided(let names):
          let key = [before == .blocked, after.weight < before.weight]
          terms[key, default: []].formUnion(names)
        case .event(let event):
          let (old, new) = (engines.0.outcome(of: event), engines.1.outcome(of: event))
          guard old != new else { continue }
          if shown.insert("\(old.rawValue) \(new.rawValue)").inserted {
            changes.append(Change(kind: kind, before: old, after: new, witness: event))
          }
        }
      }
    }
    for (key, names) in terms.sorted(by: { $0.key.filter { $0 }.count > $1.key.filter { $0 }.count }) {
      undecided.append(Undecided(kind: kind, terms: names.sorted(), mayUnblock: key[0], mayWiden: key[1]))
    }
  }
}
