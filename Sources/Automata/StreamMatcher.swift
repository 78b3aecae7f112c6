/// Tells of a text that comes piece by piece how much of it can be part of no match any more.
///
/// A reference that remembers what it learned of its automaton; a `Progress` belongs to one text. Not for use by several
/// threads at once.
package final class StreamMatcher {
  private let machine: Determinizer
  private let ascii: [UInt16]
  /// By state: 0 not asked, 1 idle, 2 inside a match that may be.
  private var idle: [UInt8] = []
  private var idleGeneration = -1

  /// Where a text stands.
  package struct Progress: Sendable {
    fileprivate var key: Determinizer.Key?
    /// Whether a match ended since the last idle place.
    package var hasMatch = false

    package init() {}
  }

  /// A matcher of several expressions.
  package init(_ nodes: [RegexNode]) throws(RegexFailure) {
    let nfa = try NFA(nodes)
    machine = Determinizer(nfa, kind: .stream)
    ascii = nfa.classes.ascii
  }

  /// Goes over a piece of text, which must not end inside a scalar.
  ///
  /// - Returns: how many bytes of the piece are settled: no match begins before that and ends behind it. 0 where the text is
  ///   inside something that began before the piece, or at its start. A match that ended before is told by `hasMatch`, and the
  ///   text is settled only when none is open.
  package func advance(_ progress: inout Progress, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var state = progress.key.map { machine.resume($0) } ?? machine.start(Determinizer.Before(isStart: true))
    var settled = 0
    var index = 0
    // Most texts stay in one state for long.
    var known = (state: Determinizer.StateID(-1), generation: -1, isIdle: false)
    while index < bytes.count {
      var column: Int
      var length = 1
      if bytes[index] < 0x80 {
        column = Int(ascii[Int(bytes[index])])
      } else {
        let (ordinal, count) = UTF8Decoding.scalar(bytes, index, bytes.count)
        (column, length) = (Int(machine.nfa.classes.classOf(ordinal)), count)
      }
      let next = machine.transition(state, column)
      if next & Determinizer.matchBit != 0 { progress.hasMatch = true }
      state = next & ~Determinizer.matchBit
      index += length
      if state != known.state || machine.generation != known.generation {
        known = (state, machine.generation, isIdle(state))
      }
      if known.isIdle { settled = index }
    }
    progress.key = machine.key(state)
    return settled
  }

  private func isIdle(_ state: Determinizer.StateID) -> Bool {
    if idleGeneration != machine.generation {
      idle.removeAll(keepingCapacity: true)
      idleGeneration = machine.generation
    }
    let index = Int(state)
    while idle.count <= index { idle.append(0) }
    if idle[index] == 0 { idle[index] = machine.isIdle(state) ? 1 : 2 }
    return idle[index] == 1
  }
}
