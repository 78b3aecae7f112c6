/// Patterns of paths, in the dialect of Rust's `glob` library with its usual options (docs.rs/glob, "Pattern"): `?` and `*`
/// take slashes too, `**` is a whole component, there are no braces and no escapes but `[*]`.
package enum PathGlob {
  /// The expression of a pattern.
  package static func parse(_ pattern: String) throws(RegexFailure) -> RegexNode {
    let scalars = Array(pattern.unicodeScalars)
    var parts: [RegexNode] = []
    var index = 0
    func failure(_ message: String, _ start: Int, _ end: Int) -> RegexFailure {
      func offset(_ place: Int) -> Int { scalars[..<min(place, scalars.count)].reduce(0) { $0 + $1.utf8.count } }
      return RegexFailure(message: message, range: offset(start)..<offset(end))
    }
    var isAfterRecursion = false
    while index < scalars.count {
      let scalar = scalars[index]
      let start = index
      switch scalar {
      case "*":
        while index < scalars.count, scalars[index] == "*" { index += 1 }
        if index - start == 1 {
          parts.append(.anything)
        } else {
          guard index - start == 2 else { throw failure("more than two '*' in a row", start, index) }
          guard start == 0 || scalars[start - 1] == "/", index == scalars.count || scalars[index] == "/" else {
            throw failure("'**' must be a whole component of the path, as in 'a/**/b'", start, index)
          }
          if index == scalars.count {
            if !isAfterRecursion { parts.append(.anything) } else { parts[parts.count - 1] = .anything }
          } else {
            index += 1
            // Components before: none, or any with the slash behind them.
            let folders = RegexNode.sequence([.anything, .literal("/")])
            if !isAfterRecursion { parts.append(.repetition(folders, min: 0, max: 1, isGreedy: true)) }
          }
          isAfterRecursion = true
          continue
        }
      case "?":
        parts.append(.set(.all))
        index += 1
      case "[":
        let (set, end) = try classItem(scalars, at: index, failure)
        parts.append(.set(set))
        index = end
      default:
        parts.append(.set(ScalarSet(scalar)))
        index += 1
      }
      isAfterRecursion = false
    }
    return .sequence(parts)
  }

  private static func classItem(
    _ scalars: [Unicode.Scalar], at start: Int, _ failure: (String, Int, Int) -> RegexFailure
  ) throws(RegexFailure) -> (ScalarSet, Int) {
    let isNegated = start + 1 < scalars.count && scalars[start + 1] == "!"
    let first = start + (isNegated ? 2 : 1)
    // The first character is a member even if it is a ']'.
    guard first + 1 < scalars.count, let close = scalars[(first + 1)...].firstIndex(of: "]") else {
      throw failure("'[' has no ']'; a bracket itself is '[[]'", start, start + 1)
    }
    var ranges: [ScalarSet.Range] = []
    var index = first
    while index < close {
      let lower = ScalarSet.ordinal(scalars[index])
      if index + 2 < close, scalars[index + 1] == "-" {
        ranges.append(.init(lower, ScalarSet.ordinal(scalars[index + 2])))
        index += 3
      } else {
        ranges.append(.init(lower, lower))
        index += 1
      }
    }
    let set = ScalarSet(ranges)
    return (isNegated ? set.complement : set, close + 1)
  }
}
