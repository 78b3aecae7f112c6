extension RegexNode {
  /// The expression of the same texts read backwards.
  package var reversed: RegexNode {
    switch self {
    case .empty, .set: self
    case .sequence(let parts): .sequence(parts.reversed().map(\.reversed))
    case .choice(let branches): .choice(branches.map(\.reversed))
    case .repetition(let part, let minimum, let maximum, let isGreedy):
      .repetition(part.reversed, min: minimum, max: maximum, isGreedy: isGreedy)
    case .assertion(let assertion): .assertion(assertion.reversed)
    }
  }
}

extension RegexAssertion {
  fileprivate var reversed: RegexAssertion {
    switch self {
    case .textStart: .textEnd
    case .textEnd: .textStart
    case .lineStart: .lineEnd
    case .lineEnd: .lineStart
    case .wordStart(let unicode): .wordEnd(unicode: unicode)
    case .wordEnd(let unicode): .wordStart(unicode: unicode)
    case .wordBoundary, .noWordBoundary: self
    }
  }
}
