/// A set of texts as its minimal deterministic automaton, which is a normal form: two automata are equal if and only if they
/// have the same texts, however those were spelled.
///
/// It is complete: every state has a transition for every scalar. States are numbered in the order in which a search in
/// breadth meets them from the start, going through scalars in their order.
package struct Automaton: Sendable, Hashable {
  /// Where a range of scalars leads: those up to `upper` that the transition before does not have.
  package struct Transition: Sendable, Hashable {
    package var upper: ScalarOrdinal
    package var target: Int32
  }

  /// The transitions of each state, by scalar; the last one's `upper` is the last scalar. The start is state 0.
  package let transitions: [[Transition]]
  /// Whether a text may end in the state.
  package let accepting: [Bool]

  /// Makes a minimal automaton of one that is complete but may be anything else.
  init(reducing transitions: [[Transition]], accepting: [Bool]) {
    let classes = Minimization.classes(transitions, accepting)
    (self.transitions, self.accepting) = Minimization.canonical(transitions, accepting, classes: classes)
  }

  /// No text.
  package static let none = Automaton(
    reducing: [[Transition(upper: ScalarSet.lastOrdinal, target: 0)]], accepting: [false])
  /// Every text.
  package static let all = Automaton(
    reducing: [[Transition(upper: ScalarSet.lastOrdinal, target: 0)]], accepting: [true])

  /// How many states it has.
  package var count: Int { accepting.count }

  /// Whether it has no text.
  package var isEmpty: Bool { accepting == [false] }

  /// Whether it has every text.
  package var isUniversal: Bool { accepting == [true] }

  /// The texts that it does not have.
  package var complement: Automaton { Automaton(reducing: transitions, accepting: accepting.map { !$0 }) }

  /// The state behind a scalar.
  package func next(_ state: Int32, _ ordinal: ScalarOrdinal) -> Int32 {
    let row = transitions[Int(state)]
    var (low, high) = (0, row.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if row[middle].upper < ordinal { low = middle + 1 } else { high = middle }
    }
    return row[low].target
  }

  /// Whether it has a text.
  package func contains(_ text: String) -> Bool {
    var state: Int32 = 0
    for scalar in text.unicodeScalars { state = next(state, ScalarSet.ordinal(scalar)) }
    return accepting[Int(state)]
  }
}
