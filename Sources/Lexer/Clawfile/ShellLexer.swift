/// Variables that an expansion can see.
package protocol VariableScope {
  /// The value of a variable, or nil where it is not set.
  func value(of name: String) -> String?
}

/// A scope without variables.
package struct EmptyScope: VariableScope {
  /// Makes one.
  package init() {}
  /// Always nil.
  package func value(of name: String) -> String? { nil }
}

/// Why a word can't be expanded, in words for people.
package struct ExpansionFailure: Error, Sendable, Equatable {
  /// The reason.
  package var message: String
  /// The variable whose being unset or empty is the reason; nil if the text itself is malformed.
  package var variable: String?
}

/// What expanding a text gave.
package struct Expansion: Sendable {
  /// The text with variables replaced and quotes removed.
  package var result = ""
  /// The result cut at unquoted white space.
  package var words: [String] = []
  /// Variables used that were set, in order of first use.
  package var matched: [String] = []
  /// Variables used that were not set, in order of first use.
  package var unmatched: [String] = []
}

/// Expands `$variables`, quotes and escapes as BuildKit's Dockerfile shell lexer does.
///
/// Source: behaviour of BuildKit's `frontend/dockerfile/shell`; the operators are those of POSIX shells that it knows.
package struct ShellLexer {
  /// The character that takes the meaning off the next one.
  package var escape: Unicode.Scalar
  /// Keep quotes in the result.
  package var keepsQuotes = false
  /// Keep escape characters in the result.
  package var keepsEscapes = false
  /// Treat quotes as ordinary text (for heredoc bodies).
  package var ignoresQuotes = false
  /// Leave `$x` as it is where `x` is not set.
  package var keepsUnset = false

  /// A lexer with an escape character.
  package init(escape: UInt8 = 0x5C) {
    self.escape = Unicode.Scalar(escape)
  }

  /// What a text needs.
  private enum Look {
    /// Nothing: it is one word.
    case word
    /// To be cut into words.
    case words
    /// To be lexed.
    case active
  }

  /// Most texts hold nothing that means anything: one pass over the bytes finds that out.
  private static func look(at text: String) -> Look {
    var look = Look.word
    for byte in text.utf8 {
      switch byte {
      case 0x24, 0x22, 0x27, 0x5C, 0x60, 0x3C: return .active
      case 0x00...0x20, 0x80...0xFF: look = .words
      default: break
      }
    }
    return look
  }

  /// Expands a text.
  package func expand(_ text: String, in scope: some VariableScope) throws(ExpansionFailure) -> Expansion {
    switch Self.look(at: text) {
    case .word: return Expansion(result: text, words: text.isEmpty ? [] : [text])
    case .words:
      return Expansion(
        result: text, words: text.unicodeScalars.split(whereSeparator: WhiteSpace.isSpace).map { String($0) })
    case .active: break
    }
    var run = Run(lexer: self, scope: scope, scalars: Array(text.unicodeScalars), rawEscapes: keepsEscapes)
    let (result, words) = try run.process(until: nil, rawEscapes: keepsEscapes)
    return Expansion(result: result, words: words, matched: run.matched, unmatched: run.unmatched)
  }
}

