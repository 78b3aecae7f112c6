extension Automaton {
  /// The texts that are in the set once some text is put behind them.
  package func endingWith(_ suffix: String) -> Automaton {
    let ordinals = suffix.unicodeScalars.map(ScalarSet.ordinal)
    let ends = accepting.indices.map { state in
      accepting[Int(ordinals.reduce(Int32(state)) { next($0, $1) })]
    }
    return Automaton(reducing: transitions, accepting: ends)
  }

  /// The texts that are in the set once some text is put before them.
  package func startingWith(_ prefix: String) -> Automaton {
    let start = prefix.unicodeScalars.map(ScalarSet.ordinal).reduce(Int32(0)) { next($0, $1) }
    if start == 0 { return self }
    var rows = transitions
    var ends = accepting
    rows.swapAt(0, Int(start))
    ends.swapAt(0, Int(start))
    for row in rows.indices {
      for place in rows[row].indices {
        switch rows[row][place].target {
        case 0: rows[row][place].target = start
        case start: rows[row][place].target = 0
        default: break
        }
      }
    }
    return Automaton(reducing: rows, accepting: ends)
  }
}
