extension Automaton {
  /// The texts whose membership in the two automata is as `isIncluded` wants it, or nil if it takes too many states.
  package func combined(
    with other: Automaton, limit: Int = stateLimit, _ isIncluded: (Bool, Bool) -> Bool
  ) -> Automaton? {
    var numbers: [UInt64: Int32] = [0: 0]
    var queue: [(Int32, Int32)] = [(0, 0)]
    var rows: [[Transition]] = []
    var ends: [Bool] = []
    var index = 0
    while index < queue.count {
      if queue.count > limit { return nil }
      let (left, right) = queue[index]
      index += 1
      ends.append(isIncluded(accepting[Int(left)], other.accepting[Int(right)]))
      var row: [Transition] = []
      let (leftRow, rightRow) = (transitions[Int(left)], other.transitions[Int(right)])
      var (i, j) = (0, 0)
      while i < leftRow.count, j < rightRow.count {
        let pair = (leftRow[i].target, rightRow[j].target)
        let key = UInt64(UInt32(bitPattern: pair.0)) << 32 | UInt64(UInt32(bitPattern: pair.1))
        let target: Int32
        if let known = numbers[key] {
          target = known
        } else {
          target = Int32(queue.count)
          numbers[key] = target
          queue.append(pair)
        }
        let upper = min(leftRow[i].upper, rightRow[j].upper)
        if row.last?.target == target {
          row[row.count - 1].upper = upper
        } else {
          row.append(.init(upper: upper, target: target))
        }
        if leftRow[i].upper == upper { i += 1 }
        if rightRow[j].upper == upper { j += 1 }
      }
      rows.append(row)
    }
    return Automaton(reducing: rows, accepting: ends)
  }

  /// What both have.
  package func intersection(_ other: Automaton, limit: Int = stateLimit) -> Automaton? {
    if isEmpty || other.isUniversal { return self }
    if other.isEmpty || isUniversal { return other }
    return combined(with: other, limit: limit) { $0 && $1 }
  }

  /// What either has.
  package func union(_ other: Automaton, limit: Int = stateLimit) -> Automaton? {
    if isEmpty || other.isUniversal { return other }
    if other.isEmpty || isUniversal { return self }
    return combined(with: other, limit: limit) { $0 || $1 }
  }

  /// What this has and another has not.
  package func subtracting(_ other: Automaton, limit: Int = stateLimit) -> Automaton? {
    if isEmpty || other.isEmpty { return self }
    return combined(with: other, limit: limit) { $0 && !$1 }
  }

  /// A shortest text, or nil if there is none. Of several, one that is easy to read: letters and digits before anything else.
  package var shortestText: String? {
    var arrivals: [Int32: (from: Int32, ordinal: ScalarOrdinal)] = [:]
    var queue: [Int32] = [0]
    var index = 0
    var found: Int32?
    while index < queue.count, found == nil {
      let state = queue[index]
      index += 1
      if accepting[Int(state)] {
        found = state
        break
      }
      var lower: ScalarOrdinal = 0
      var best: [(rank: Int, ordinal: ScalarOrdinal, target: Int32)] = []
      for transition in transitions[Int(state)] {
        let (rank, ordinal) = Self.readable(lower, transition.upper)
        best.append((rank, ordinal, transition.target))
        lower = transition.upper + 1
      }
      for step in best.sorted(by: { ($0.rank, $0.ordinal) < ($1.rank, $1.ordinal) })
      where step.target != 0 && arrivals[step.target] == nil {
        arrivals[step.target] = (state, step.ordinal)
        queue.append(step.target)
      }
    }
    guard var state = found else { return nil }
    var scalars: [Unicode.Scalar] = []
    while state != 0, let arrival = arrivals[state] {
      scalars.append(ScalarSet.scalar(arrival.ordinal))
      state = arrival.from
    }
    return scalars.reversed().reduce(into: "") { $0.unicodeScalars.append($1) }
  }

  /// The scalar of a range that reads best, and how well it does; lower is better.
  private static func readable(_ lower: ScalarOrdinal, _ upper: ScalarOrdinal) -> (Int, ScalarOrdinal) {
    let preferences: [(ScalarOrdinal, ScalarOrdinal)] = [
      (0x61, 0x7A), (0x30, 0x39), (0x41, 0x5A), (0x2D, 0x2F), (0x5F, 0x5F), (0x21, 0x7E), (0x20, 0x20), (0xC0, 0x24F),
    ]
    for (rank, (first, last)) in preferences.enumerated() where max(lower, first) <= min(upper, last) {
      return (rank, max(lower, first))
    }
    return (preferences.count, lower)
  }
}