extension ShellLexer {
  /// One expansion under way.
  fileprivate struct Run<Scope: VariableScope> {
    let lexer: ShellLexer
    let scope: Scope
    let scalars: [Unicode.Scalar]
    var rawEscapes: Bool
    var position = 0
    var depth = 0
    var matched: [String] = []
    var unmatched: [String] = []

    init(lexer: ShellLexer, scope: Scope, scalars: [Unicode.Scalar], rawEscapes: Bool) {
      self.lexer = lexer
      self.scope = scope
      self.scalars = scalars
      self.rawEscapes = rawEscapes
    }

    var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func next() -> Unicode.Scalar? {
      guard position < scalars.count else { return nil }
      position += 1
      return scalars[position - 1]
    }

    /// The text up to `stop`, or to the end.
    mutating func process(
      until stop: Unicode.Scalar?, rawEscapes raw: Bool
    ) throws(ExpansionFailure) -> (String, [String]) {
      // A word nests in `${x:-${y:-…}}` as deep as the text is long: bound it, a stack is not.
      depth += 1
      defer { depth -= 1 }
      guard depth <= 200 else { throw syntax("substitutions are nested deeper than 200 levels") }
      let before = rawEscapes
      rawEscapes = raw
      defer { rawEscapes = before }
      var result = String.UnicodeScalarView()
      var words = Words()
      while let scalar = peek {
        if let stop, scalar == stop {
          position += 1
          return (String(result), words.finish())
        }
        switch scalar {
        case "$":
          let text = try dollar()
          result.append(contentsOf: text.unicodeScalars)
          for scalar in text.unicodeScalars { words.add(scalar) }
        case "<":
          let text = possibleHeredoc()
          result.append(contentsOf: text.unicodeScalars)
          words.addRaw(text)
        case "'" where !lexer.ignoresQuotes:
          let text = try singleQuoted()
          result.append(contentsOf: text.unicodeScalars)
          words.addRaw(text)
        case "\"" where !lexer.ignoresQuotes:
          let text = try doubleQuoted()
          result.append(contentsOf: text.unicodeScalars)
          words.addRaw(text)
        case lexer.escape:
          position += 1
          if rawEscapes {
            words.addRaw(scalar)
            result.append(scalar)
          }
          guard let escaped = next() else { break }
          words.addRaw(escaped)
          result.append(escaped)
        default:
          position += 1
          words.add(scalar)
          result.append(scalar)
        }
      }
      if let stop { throw syntax("'\(stop)' is missing") }
      return (String(result), words.finish())
    }

    /// `<<` and the blanks behind it are one piece of a word, so that `<< EOF` is one.
    mutating func possibleHeredoc() -> String {
      position += 1
      guard peek == "<" else { return "<" }
      position += 1
      var text = "<<"
      while let scalar = peek, scalar == " " || scalar == "\t" || scalar == "\r" {
        text.unicodeScalars.append(scalar)
        position += 1
      }
      return text
    }

    mutating func singleQuoted() throws(ExpansionFailure) -> String {
      position += 1
      var text = String.UnicodeScalarView()
      if lexer.keepsQuotes { text.append("'") }
      while let scalar = next() {
        if scalar == "'" {
          if lexer.keepsQuotes { text.append(scalar) }
          return String(text)
        }
        text.append(scalar)
      }
      throw syntax("the closing ' is missing")
    }

    mutating func doubleQuoted() throws(ExpansionFailure) -> String {
      position += 1
      var text = String.UnicodeScalarView()
      if lexer.keepsQuotes { text.append("\"") }
      while let scalar = peek {
        switch scalar {
        case "\"":
          position += 1
          if lexer.keepsQuotes { text.append(scalar) }
          return String(text)
        case "$":
          text.append(contentsOf: try dollar().unicodeScalars)
        default:
          position += 1
          guard scalar == lexer.escape else {
            text.append(scalar)
            continue
          }
          if rawEscapes { text.append(scalar) }
          switch peek {
          case nil: continue
          case "\"", "$", lexer.escape:
            if let escaped = next() { text.append(escaped) }
          default: text.append(scalar)
          }
        }
      }
      throw syntax("the closing \" is missing")
    }

    mutating func dollar() throws(ExpansionFailure) -> String {
      position += 1
      guard peek == "{" else {
        let name = self.name()
        if name.isEmpty { return "$" }
        guard let value = lookUp(name) else { return lexer.keepsUnset ? "$" + name : "" }
        return value
      }
      position += 1
      switch peek {
      case nil: throw syntax("'}' is missing")
      case "{", "}", ":": throw syntax("bad substitution")
      default: break
      }
      let name = self.name()
      guard var operation = next() else { throw syntax("unsupported modifier in a substitution") }
      var modifier = String(operation)
      var emptyIsUnset = false
      switch operation {
      case "}":
        guard let value = lookUp(name) else { return lexer.keepsUnset ? "${\(name)}" : "" }
        return value
      case "/": return try replace(name)
      case ":":
        emptyIsUnset = true
        guard let second = next() else { throw syntax("unsupported modifier (:) in a substitution") }
        operation = second
        modifier.unicodeScalars.append(second)
        // BuildKit has no ':#' and ':%', although it has ':-' and '#'.
        if second == "#" || second == "%" { throw syntax("unsupported modifier (\(modifier)) in a substitution") }
      case "+", "-", "?", "#", "%": break
      default: throw syntax("unsupported modifier (\(modifier)) in a substitution")
      }
      let (word, _) = try process(until: "}", rawEscapes: operation == "#" || operation == "%")
      let value = lookUp(name)
      if value == nil, lexer.keepsUnset { return "${\(name)\(modifier)\(word)}" }
      let counts = value.map { !(emptyIsUnset && $0.isEmpty) } ?? false
      switch operation {
      case "-": return counts ? value ?? "" : word
      case "+": return counts ? word : ""
      case "?":
        if counts { return value ?? "" }
        let reason = value == nil ? "is not allowed to be unset" : "is not allowed to be empty"
        throw ExpansionFailure(message: "\(name): \(word.isEmpty ? reason : word)", variable: name)
      case "#", "%":
        let greedy = word.unicodeScalars.first == operation
        let pattern = try ShellPattern(greedy ? String(word.unicodeScalars.dropFirst()) : word)
        let text = value ?? ""
        return operation == "#" ? pattern.trimPrefix(text, greedy: greedy) : pattern.trimSuffix(text, greedy: greedy)
      default: throw syntax("unsupported modifier (\(modifier)) in a substitution")
      }
    }

    mutating func replace(_ name: String) throws(ExpansionFailure) -> String {
      let all = peek == "/"
      if all { position += 1 }
      let (pattern, _) = try process(until: "/", rawEscapes: true)
      let (replacement, _) = try process(until: "}", rawEscapes: true)
      let value = lookUp(name)
      if value == nil, lexer.keepsUnset { return "${\(name)/\(pattern)/\(replacement)}" }
      return try ShellPattern(pattern).replace(in: value ?? "", with: replacement, all: all)
    }

    mutating func name() -> String {
      guard let first = peek else { return "" }
      if isDigit(first) {
        var digits = ""
        while let scalar = peek, isDigit(scalar) {
          digits.unicodeScalars.append(scalar)
          position += 1
        }
        return digits
      }
      if "@*#?-$!".unicodeScalars.contains(first) {
        position += 1
        return String(first)
      }
      var name = ""
      while let scalar = peek, scalar == "_" || isDigit(scalar) || isLetter(scalar) {
        name.unicodeScalars.append(scalar)
        position += 1
      }
      return name
    }

    func isDigit(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isASCII
        ? scalar.value >= 0x30 && scalar.value <= 0x39 : scalar.properties.generalCategory == .decimalNumber
    }

    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      if scalar.isASCII { return (scalar.value | 0x20) >= 0x61 && (scalar.value | 0x20) <= 0x7A }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
      default: return false
      }
    }

    mutating func lookUp(_ name: String) -> String? {
      let value = scope.value(of: name)
      if value != nil {
        if !matched.contains(name) { matched.append(name) }
      } else if !unmatched.contains(name) {
        unmatched.append(name)
      }
      return value
    }

    func syntax(_ message: String) -> ExpansionFailure { ExpansionFailure(message: message) }
  }

  /// Cuts a result into words at unquoted white space.
  fileprivate struct Words {
    private var words: [String] = []
    private var word = String.UnicodeScalarView()

    mutating func add(_ scalar: Unicode.Scalar) {
      guard WhiteSpace.isSpace(scalar) else { return word.append(scalar) }
      flush()
    }

    mutating func addRaw(_ scalar: Unicode.Scalar) { word.append(scalar) }
    mutating func addRaw(_ text: String) { word.append(contentsOf: text.unicodeScalars) }

    mutating func finish() -> [String] {
      flush()
      return words
    }

    private mutating func flush() {
      if !word.isEmpty { words.append(String(word)) }
      word = String.UnicodeScalarView()
    }
  }
}
