extension RegexParser {
  /// A class in brackets, with nested classes, ranges and the operators `&&`, `--` and `~~`.
  mutating func characterClass(depth: Int) throws(RegexFailure) -> ScalarSet {
    if depth > Self.depthLimit { throw failure("classes are nested too deeply", at: position) }
    let start = position
    position += 1
    let isNegated = take("^")
    var result: ScalarSet?
    var pending: (ScalarSet, ScalarSet) -> ScalarSet = { left, _ in left }
    var set = ScalarSet.none
    // A ']' or '-' in the first place is itself.
    while take("-") { set = set.union(ScalarSet("-")) }
    if set.isEmpty, take("]") { set = ScalarSet("]") }
    while true {
      skipVerbose()
      guard current != nil else { throw failure("'[' has no ']'", at: start) }
      if take("]") { break }
      if let operation = setOperator() {
        result = result.map { pending($0, set) } ?? set
        pending = operation
        set = .none
        continue
      }
      set = set.union(try classItem(depth: depth))
    }
    let whole = result.map { pending($0, set) } ?? set
    return isNegated ? whole.complement : whole
  }

  private mutating func setOperator() -> ((ScalarSet, ScalarSet) -> ScalarSet)? {
    if take(text: "&&") { return { $0.intersection($1) } }
    if take(text: "--") { return { $0.subtracting($1) } }
    if take(text: "~~") { return { $0.union($1).subtracting($0.intersection($1)) } }
    return nil
  }

  private mutating func classItem(depth: Int) throws(RegexFailure) -> ScalarSet {
    let start = position
    if current == "[" {
      if peek(1) == ":", let set = posixClass() { return set }
      return try characterClass(depth: depth + 1)
    }
    let (first, lower) = try classAtom()
    skipVerbose()
    guard let lower, current == "-", let next = peek(1), next != "]", next != "-" else { return first }
    position += 1
    skipVerbose()
    let (_, upper) = try classAtom()
    guard let upper else { throw failure("a class can't be the end of a range", at: start, to: position) }
    guard lower.value <= upper.value else {
      throw failure("the range is the wrong way round", at: start, to: position)
    }
    return folded(ScalarSet(lower...upper))
  }

  /// One scalar or escape inside a class: what it stands for, and the scalar if it is just one.
  private mutating func classAtom() throws(RegexFailure) -> (ScalarSet, Unicode.Scalar?) {
    guard let scalar = current else { throw failure("'[' has no ']'", at: position) }
    guard scalar == "\\" else {
      position += 1
      return (folded(ScalarSet(scalar)), scalar)
    }
    let letter = peek(1)
    if letter == "b" || letter == "A" || letter == "z" || letter == "B" {
      throw failure(
        "'\\\(letter ?? "b")' is no character, so that no class can have it", at: position, to: position + 2)
    }
    let outer = flags.ignoresCase
    flags.ignoresCase = false
    let set = try escapedSet()
    flags.ignoresCase = outer
    return (folded(set), set.onlyOrdinal.map(ScalarSet.scalar))
  }

  /// `[:alpha:]`; nil and nothing read if it is none.
  private mutating func posixClass() -> ScalarSet? {
    let start = position
    position += 2
    let isNegated = take("^")
    var name = ""
    while let scalar = current, "a"..."z" ~= scalar {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard take(text: ":]"), let set = CharacterClasses.posix(name) else {
      position = start
      return nil
    }
    let result = folded(set)
    return isNegated ? result.complement : result
  }
}
