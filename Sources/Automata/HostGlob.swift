/// Patterns of host names, in the dialect of Rust's `globset` library (docs.rs/globset, "Syntax") with slashes literal and
/// ASCII case ignored: `*` takes dots, so that `*.x.com` has `a.b.x.com` but not `x.com`.
package struct HostGlob {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private static let noSlash = ScalarSet("/").complement

  private init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

  /// The expression of a pattern.
  package static func parse(_ pattern: String) throws(RegexFailure) -> RegexNode {
    var parser = HostGlob(pattern)
    if parser.scalars == ["*", "*"] { return .anything }
    let node = try parser.sequence(isNested: false)
    return node
  }

  private func failure(_ message: String, _ start: Int, _ end: Int) -> RegexFailure {
    func offset(_ place: Int) -> Int { scalars[..<min(place, scalars.count)].reduce(0) { $0 + $1.utf8.count } }
    return RegexFailure(message: message, range: offset(start)..<offset(end))
  }

  private static func folded(_ scalar: Unicode.Scalar) -> ScalarSet {
    let set = ScalarSet(scalar)
    switch scalar {
    case "a"..."z": return set.union(ScalarSet([.init(scalar.value - 32, scalar.value - 32)]))
    case "A"..."Z": return set.union(ScalarSet([.init(scalar.value + 32, scalar.value + 32)]))
    default: return set
    }
  }

  private mutating func sequence(isNested: Bool) throws(RegexFailure) -> RegexNode {
    var parts: [RegexNode] = []
    while index < scalars.count {
      let start = index
      let scalar = scalars[index]
      if isNested, scalar == "," || scalar == "}" { break }
      index += 1
      switch scalar {
      case "*":
        while index < scalars.count, scalars[index] == "*" { index += 1 }
        parts.append(.repetition(.set(Self.noSlash), min: 0, max: nil, isGreedy: true))
      case "?": parts.append(.set(Self.noSlash))
      case "[": parts.append(.set(try classItem(from: start)))
      case "{":
        if isNested { throw failure("braces can't be nested", start, start + 1) }
        var branches = [try sequence(isNested: true)]
        while index < scalars.count, scalars[index] == "," {
          index += 1
          branches.append(try sequence(isNested: true))
        }
        guard index < scalars.count else { throw failure("'{' has no '}'", start, start + 1) }
        index += 1
        parts.append(.choice(branches))
      case "}": throw failure("a '}' without its '{'", start, start + 1)
      case "\\":
        guard index < scalars.count else { throw failure("a backslash at the end of the pattern", start, start + 1) }
        parts.append(.set(Self.folded(scalars[index])))
        index += 1
      default: parts.append(.set(Self.folded(scalar)))
      }
    }
    return .sequence(parts)
  }

  private mutating func classItem(from start: Int) throws(RegexFailure) -> ScalarSet {
    var isNegated = false
    if index < scalars.count, scalars[index] == "!" || scalars[index] == "^" {
      isNegated = true
      index += 1
    }
    var set = ScalarSet.none
    let first = index
    while index < scalars.count, index == first || scalars[index] != "]" {
      let lower = scalars[index]
      if index + 2 < scalars.count, scalars[index + 1] == "-", scalars[index + 2] != "]" {
        let upper = scalars[index + 2]
        guard lower.value <= upper.value else {
          throw failure("the range is the wrong way round", index, index + 3)
        }
        set = set.union(asciiFolded(ScalarSet(lower...upper)))
        index += 3
      } else {
        set = set.union(Self.folded(lower))
        index += 1
      }
    }
    guard index < scalars.count else { throw failure("'[' has no ']'", start, start + 1) }
    index += 1
    return isNegated ? set.complement : set
  }

  private func asciiFolded(_ set: ScalarSet) -> ScalarSet {
    set.union(set.caseClosed.intersection(ScalarSet([.init(0, 0x7F)])))
  }
}
