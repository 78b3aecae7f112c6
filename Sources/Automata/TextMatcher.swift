/// Finds matches of expressions in text, in time linear in the text whatever the expressions are.
///
/// A reference that remembers what it learned of its automaton; not for use by several threads at once.
package final class TextMatcher {
  private let machine: Determinizer
  private let ascii: [UInt16]
  /// How many bytes the last search for a match's end went through.
  private(set) var consumed = 0
  private var startState: (id: Determinizer.StateID, generation: Int) = (0, -1)
  /// By what may lie before the place.
  private var startStates = [(id: Determinizer.StateID, generation: Int)](repeating: (0, -1), count: 16)

  /// What a matcher answers.
  package enum Kind {
    /// Where the first match is.
    case search
    /// Whether and how far a match goes from where it is asked.
    case anchored
    /// Whether the whole text matches.
    case whole
  }

  /// A matcher of an automaton.
  package init(_ nfa: NFA, _ kind: Kind) {
    machine =
      switch kind {
      case .search: Determinizer(nfa, kind: .search)
      case .anchored: Determinizer(nfa, kind: .anchored)
      case .whole: Determinizer(nfa, kind: .whole)
      }
    ascii = nfa.classes.ascii
  }

  private func start(_ bytes: UnsafeBufferPointer<UInt8>, _ from: Int, _ textStart: Int) -> Determinizer.StateID {
    // Without conditions on the place there is one start.
    if !machine.nfa.hasAssertions {
      if startState.generation != machine.generation { startState = (machine.start(.init()), machine.generation) }
      return startState.id
    }
    var before = Determinizer.Before(isStart: true)
    if from > textStart {
      let last = bytes[from - 1]
      if last < 0x80 {
        before = machine.before(after: Int(ascii[Int(last)]))
      } else {
        let (ordinal, _) = UTF8Decoding.scalar(bytes, before: from, textStart)
        before = machine.before(after: Int(machine.nfa.classes.classOf(ordinal)))
      }
    }
    let known = startStates[before.number]
    if known.generation == machine.generation { return known.id }
    let id = machine.start(before)
    startStates[before.number] = (id, machine.generation)
    return id
  }

  /// Where the first match ends that starts at or after `from` (for an anchored matcher: that starts there), or nil.
  ///
  /// - Parameter text: the bounds of the text, which conditions on the place see.
  /// - Parameter isShort: whether any end will do, so that the first one that is seen is given.
  package func matchEnd(
    _ bytes: UnsafeBufferPointer<UInt8>, text: Range<Int>, from: Int, isShort: Bool = false
  ) -> Int? {
    let stride = machine.stride
    var rows = machine.rows
    var state = start(bytes, from, text.lowerBound)
    rows = machine.rows
    var index = from
    let end = text.upperBound
    var matchEnd: Int?
    defer { consumed = index - from }
    return ascii.withUnsafeBufferPointer { ascii in
      while index < end {
        let byte = bytes[index]
        var column: Int
        var length = 1
        if byte < 0x80 {
          column = Int(ascii[Int(byte)])
        } else {
          (column, length) = self.column(bytes, index, end)
        }
        var next = rows[Int(state) * stride + column]
        if next == Determinizer.unknown {
          next = machine.transition(state, column)
          rows = machine.rows
        }
        if next & Determinizer.matchBit != 0 {
          matchEnd = index
          if isShort { return matchEnd }
        }
        state = next & ~Determinizer.matchBit
        if state == Determinizer.dead { return matchEnd }
        index += length
      }
      if machine.transition(state, stride - 1) & Determinizer.matchBit != 0 { matchEnd = end }
      return matchEnd
    }
  }

  /// The column of the scalar at a place beyond ASCII, and how many bytes it has.
  private func column(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ end: Int) -> (Int, Int) {
    let (ordinal, count) = UTF8Decoding.scalar(bytes, index, end)
    return (Int(machine.nfa.classes.classOf(ordinal)), count)
  }

  /// Whether there is a match in the text.
  package func hasMatch(_ bytes: UnsafeBufferPointer<UInt8>, text: Range<Int>) -> Bool {
    matchEnd(bytes, text: text, from: text.lowerBound, isShort: true) != nil
  }

  /// Whether the whole text matches; for a matcher of that kind.
  package func matchesWhole(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let stride = machine.stride
    var state = start(bytes, 0, 0)
    var rows = machine.rows
    var index = 0
    return ascii.withUnsafeBufferPointer { ascii in
      while index < bytes.count {
        let byte = bytes[index]
        var column: Int
        var length = 1
        if byte < 0x80 {
          column = Int(ascii[Int(byte)])
        } else {
          (column, length) = self.column(bytes, index, bytes.count)
        }
        index += length
        var next = rows[Int(state) * stride + column]
        if next == Determinizer.unknown {
          next = machine.transition(state, column)
          rows = machine.rows
        }
        state = next & ~Determinizer.matchBit
        if state == Determinizer.dead { return false }
      }
      return machine.transition(state, stride - 1) & Determinizer.matchBit != 0
    }
  }

  /// Whether the whole of a string matches; for a matcher of that kind.
  package func matchesWhole(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matchesWhole($0) }
  }

  /// Reading backwards from `end`, the farthest place at which a match of the reversed expression ends: where the match that
  /// ends at `end` starts. For a matcher of kind `whole` of the reversed expression.
  func longestBackwards(
    _ bytes: UnsafeBufferPointer<UInt8>, text: Range<Int>, from end: Int, notBefore limit: Int
  ) -> Int? {
    let classes = machine.nfa.classes
    var before = Determinizer.Before(isStart: end == text.upperBound)
    if end < text.upperBound {
      let (ordinal, _) = UTF8Decoding.scalar(bytes, end, text.upperBound)
      before = machine.before(after: Int(classes.classOf(ordinal)))
    }
    var state = machine.start(before)
    var index = end
    var found: Int?
    while index > text.lowerBound {
      let (ordinal, length) = UTF8Decoding.scalar(bytes, before: index, text.lowerBound)
      // One step past the limit is taken, because a match is noticed one step late.
      let next = machine.transition(state, Int(classes.classOf(ordinal)))
      if next & Determinizer.matchBit != 0 { found = index }
      state = next & ~Determinizer.matchBit
      if state == Determinizer.dead || index <= limit { return found }
      index -= length
    }
    if machine.transition(state, machine.stride - 1) & Determinizer.matchBit != 0 { found = index }
    return found
  }
}
