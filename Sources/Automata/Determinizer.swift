/// The deterministic automaton of an `NFA`, made state by state as it is asked for.
///
/// A state is what the automaton may be in after a scalar, before the conditions on the place behind it are looked at: those
/// need the next scalar, so a step first closes the state under what costs no text, knowing both neighbours, and then takes
/// the scalar. A match is therefore noticed one step late, and the step past the end of the text is one like any other.
final class Determinizer {
  /// What a search wants.
  enum Kind {
    /// The first match by preference, found anywhere: what is less preferred than a match is dropped.
    case search
    /// The same, but the match must start where the search does.
    case anchored
    /// The whole text must match: nothing is dropped, and the number of the expression does not matter.
    case whole
    /// Any match, found anywhere, while the text is still coming: nothing is dropped, and the search never ends.
    case stream
  }

  /// A state's number; the lowest states are fixed.
  typealias StateID = Int32
  /// The state that nothing leads out of.
  static let dead: StateID = 0
  /// Set in a transition if a match ended before the scalar.
  static let matchBit: Int32 = 1 << 30
  /// A transition that was not asked for yet.
  static let unknown: Int32 = -1

  /// What lies before a place.
  struct Before: Hashable {
    var isStart = false
    var isWord = false
    var isASCIIWord = false
    var isNewline = false

    /// A number below 16 for it.
    var number: Int { (isStart ? 1 : 0) | (isWord ? 2 : 0) | (isASCIIWord ? 4 : 0) | (isNewline ? 8 : 0) }
  }

  /// What a state stands for, which outlives its number.
  struct Key: Hashable {
    fileprivate var states: [NFA.StateID]
    fileprivate var before: Before
  }

  let nfa: NFA
  private let kind: Kind
  private let membership: [[Bool]]
  /// For whole matches: the states from which everything matches.
  private let universal: [Bool]
  private let wordClasses: [Bool]
  private let asciiWordClasses: [Bool]
  private let newlineClass: Int
  /// Classes and the end of the text, which is the last.
  let stride: Int
  /// One row a state. In memory of our own: a search steps through it without asking at each step whether it may.
  private(set) var rows: UnsafeMutablePointer<Int32>
  private var capacity = 16
  private var keys: [Key] = []
  private var ids: [Key: StateID] = [:]
  /// Which expression matched, by transition; only of those with a match.
  private(set) var matches: [Int: Int32] = [:]
  private var visited: [UInt32]
  private var mark: UInt32 = 0
  /// Most states that are kept.
  private let limit: Int
  /// Whether the table was emptied since the last start; ids of before are void.
  private(set) var generation = 0

  init(_ nfa: NFA, kind: Kind, limit: Int = 10_000) {
    self.nfa = nfa
    self.kind = kind
    self.limit = limit
    membership = nfa.membership()
    universal = kind == .whole ? nfa.universalStates() : []
    let count = nfa.classes.count
    stride = count + 1
    let representatives = nfa.classes.representatives
    func flags(_ set: ScalarSet, _ isUsed: Bool) -> [Bool] {
      isUsed ? representatives.map { set.contains($0) } : [Bool](repeating: false, count: count)
    }
    wordClasses = flags(nfa.usesWords ? CharacterClasses.word : .none, nfa.usesWords)
    asciiWordClasses = flags(CharacterClasses.asciiWord, nfa.usesASCIIWords)
    newlineClass = nfa.usesLines ? Int(nfa.classes.classOf(10)) : -1
    visited = [UInt32](repeating: 0, count: nfa.states.count)
    rows = .allocate(capacity: capacity * stride)
    empty()
  }

  deinit { rows.deallocate() }

  private func empty() {
    keys.removeAll(keepingCapacity: true)
    ids.removeAll(keepingCapacity: true)
    matches.removeAll(keepingCapacity: true)
    generation += 1
    _ = intern(Key(states: [], before: Before()))
    for column in 0..<stride { rows[column] = Self.dead }
  }

  /// What a state stands for.
  func key(_ id: StateID) -> Key { keys[Int(id)] }

  /// The number that a state has now.
  func resume(_ key: Key) -> StateID { intern(key) }

  /// Whether no match has begun in a state of a search: it is in nothing but the loop that takes any text.
  func isIdle(_ id: StateID) -> Bool { keys[Int(id)].states == [nfa.searchStart] }

