extension Automaton {
  /// Most states on the way to an automaton, before it is reduced.
  package static let stateLimit = 20_000

  /// What the texts of an expression are.
  package enum Language {
    /// Those that it matches from the first to the last scalar.
    case whole
    /// Those that have a match somewhere.
    case containing
  }

  /// The automaton of what any of the expressions matches, or nil if it passes the limit.
  package init?(_ nodes: [RegexNode], _ language: Language, limit: Int = stateLimit) {
    if nodes.isEmpty {
      self = .none
      return
    }
    guard let nfa = try? NFA(nodes) else { return nil }
    let machine = Determinizer(nfa, kind: language == .whole ? .whole : .search, limit: .max)
    // Where each class lies, by scalar; the last interval is that of stray bytes, which no text has.
    let starts = nfa.classes.starts.dropLast()
    let columns = nfa.classes.classOfInterval
    var transitions: [[Transition]] = []
    var accepting: [Bool] = []
    let endColumn = machine.stride - 1
    _ = machine.start(.init(isStart: true))
    // States are made in the order of numbers: 0 leads nowhere, 1 is the start, and one more stands for "has matched".
    var state = 0
    let matched = Int32.max
    while state < machine.count {
      if machine.count > limit { return nil }
      let id = Int32(state)
      accepting.append(machine.transition(id, endColumn) & Determinizer.matchBit != 0)
      var row: [Transition] = []
      for (index, start) in starts.enumerated() {
        let upper = index + 1 < starts.count ? starts[index + 1] - 1 : ScalarSet.lastOrdinal
        let next = machine.transition(id, Int(columns[index]))
        let isMatch = language == .containing && next & Determinizer.matchBit != 0
        let target = isMatch ? matched : next & ~Determinizer.matchBit
        if row.last?.target == target {
          row[row.count - 1].upper = upper
        } else {
          row.append(.init(upper: upper, target: target))
        }
        _ = start
      }
      transitions.append(row)
      state += 1
    }
    let last = Int32(transitions.count)
    for row in transitions.indices {
      for place in transitions[row].indices where transitions[row][place].target == matched {
        transitions[row][place].target = last
      }
    }
    transitions.append([.init(upper: ScalarSet.lastOrdinal, target: last)])
    accepting.append(true)
    // The start must be the first.
    transitions.swapAt(0, 1)
    accepting.swapAt(0, 1)
    for row in transitions.indices {
      for place in transitions[row].indices {
        switch transitions[row][place].target {
        case 0: transitions[row][place].target = 1
        case 1: transitions[row][place].target = 0
        default: break
        }
      }
    }
    self.init(reducing: transitions, accepting: accepting)
  }

  /// The automaton of some texts.
  package init(texts: some Collection<String>) {
    let nodes = texts.map(RegexNode.literal)
    self = Automaton(nodes, .whole, limit: .max) ?? .none
  }
}
