import Source

/// One expansion under way, over bytes: everything that means something is ASCII, but for white space and for letters in
/// names.
struct ShellExpansion {
  let lexer: ShellLexer
  let scope: any VariableScope
  let bytes: ArraySlice<UInt8>
  private(set) var matched: [String] = []
  private(set) var unmatched: [String] = []
  private var keepsEscapes = false
  private var position: Int
  private var depth = 0

  init(lexer: ShellLexer, scope: any VariableScope, bytes: ArraySlice<UInt8>) {
    self.lexer = lexer
    self.scope = scope
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Expands all of the text.
  mutating func whole(cutsWords: Bool) throws(ExpansionFailure) -> ShellOutput {
    var output = ShellOutput(cutsWords: cutsWords, capacity: bytes.count)
    try process(until: nil, keepsEscapes: lexer.keepsEscapes, into: &output)
    return output
  }

  private var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func next() -> UInt8? {
    guard position < bytes.endIndex else { return nil }
    position += 1
    return bytes[position - 1]
  }

  /// The text up to `stop`, or to the end.
  private mutating func process(
    until stop: UInt8?, keepsEscapes keeps: Bool, into output: inout ShellOutput
  ) throws(ExpansionFailure) {
    // A word nests in `${x:-${y:-…}}` as deep as the text is long: bound it, a stack is not.
    depth += 1
    defer { depth -= 1 }
    guard depth <= 200 else { throw syntax("substitutions are nested deeper than 200 levels") }
    let before = keepsEscapes
    keepsEscapes = keeps
    defer { keepsEscapes = before }
    var plain = position
    while position < bytes.endIndex {
      let byte = bytes[position]
      let isPlain =
        switch byte {
        case 0x24, 0x3C: false
        case 0x22, 0x27: lexer.ignoresQuotes
        default: byte != lexer.escape
        }
      if isPlain, byte != stop {
        position += 1
        continue
      }
      if plain < position { output.appendUnquoted(bytes[plain..<position]) }
      if byte == stop {
        position += 1
        return output.finish()
      }
      switch byte {
      case 0x24: output.appendUnquoted(try dollar())
      case 0x3C: possibleHeredoc(into: &output)
      case 0x27 where !lexer.ignoresQuotes: try singleQuoted(into: &output)
      case 0x22 where !lexer.ignoresQuotes: try doubleQuoted(into: &output)
      default:
        position += 1
        if keepsEscapes { output.append(byte) }
        if let escaped = next() { output.append(escaped) }
      }
      plain = position
    }
    if plain < position { output.appendUnquoted(bytes[plain..<position]) }
    if let stop { throw syntax("'\(Unicode.Scalar(stop))' is missing") }
    output.finish()
  }

  /// What stands in a substitution, up to `stop`.
  private mutating func inner(until stop: UInt8, keepsEscapes: Bool) throws(ExpansionFailure) -> String {
    var output = ShellOutput(cutsWords: false)
    try process(until: stop, keepsEscapes: keepsEscapes, into: &output)
    return output.string
  }

  /// `<<` and the blanks behind it are one piece of a word, so that `<< EOF` is one.
  private mutating func possibleHeredoc(into output: inout ShellOutput) {
    let start = position
    position += 1
    if peek == 0x3C {
      position += 1
      while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0D { position += 1 }
    }
    output.append(bytes[start..<position])
  }

  private mutating func singleQuoted(into output: inout ShellOutput) throws(ExpansionFailure) {
    let rest = bytes[(position + 1)...]
    guard let end = rest.firstIndex(of: 0x27) else { throw syntax("the closing ' is missing") }
    output.append(lexer.keepsQuotes ? bytes[position...end] : bytes[(position + 1)..<end])
    position = end + 1
  }

  private mutating func doubleQuoted(into output: inout ShellOutput) throws(ExpansionFailure) {
    position += 1
    if lexer.keepsQuotes { output.append(0x22) }
    while let byte = peek {
      switch byte {
      case 0x22:
        position += 1
        if lexer.keepsQuotes { output.append(byte) }
        return
      case 0x24:
        output.append(try dollar().utf8)
      default:
        position += 1
        guard byte == lexer.escape else {
          output.append(byte)
          continue
        }
        if keepsEscapes { output.append(byte) }
        switch peek {
        case nil: continue
        case 0x22, 0x24, lexer.escape:
          if let escaped = next() { output.append(escaped) }
        default: output.append(byte)
        }
      }
    }
    throw syntax("the closing \" is missing")
  }

  private mutating func dollar() throws(ExpansionFailure) -> String {
    position += 1
    guard peek == 0x7B else {
      let name = self.name()
      if name.isEmpty { return "$" }
      return lookUp(name) ?? (lexer.keepsUnset ? "$" + name : "")
    }
    position += 1
    switch peek {
    case nil: throw syntax("'}' is missing")
    case 0x7B, 0x7D, 0x3A: throw syntax("bad substitution")
    default: break
    }
    let name = self.name()
    guard var operation = next() else { throw syntax("unsupported modifier in a substitution") }
    var emptyIsUnset = false
    func modifier() -> [UInt8] { emptyIsUnset ? [0x3A, operation] : [operation] }
    switch operation {
    case 0x7D: return lookUp(name) ?? (lexer.keepsUnset ? "${\(name)}" : "")
    case 0x2F: return try replace(name)
    case 0x3A:
      emptyIsUnset = true
      guard let second = next() else { throw syntax("unsupported modifier (:) in a substitution") }
      operation = second
      // BuildKit has no ':#' and ':%', although it has ':-' and '#'.
      if second == 0x23 || second == 0x25 { throw unsupported(modifier(), at: position) }
    default:
      if Modifier(rawValue: operation) == nil { throw unsupported(modifier(), at: position) }
    }
    // Behind a ':' BuildKit reads the word first and judges the modifier then.
    let start = position
    let modified = Modifier(rawValue: operation)
    let word = try inner(until: 0x7D, keepsEscapes: modified == .prefix || modified == .suffix)
    let value = lookUp(name)
    if value == nil, lexer.keepsUnset { return "${\(name)\(String(decoding: modifier() + word.utf8, as: UTF8.self))}" }
    let counts = value.map { !(emptyIsUnset && $0.isEmpty) } ?? false
    switch modified {
    case nil: throw unsupported(modifier(), at: start)
    case .default: return counts ? value ?? "" : word
    case .alternative: return counts ? word : ""
    case .required:
      if counts { return value ?? "" }
      let reason = value == nil ? "is not allowed to be unset" : "is not allowed to be empty"
      throw ExpansionFailure(message: "\(name): \(word.isEmpty ? reason : word)", variable: name)
    case .prefix, .suffix:
      let greedy = word.utf8.first == operation
      let pattern = try ShellPattern(greedy ? String(word.unicodeScalars.dropFirst()) : word)
      let text = value ?? ""
      return modified == .prefix
        ? pattern.trimPrefix(text, greedy: greedy) : pattern.trimSuffix(text, greedy: greedy)
    }
  }

  /// What stands behind the name in `${name…}`.
  private enum Modifier: UInt8 {
    case `default` = 0x2D
    case alternative = 0x2B
    case required = 0x3F
    case prefix = 0x23
    case suffix = 0x25
  }

  /// - Parameter end: the index behind the modifier's first byte, which may not be its last.
  private func unsupported(_ modifier: [UInt8], at end: Int) -> ExpansionFailure {
    let scalar = modifier + bytes[end...].prefix { $0 & 0xC0 == 0x80 }
    return syntax("unsupported modifier (\(String(decoding: scalar, as: UTF8.self))) in a substitution")
  }

  private mutating func replace(_ name: String) throws(ExpansionFailure) -> String {
    let all = peek == 0x2F
    if all { position += 1 }
    let pattern = try inner(until: 0x2F, keepsEscapes: true)
    let replacement = try inner(until: 0x7D, keepsEscapes: true)
    let value = lookUp(name)
    if value == nil, lexer.keepsUnset { return "${\(name)/\(pattern)/\(replacement)}" }
    return try ShellPattern(pattern).replace(in: value ?? "", with: replacement, all: all)
  }

  /// The name at the position: digits, one special character, or letters, digits and `_`.
  private mutating func name() -> String {
    let start = position
    guard let first = peek else { return "" }
    switch first {
    // @ * # ? - $ !
    case 0x40, 0x2A, 0x23, 0x3F, 0x2D, 0x24, 0x21: position += 1
    default:
      let isNumber = digit(at: position) > 0
      while position < bytes.endIndex {
        let byte = bytes[position]
        let length =
          if byte < 0x80, !isNumber {
            byte == 0x5F || byte.isASCIIAlphanumeric ? 1 : 0
          } else {
            isNumber ? digit(at: position) : max(digit(at: position), letter(at: position))
          }
        if length == 0 { break }
        position += length
      }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Length in bytes of the decimal digit at an index, 0 if there is none.
  private func digit(at index: Int) -> Int {
    let byte = bytes[index]
    if byte < 0x80 { return byte.isASCIIDigit ? 1 : 0 }
    guard let scalar = scalar(at: index), scalar.properties.generalCategory == .decimalNumber else { return 0 }
    return UTF8.width(scalar)
  }

  /// Length in bytes of the letter beyond ASCII at an index, 0 if there is none.
  private func letter(at index: Int) -> Int {
    guard let scalar = scalar(at: index) else { return 0 }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return UTF8.width(scalar)
    default: return 0
    }
  }

  private func scalar(at index: Int) -> Unicode.Scalar? {
    String(decoding: bytes[index...].prefix(4), as: UTF8.self).unicodeScalars.first
  }

  private mutating func lookUp(_ name: String) -> String? {
    let value = scope.value(of: name)
    if value != nil {
      if !matched.contains(name) { matched.append(name) }
    } else if !unmatched.contains(name) {
      unmatched.append(name)
    }
    return value
  }

  private func syntax(_ message: String) -> ExpansionFailure { ExpansionFailure(message: message) }
}