  /// How many states there are by now.
  var count: Int { keys.count }

  /// The state at the start of a search, with what lies before it.
  func start(_ before: Before) -> StateID {
    let entry = kind == .search || kind == .stream ? nfa.searchStart : nfa.start
    return intern(Key(states: [entry], before: nfa.hasAssertions ? before : Before()))
  }

  /// What a scalar's class leaves before the next place.
  func before(after column: Int) -> Before {
    guard nfa.hasAssertions else { return Before() }
    return Before(
      isStart: false, isWord: wordClasses[column], isASCIIWord: asciiWordClasses[column],
      isNewline: column == newlineClass)
  }

  private func intern(_ key: Key) -> StateID {
    if let id = ids[key] { return id }
    let id = StateID(keys.count)
    ids[key] = id
    keys.append(key)
    if keys.count > capacity {
      let larger = UnsafeMutablePointer<Int32>.allocate(capacity: capacity * 2 * stride)
      larger.update(from: rows, count: capacity * stride)
      rows.deallocate()
      rows = larger
      capacity *= 2
    }
    (rows + Int(id) * stride).initialize(repeating: Self.unknown, count: stride)
    return id
  }

  /// The transition of a state for a class (or the end of the text); makes the state that it leads to.
  ///
  /// Empties the table when it is full, which `generation` tells; the transition's own state is then valid, no other is.
  func transition(_ id: StateID, _ column: Int) -> Int32 {
    let known = rows[Int(id) * stride + column]
    if known != Self.unknown { return known }
    let key = keys[Int(id)]
    let isEnd = column == stride - 1
    var next: [NFA.StateID] = []
    var matched: Int32 = -1
    mark += 1
    var stack: [NFA.StateID] = []
    var entered: [NFA.StateID] = []
    let seenNext = mark
    // States are entered in order of preference; those that take the scalar are kept in that order.
    loop: for state in key.states {
      stack.append(state)
      while let top = stack.popLast() {
        if visited[Int(top)] == seenNext { continue }
        visited[Int(top)] = seenNext
        switch nfa.states[Int(top)] {
        case .jump(let target): stack.append(target)
        case .split(let first, let second):
          stack.append(second)
          stack.append(first)
        case .assertion(let assertion, let target):
          if holds(assertion, key.before, column, isEnd: isEnd) { stack.append(target) }
        case .match(let number):
          if matched < 0 { matched = number }
          if kind == .search || kind == .anchored { break loop }
        case .set(let set, let target):
          if !isEnd, membership[Int(set)][column] { entered.append(target) }
        }
      }
    }
    if !entered.isEmpty {
      mark += 1
      for target in entered where visited[Int(target)] != mark {
        visited[Int(target)] = mark
        next.append(target)
      }
      if kind == .whole {
        if let all = next.first(where: { universal[Int($0)] }) { next = [all] } else { next.sort() }
      } else if kind == .stream {
        next.sort()
      }
    }
    let isFull = keys.count >= limit
    if isFull { empty() }
    let target = next.isEmpty ? Self.dead : intern(Key(states: next, before: before(after: isEnd ? 0 : column)))
    let result = matched >= 0 ? target | Self.matchBit : target
    if !isFull {
      let place = Int(id) * stride + column
      rows[place] = result
      if matched >= 0 { matches[place] = matched }
    }
    return result
  }

  private func holds(_ assertion: RegexAssertion, _ before: Before, _ column: Int, isEnd: Bool) -> Bool {
    switch assertion {
    case .textStart: return before.isStart
    case .textEnd: return isEnd
    case .lineStart: return before.isStart || before.isNewline
    case .lineEnd: return isEnd || column == newlineClass
    case .wordBoundary(let unicode): return words(before, column, unicode) { $0 != $1 }
    case .noWordBoundary(let unicode): return words(before, column, unicode) { $0 == $1 }
    case .wordStart(let unicode): return words(before, column, unicode) { !$0 && $1 }
    case .wordEnd(let unicode): return words(before, column, unicode) { $0 && !$1 }
    }
  }

  private func words(_ before: Before, _ column: Int, _ unicode: Bool, _ test: (Bool, Bool) -> Bool) -> Bool {
    let isEnd = column == stride - 1
    return unicode
      ? test(before.isWord, !isEnd && wordClasses[column])
      : test(before.isASCIIWord, !isEnd && asciiWordClasses[column])
  }
}
