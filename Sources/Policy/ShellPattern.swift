import Automata

/// Patterns that a shell expands to the names of files.
enum ShellPattern {
  /// The names that a word may become; nil if there are too many ways.
  static func automaton(_ word: String) -> Automaton? {
    let noSlash = ScalarSet("/").complement
    var parts: [RegexNode] = []
    var scalars = Array(word.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "*": parts.append(.repetition(.set(noSlash), min: 0, max: nil, isGreedy: true))
      case "?": parts.append(.set(noSlash))
      case "[":
        if let end = scalars.firstIndex(of: "]") {
          scalars = scalars[scalars.index(after: end)...]
          parts.append(.set(noSlash))
        } else {
          parts.append(.set(ScalarSet(scalar)))
        }
      case "\\": if let next = scalars.popFirst() { parts.append(.set(ScalarSet(next))) }
      default: parts.append(.set(ScalarSet(scalar)))
      }
    }
    return Automaton([.sequence(parts)], .whole)
  }
}
