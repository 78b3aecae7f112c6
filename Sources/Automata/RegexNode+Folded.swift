extension RegexNode {
  /// The expression with every letter in both cases.
  package var caseFolded: RegexNode {
    switch self {
    case .empty, .assertion: self
    case .set(let set): .set(set.caseClosed)
    case .sequence(let parts): .sequence(parts.map(\.caseFolded))
    case .choice(let branches): .choice(branches.map(\.caseFolded))
    case .repetition(let part, let minimum, let maximum, let isGreedy):
      .repetition(part.caseFolded, min: minimum, max: maximum, isGreedy: isGreedy)
    }
  }
}
