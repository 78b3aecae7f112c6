import Source

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
  package var result: String
  /// Variables used that were set, in order of first use.
  package var matched: [String]
  /// Variables used that were not set, in order of first use.
  package var unmatched: [String]

  /// What a text gave.
  package init(result: String, matched: [String] = [], unmatched: [String] = []) {
    self.result = result
    self.matched = matched
    self.unmatched = unmatched
  }

  /// The value of a variable; notes whether it has one.
  fileprivate mutating func lookUp(_ name: String, in scope: any VariableScope) -> String? {
    let value = scope.value(of: name)
    if value != nil {
      if !matched.contains(name) { matched.append(name) }
    } else if !unmatched.contains(name) {
      unmatched.append(name)
    }
    return value
  }
}

/// Expands `$variables`, quotes and escapes as BuildKit's Dockerfile shell lexer does.
///
/// Source: behaviour of BuildKit's `frontend/dockerfile/shell`; the operators are those of POSIX shells that it knows.
package struct ShellLexer {
  /// The character that takes the meaning off the next one.
  package var escape: UInt8
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
    self.escape = escape
  }

  /// Expands a text.
  package func expand(_ text: String, in scope: any VariableScope) throws(ExpansionFailure) -> Expansion {
    if Self.isPlain(text) { return Expansion(result: text) }
    if let expansion = simple(text, in: scope) { return expansion }
    var run = ShellExpansion(lexer: self, scope: scope, bytes: Array(text.utf8)[...])
    let output = try run.whole(cutsWords: false)
    return Expansion(result: output.string, matched: run.matched, unmatched: run.unmatched)
  }

  /// Expands a text in which nothing but double quotes, `$name`, `${name}` and `${name:-text}` means something, as in
  /// almost all that are expanded; nil where there may be more to it.
  private func simple(_ text: String, in scope: any VariableScope) -> Expansion? {
    if keepsQuotes || keepsEscapes || ignoresQuotes || keepsUnset { return nil }
    var text = text
    return text.withUTF8 { bytes in
      var expansion = Expansion(result: "")
      var result: [UInt8] = []
      result.reserveCapacity(2 * bytes.count)
      var isQuoted = false
      var index = 0
      while index < bytes.count {
        let byte = bytes[index]
        index += 1
        switch byte {
        case 0x27, 0x3C, 0x5C, 0x60, 0x80...: return nil
        case 0x22: isQuoted.toggle()
        case 0x24:
          guard let (name, standIn) = Self.simpleName(bytes, &index) else { return nil }
          let value = expansion.lookUp(name, in: scope) ?? ""
          result.append(contentsOf: value.utf8)
          if value.isEmpty { result.append(contentsOf: bytes[standIn]) }
        default: result.append(byte)
        }
      }
      if isQuoted { return nil }
      expansion.result = String(decoding: result, as: UTF8.self)
      return expansion
    }
  }

  /// Takes the name from behind the `$`, and the place of what stands in for an unset or empty variable; nil if there is
  /// more to it.
  private static func simpleName(
    _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int
  ) -> (name: String, standIn: Range<Int>)? {
    let isBraced = index < bytes.count && bytes[index] == 0x7B
    if isBraced { index += 1 }
    let start = index
    while index < bytes.count, bytes[index] == 0x5F || bytes[index].isASCIIAlphanumeric { index += 1 }
    // A digit in front makes another kind of name.
    guard index > start, !bytes[start].isASCIIDigit, index == bytes.count || bytes[index] < 0x80 else { return nil }
    let name = String(decoding: bytes[start..<index], as: UTF8.self)
    guard isBraced else { return (name, index..<index) }
    var standIn = index..<index
    if index + 1 < bytes.count, bytes[index] == 0x3A, bytes[index + 1] == 0x2D {
      let text = bytes[(index + 2)...].prefix { $0 == 0x5F || $0.isASCIIAlphanumeric }
      standIn = text.startIndex..<text.endIndex
      index = text.endIndex
    }
    guard index < bytes.count, bytes[index] == 0x7D else { return nil }
    index += 1
    return (name, standIn)
  }

  /// Expands a text and cuts the result at unquoted white space.
  package func words(
    of text: ArraySlice<UInt8>, in scope: any VariableScope
  ) throws(ExpansionFailure) -> (words: [String], expansion: Expansion) {
    var run = ShellExpansion(lexer: self, scope: scope, bytes: text)
    let output = try run.whole(cutsWords: true)
    let words = output.words.map { String(decoding: output.bytes[$0], as: UTF8.self) }
    return (words, Expansion(result: output.string, matched: run.matched, unmatched: run.unmatched))
  }

  /// Whether a text comes out as it is, whatever the scope and the settings are: most do, and one pass over the bytes
  /// finds that out.
  package static func isPlain(_ text: String) -> Bool {
    text.utf8.withContiguousStorageIfAvailable { !isActive($0) } ?? !isActive(Array(text.utf8)[...])
  }

  /// Whether any of some bytes means something, or could be the escape character.
  static func isActive(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.withUnsafeBufferPointer { isActive($0) } }

  private static func isActive(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    // Without a way out of the loop, the compiler takes many bytes at once.
    func isSame(_ byte: UInt8, _ other: UInt8) -> UInt8 { byte == other ? 1 : 0 }
    var found: UInt8 = 0
    for byte in bytes {
      found |= isSame(byte, 0x24) | isSame(byte, 0x22) | isSame(byte, 0x27)
      found |= isSame(byte, 0x5C) | isSame(byte, 0x60) | isSame(byte, 0x3C)
    }
    return found != 0
  }
}
