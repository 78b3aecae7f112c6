import Automata

/// Matches by trying everything, straight from what the operators mean: slow and plain, to compare with.
struct BruteForce {
  let text: [Unicode.Scalar]

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  /// All places at which a match that starts at `start` may end, in order of preference.
  func ends(_ node: RegexNode, _ start: Int) -> [Int] {
    var seen = Set<Int>()
    return all(node, start).filter { seen.insert($0).inserted }
  }

  private func all(_ node: RegexNode, _ start: Int) -> [Int] {
    switch node {
    case .empty: return [start]
    case .set(let set):
      return start < text.count && set.contains(ScalarSet.ordinal(text[start])) ? [start + 1] : []
    case .sequence(let parts):
      return parts.reduce([start]) { places, part in unique(places.flatMap { ends(part, $0) }) }
    case .choice(let branches): return branches.flatMap { ends($0, start) }
    case .assertion(let assertion): return holds(assertion, start) ? [start] : []
    case .repetition(let part, let minimum, let maximum, let isGreedy):
      return repeated(part, minimum, maximum, isGreedy, start, depth: 0)
    }
  }

  private func unique(_ places: [Int]) -> [Int] {
    var seen = Set<Int>()
    return places.filter { seen.insert($0).inserted }
  }

  private func repeated(
    _ part: RegexNode, _ minimum: Int, _ maximum: Int?, _ isGreedy: Bool, _ start: Int, depth: Int
  ) -> [Int] {
    if minimum > 0 {
      return unique(
        ends(part, start).flatMap {
          repeated(part, minimum - 1, maximum.map { $0 - 1 }, isGreedy, $0, depth: depth + 1)
        })
    }
    if maximum == 0 { return [start] }
    // A round that takes no text changes nothing.
    let more = ends(part, start).filter { $0 > start }.flatMap {
      repeated(part, 0, maximum.map { $0 - 1 }, isGreedy, $0, depth: depth + 1)
    }
    return unique(isGreedy ? more + [start] : [start] + more)
  }

  private func isWord(_ index: Int, _ unicode: Bool) -> Bool {
    guard text.indices.contains(index) else { return false }
    return (unicode ? CharacterClasses.word : CharacterClasses.asciiWord).contains(ScalarSet.ordinal(text[index]))
  }

  private func holds(_ assertion: RegexAssertion, _ place: Int) -> Bool {
    switch assertion {
    case .textStart: place == 0
    case .textEnd: place == text.count
    case .lineStart: place == 0 || text[place - 1] == "\n"
    case .lineEnd: place == text.count || text[place] == "\n"
    case .wordBoundary(let unicode): isWord(place - 1, unicode) != isWord(place, unicode)
    case .noWordBoundary(let unicode): isWord(place - 1, unicode) == isWord(place, unicode)
    case .wordStart(let unicode): !isWord(place - 1, unicode) && isWord(place, unicode)
    case .wordEnd(let unicode): isWord(place - 1, unicode) && !isWord(place, unicode)
    }
  }

  /// The first match by preference at the first place where there is one.
  func firstMatch(_ node: RegexNode, from: Int = 0) -> Range<Int>? {
    guard from <= text.count else { return nil }
    for start in from...text.count {
      if let end = ends(node, start).first { return start..<end }
    }
    return nil
  }

  func matchesWhole(_ node: RegexNode) -> Bool { ends(node, 0).contains(text.count) }
}
