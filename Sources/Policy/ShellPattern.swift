import Automata

/// Patterns that a shell expands to the names of files.
enum ShellPattern {
  /// The names that a word may become; nil if there are too many ways.
  static func automaton(_ word: String) -> Automaton? {
    let noSlash = ScalarSet("/").complement
    let noDot = noSlash.subtracting(ScalarSet("."))
    var parts: [RegexNode] = []
    // At the start of a component no wildcard stands for a dot.
    var isStart = true
    var scalars = Array(word.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "*":
        let rest = RegexNode.repetition(.set(noSlash), min: 0, max: nil, isGreedy: true)
        parts.append(isStart ? .repetition(.sequence([.set(noDot), rest]), min: 0, max: 1, isGreedy: true) : rest)
      case "?": parts.append(.set(isStart ? noDot : noSlash))
      case "[":
        if let end = scalars.firstIndex(of: "]") {
          scalars = scalars[scalars.index(after: end)...]
          parts.append(.set(isStart ? noDot : noSlash))
        } else {
          parts.append(.set(ScalarSet(scalar)))
        }
      case "\\": if let next = scalars.popFirst() { parts.append(.set(ScalarSet(next))) }
      default: parts.append(.set(ScalarSet(scalar)))
      }
      isStart = scalar == "/"
    }
    return Automaton([.sequence(parts)], .whole)
  }
}
