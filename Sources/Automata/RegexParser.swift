/// Reads an expression of the regular dialect that Rust's `regex` library documents (docs.rs/regex, "Syntax"): no
/// look-around and no references back, so that every expression is an automaton.
///
/// What Rust takes as Unicode is Unicode here: `\w`, `\d`, `\s`, `\b` and case folding, unless `(?-u)` says otherwise.
package struct RegexParser {
  /// Deepest nesting of groups and classes, as Rust has it.
  static let depthLimit = 250
  /// Highest count of `{n}`.
  static let countLimit = 1000

  struct Flags {
    var ignoresCase = false
    var dotMatchesNewline = false
    var isMultiLine = false
    var swapsGreed = false
    var isUnicode = true
    var isVerbose = false
  }

  let scalars: [Unicode.Scalar]
  var position = 0
  var flags = Flags()
  private var names: Set<String> = []

  private init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

  /// The expression that a pattern spells.
  package static func parse(_ pattern: String) throws(RegexFailure) -> RegexNode {
    var parser = RegexParser(pattern)
    let node = try parser.choice(depth: 0)
    if parser.position < parser.scalars.count { throw parser.failure("a ')' without its '('", at: parser.position) }
    return node
  }

  // MARK: Reading

  var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  func peek(_ distance: Int) -> Unicode.Scalar? {
    position + distance < scalars.count ? scalars[position + distance] : nil
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    position += 1
    return true
  }

  mutating func take(text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  func failure(_ message: String, at start: Int, to end: Int? = nil) -> RegexFailure {
    func offset(_ index: Int) -> Int { scalars[..<min(index, scalars.count)].reduce(0) { $0 + $1.utf8.count } }
    let lower = offset(start)
    return RegexFailure(message: message, range: lower..<max(lower, offset(end ?? start + 1)))
  }

  /// Passes over white space and comments, which mean nothing after `(?x)`.
  mutating func skipVerbose() {
    guard flags.isVerbose else { return }
    while let scalar = current {
      if scalar.properties.isPatternWhitespace {
        position += 1
      } else if scalar == "#" {
        while let scalar = current, scalar != "\n" { position += 1 }
      } else {
        return
      }
    }
  }

  // MARK: Structure

  private mutating func choice(depth: Int) throws(RegexFailure) -> RegexNode {
    if depth > Self.depthLimit { throw failure("groups are nested too deeply", at: position) }
    // Flags that are set inside a group end with it.
    let outer = flags
    defer { flags = outer }
    var branches = [try sequence(depth: depth)]
    while take("|") { branches.append(try sequence(depth: depth)) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence(depth: Int) throws(RegexFailure) -> RegexNode {
    var parts: [RegexNode] = []
    while true {
      skipVerbose()
      guard let scalar = current, scalar != "|", scalar != ")" else { break }
      let start = position
      if let repeated = try repetition(of: parts.last, at: start) {
        parts[parts.count - 1] = repeated
      } else if let atom = try atom(depth: depth) {
        parts.append(atom)
      }
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  /// What stands before a `*`, `+`, `?` or `{…}` here, repeated; nil if none of them stands here.
  private mutating func repetition(of part: RegexNode?, at start: Int) throws(RegexFailure) -> RegexNode? {
    let (minimum, maximum): (Int, Int?)
    switch current {
    case "*": (minimum, maximum) = (0, nil)
    case "+": (minimum, maximum) = (1, nil)
    case "?": (minimum, maximum) = (0, 1)
    case "{":
      guard part != nil else { throw failure("nothing stands before '{' that could be repeated", at: start) }
      (minimum, maximum) = try counts()
      position -= 1
    default: return nil
    }
    guard let part else {
      throw failure("nothing stands before '\(scalars[start])' that could be repeated", at: start)
    }
    position += 1
    let isLazy = take("?")
    return .repetition(part, min: minimum, max: maximum, isGreedy: isLazy == flags.swapsGreed)
  }

  /// Reads `{n}`, `{n,}` or `{n,m}`.
  private mutating func counts() throws(RegexFailure) -> (Int, Int?) {
    let start = position
    position += 1
    let minimum = try count(from: start)
    var maximum: Int? = minimum
    skipVerbose()
    if take(",") {
      skipVerbose()
      maximum = current == "}" ? nil : try count(from: start)
      skipVerbose()
    }
    guard take("}") else { throw failure("'{' has no '}'; a brace itself is '\\{'", at: start) }
    if let maximum, maximum < minimum {
      throw failure("the counts of a repetition are the wrong way round", at: start, to: position)
    }
    return (minimum, maximum)
  }

  private mutating func count(from start: Int) throws(RegexFailure) -> Int {
    skipVerbose()
    var value = 0
    let first = position
    while let scalar = current, "0"..."9" ~= scalar {
      value = value * 10 + Int(scalar.value & 15)
      if value > Self.countLimit {
        throw failure("a repetition of more than \(Self.countLimit)", at: start, to: position)
      }
      position += 1
    }
    if position == first { throw failure("a number is missing in '{…}'; a brace itself is '\\{'", at: start) }
    return value
  }

  /// One atom; nil where only flags were set.
  private mutating func atom(depth: Int) throws(RegexFailure) -> RegexNode? {
    guard let scalar = current else { return nil }
    switch scalar {
    case "(": return try group(depth: depth)
    case "[": return .set(try characterClass(depth: depth))
    case ".":
      position += 1
      return .set(flags.dotMatchesNewline ? .all : ScalarSet("\n").complement)
    case "^":
      position += 1
      return .assertion(flags.isMultiLine ? .lineStart : .textStart)
    case "$":
      position += 1
      return .assertion(flags.isMultiLine ? .lineEnd : .textEnd)
    case "\\": return try escape()
    default:
      position += 1
      return .set(folded(ScalarSet(scalar)))
    }
  }

  /// A set with the other case of its letters, where case does not count.
  func folded(_ set: ScalarSet) -> ScalarSet { flags.ignoresCase ? set.caseClosed : set }

  private mutating func group(depth: Int) throws(RegexFailure) -> RegexNode? {
    let start = position
    position += 1
    for (opening, kind) in [("?=", "look-ahead"), ("?!", "look-ahead"), ("?<=", "look-behind"), ("?<!", "look-behind")]
    where take(text: opening) {
      throw failure("\(kind) is not regular, so that it can't be decided in linear time", at: start, to: position)
    }
    let outer = flags
    if take(text: "?P<") || take(text: "?<") {
      try groupName(from: start)
    } else if take("?") {
      if try groupFlags(from: start) { return nil }
    }
    let node = try choice(depth: depth + 1)
    flags = outer
    guard take(")") else { throw failure("'(' has no ')'", at: start) }
    return node
  }

  private mutating func groupName(from start: Int) throws(RegexFailure) {
    let first = position
    while let scalar = current, scalar != ">" {
      let isLetter = scalar == "_" || scalar.properties.isAlphabetic
      let isLater = position > first && ("0"..."9" ~= scalar || scalar == "." || scalar == "[" || scalar == "]")
      guard isLetter || isLater else { throw failure("'\(scalar)' can't be in the name of a group", at: position) }
      position += 1
    }
    let name = scalars[first..<position].reduce(into: "") { $0.unicodeScalars.append($1) }
    guard take(">") else { throw failure("the name of the group has no '>'", at: start) }
    if name.isEmpty { throw failure("the group has an empty name", at: start, to: position) }
    if !names.insert(name).inserted { throw failure("two groups are named '\(name)'", at: start, to: position) }
  }

  /// Reads `i-s)` or `i-s:`; whether it was the former, which holds for the rest of the group around it.
  private mutating func groupFlags(from start: Int) throws(RegexFailure) -> Bool {
    var isOn = true
    var isEmpty = true
    while let scalar = current {
      position += 1
      switch scalar {
      case "i": flags.ignoresCase = isOn
      case "s": flags.dotMatchesNewline = isOn
      case "m": flags.isMultiLine = isOn
      case "U": flags.swapsGreed = isOn
      case "u": flags.isUnicode = isOn
      case "x": flags.isVerbose = isOn
      case "-":
        guard isOn else { throw failure("'-' stands twice in the flags", at: position - 1) }
        isOn = false
        isEmpty = true
        continue
      case ":", ")":
        guard !isEmpty || (isOn && scalar == ":") else { throw failure("flags are missing", at: start, to: position) }
        return scalar == ")"
      default: throw failure("'\(scalar)' is no flag; there are i, m, s, U, u and x", at: position - 1)
      }
      isEmpty = false
    }
    throw failure("'(' has no ')'", at: start)
  }
}
