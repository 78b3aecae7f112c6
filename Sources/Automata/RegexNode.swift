/// An expression: what is left of a pattern when its spelling is gone.
package indirect enum RegexNode: Sendable, Hashable {
  /// The empty text.
  case empty
  /// One scalar of a set; of an empty set, nothing matches.
  case set(ScalarSet)
  /// One after the other.
  case sequence([RegexNode])
  /// One of several; the earlier one is preferred.
  case choice([RegexNode])
  /// Again and again, `max` nil for without end; a greedy one prefers more.
  case repetition(RegexNode, min: Int, max: Int?, isGreedy: Bool)
  /// A condition on the place, which takes no text.
  case assertion(RegexAssertion)

  /// A text, letter by letter.
  package static func literal(_ text: String) -> RegexNode {
    .sequence(text.unicodeScalars.map { .set(ScalarSet($0)) })
  }

  /// Any text.
  package static let anything = RegexNode.repetition(.set(.all), min: 0, max: nil, isGreedy: true)

  /// A short text that the expression matches, if it has no conditions on the place; nil if there is none.
  package var example: String? {
    switch self {
    case .empty, .assertion: return ""
    case .set(let set):
      guard let first = set.ranges.first else { return nil }
      // A letter reads best, where the set has one.
      let letter = ScalarOrdinal(0x61)
      return String(Character(ScalarSet.scalar(set.contains(letter) ? letter : first.lower)))
    case .sequence(let parts):
      var text = ""
      for part in parts {
        guard let next = part.example else { return nil }
        text += next
      }
      return text
    case .choice(let branches): return branches.lazy.compactMap(\.example).first
    case .repetition(let part, let minimum, _, _):
      return minimum == 0 ? "" : part.example.map { String(repeating: $0, count: minimum) }
    }
  }

  /// How many states an automaton of the expression has at the least, without making it; no more than a billion.
  package var stateCount: Int {
    func bounded(_ count: Int) -> Int { min(count, 1_000_000_000) }
    switch self {
    case .empty: return 0
    case .set, .assertion: return 1
    case .sequence(let parts), .choice(let parts): return parts.reduce(0) { bounded($0 + $1.stateCount) }
    case .repetition(let part, let minimum, let maximum, _):
      return bounded(part.stateCount * max(1, maximum ?? minimum))
    }
  }

  /// Whether any part is a condition on the place.
  package var hasAssertions: Bool {
    switch self {
    case .empty, .set: false
    case .assertion: true
    case .sequence(let parts), .choice(let parts): parts.contains(where: \.hasAssertions)
    case .repetition(let part, _, _, _): part.hasAssertions
    }
  }
}

/// A condition on the place between two scalars.
package enum RegexAssertion: Sendable, Hashable {
  /// The text starts or ends here.
  case textStart, textEnd
  /// A line starts or ends here; lines end with U+000A alone.
  case lineStart, lineEnd
  /// A word starts or ends here, or does neither.
  case wordBoundary(unicode: Bool), noWordBoundary(unicode: Bool)
  /// A word starts here, or ends here.
  case wordStart(unicode: Bool), wordEnd(unicode: Bool)
}
