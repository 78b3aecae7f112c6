/// A nondeterministic automaton (Thompson's construction): what expressions are searched and determinized with.
///
/// Its alphabet is classes of scalars that none of its sets tells apart, so that a step is a table look-up.
package struct NFA: Sendable {
  typealias StateID = Int32

  enum State: Sendable {
    /// Takes a scalar of a set (by its index in `sets`).
    case set(Int32, next: StateID)
    /// Goes on at either; the first is preferred.
    case split(StateID, StateID)
    /// Goes on if the place is right.
    case assertion(RegexAssertion, next: StateID)
    /// The expression number so-and-so has matched.
    case match(Int32)
    /// Goes on.
    case jump(StateID)
  }

  /// Most states; an expression that needs more is refused, so that memory stays small.
  package static let stateLimit = 60_000

  private(set) var states: [State] = []
  private(set) var sets: [ScalarSet] = []
  private var setIndices: [ScalarSet: Int32] = [:]
  /// Where a match that starts here begins.
  private(set) var start: StateID = 0
  /// Where a search begins, which may take any text before the match.
  private(set) var searchStart: StateID = 0
  private(set) var hasAssertions = false
  private(set) var usesWords = false
  private(set) var usesASCIIWords = false
  private(set) var usesLines = false
  private(set) var classes: ScalarClasses

  /// The automaton of several expressions, the earlier ones preferred; `match` tells which.
  package init(_ nodes: [RegexNode]) throws(RegexFailure) {
    classes = ScalarClasses()
    // What is too large is seen before it is made.
    if nodes.reduce(0, { min($0 + $1.stateCount, 1_000_000_000) }) > Self.stateLimit {
      throw RegexFailure(message: "the pattern is too large", range: 0..<0)
    }
    var entries: [StateID] = []
    for (index, node) in nodes.enumerated() {
      let final = add(.match(Int32(index)))
      entries.append(try build(node, next: final))
    }
    start = entries.isEmpty ? try build(.set(.none), next: add(.match(0))) : entries[entries.count - 1]
    for entry in entries.dropLast().reversed() { start = add(.split(entry, start)) }
    // The search prefers to start a match here over going one scalar (or stray byte) further.
    let anything = setIndex(.everything)
    let loop = StateID(states.count)
    states.append(.jump(0))
    let step = add(.set(anything, next: loop))
    states[Int(loop)] = .split(start, step)
    searchStart = loop
    var distinctions = sets
    if usesWords { distinctions.append(CharacterClasses.word) }
    if usesASCIIWords { distinctions.append(CharacterClasses.asciiWord) }
    if usesLines { distinctions.append(ScalarSet("\n")) }
    classes = ScalarClasses(distinctions)
    setIndices = [:]
  }

  private mutating func add(_ state: State) -> StateID {
    states.append(state)
    return StateID(states.count - 1)
  }

  private mutating func setIndex(_ set: ScalarSet) -> Int32 {
    if let index = setIndices[set] { return index }
    sets.append(set)
    setIndices[set] = Int32(sets.count - 1)
    return Int32(sets.count - 1)
  }

  /// The state at which the expression begins, if `next` is what follows it.
  private mutating func build(_ node: RegexNode, next: StateID) throws(RegexFailure) -> StateID {
    if states.count > Self.stateLimit {
      throw RegexFailure(message: "the pattern is too large", range: 0..<0)
    }
    switch node {
    case .empty: return next
    case .set(let set): return add(.set(setIndex(set), next: next))
    case .sequence(let parts):
      var entry = next
      for part in parts.reversed() { entry = try build(part, next: entry) }
      return entry
    case .choice(let branches):
      guard let last = branches.last else { return try build(.set(.none), next: next) }
      var entry = try build(last, next: next)
      for branch in branches.dropLast().reversed() {
        let first = try build(branch, next: next)
        entry = add(.split(first, entry))
      }
      return entry
    case .repetition(let part, let minimum, let maximum, let isGreedy):
      return try repeated(part, minimum, maximum, isGreedy: isGreedy, next: next)
    case .assertion(let assertion):
      note(assertion)
      return add(.assertion(assertion, next: next))
    }
  }

  private mutating func repeated(
    _ part: RegexNode, _ minimum: Int, _ maximum: Int?, isGreedy: Bool, next: StateID
  ) throws(RegexFailure) -> StateID {
    var entry = next
    if let maximum {
      for _ in minimum..<max(minimum, maximum) {
        let first = try build(part, next: entry)
        entry = isGreedy ? add(.split(first, next)) : add(.split(next, first))
      }
    } else {
      let loop = add(.jump(next))
      let first = try build(part, next: loop)
      states[Int(loop)] = isGreedy ? .split(first, next) : .split(next, first)
      entry = loop
    }
    for _ in 0..<minimum { entry = try build(part, next: entry) }
    return entry
  }

  private mutating func note(_ assertion: RegexAssertion) {
    hasAssertions = true
    switch assertion {
    case .textStart, .textEnd: break
    case .lineStart, .lineEnd: usesLines = true
    case .wordBoundary(let unicode), .noWordBoundary(let unicode), .wordStart(let unicode), .wordEnd(let unicode):
      if unicode { usesWords = true } else { usesASCIIWords = true }
    }
  }

  /// For each state, whether every text leads from it to a match: a loop over all scalars that may end in a match.
  ///
  /// Whoever wants only whole matches may forget all else once it is in such a state; without that, every pattern that ends
  /// in "anything" would double the states.
  func universalStates() -> [Bool] {
    let everything = sets.map { $0 == .all }
    func takesAnything(_ id: StateID, backTo loop: StateID) -> Bool {
      if case .set(let set, let next) = states[Int(id)] { return everything[Int(set)] && next == loop }
      return false
    }
    func reachesMatch(_ id: StateID, depth: Int) -> Bool {
      guard depth < 64 else { return false }
      switch states[Int(id)] {
      case .match: return true
      case .jump(let next): return reachesMatch(next, depth: depth + 1)
      case .split(let first, let second):
        return reachesMatch(first, depth: depth + 1) || reachesMatch(second, depth: depth + 1)
      case .set, .assertion: return false
      }
    }
    return states.indices.map { index in
      let id = StateID(index)
      guard case .split(let first, let second) = states[index] else { return false }
      if takesAnything(first, backTo: id) { return reachesMatch(second, depth: 0) }
      return takesAnything(second, backTo: id) && reachesMatch(first, depth: 0)
    }
  }

  /// For each set, whether a class is in it; row by row.
  func membership() -> [[Bool]] {
    sets.map { set in classes.representatives.map { set.contains($0) } }
  }
}
