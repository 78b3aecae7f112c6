/// Which patterns of a scanner have a match. Sixty-four fit without memory of their own, which is more than rulesets have.
package struct PatternHits: Sendable, Equatable {
  private var first: UInt64 = 0
  private var rest: [UInt64] = []

  /// No hits among so many patterns.
  package init(count: Int = 0) {
    if count > 64 { rest = [UInt64](repeating: 0, count: (count - 1) / 64) }
  }

  /// All of so many patterns.
  package static func all(_ count: Int) -> PatternHits {
    var hits = PatternHits(count: count)
    for index in 0..<count { hits.insert(index) }
    return hits
  }

  /// Whether a pattern has a match.
  package func contains(_ index: Int) -> Bool { bits(index >> 6) >> UInt64(index & 63) & 1 != 0 }

  /// Whether none has.
  package var isEmpty: Bool { first == 0 && rest.allSatisfy { $0 == 0 } }

  /// The first pattern that has a match.
  package var firstIndex: Int? {
    for word in 0...rest.count where bits(word) != 0 { return word * 64 + bits(word).trailingZeroBitCount }
    return nil
  }

  /// Notes that a pattern has a match.
  package mutating func insert(_ index: Int) {
    let bit = UInt64(1) << UInt64(index & 63)
    if index < 64 { first |= bit } else { rest[index / 64 - 1] |= bit }
  }

  /// Adds the hits of another search for the same patterns.
  package mutating func formUnion(_ other: PatternHits) {
    first |= other.first
    for index in rest.indices { rest[index] |= other.rest[index] }
  }

  /// Calls `body` for each pattern that has a match, in order.
  package func forEach(_ body: (Int) -> Void) {
    for word in 0...rest.count {
      var bits = bits(word)
      while bits != 0 {
        body(word * 64 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }

  private func bits(_ word: Int) -> UInt64 { word == 0 ? first : rest[word - 1] }
}
