/// A `<<NAME` word of an instruction.
package struct HeredocMarker: Sendable, Equatable {
  /// The terminator that it asks for.
  package var name: String
  /// Whether no part of the name was quoted.
  package var expands: Bool
  /// Whether it is `<<-`.
  package var chomps: Bool

  /// The marker that a word is: `[fd]<<[-]NAME`, or nil.
  package init?(word: String) {
    var rest = Substring(word).utf8
    while let digit = rest.first, digit >= 0x30, digit <= 0x39 { rest.removeFirst() }
    guard rest.starts(with: "<<".utf8) else { return nil }
    rest = rest.dropFirst(2)
    chomps = rest.first == 0x2D
    if chomps { rest.removeFirst() }
    while let blank = rest.first, WhiteSpace.isLatinSpace(blank), blank < 0x80 { rest.removeFirst() }
    guard !rest.isEmpty, !rest.contains(0x3C) else { return nil }
    let text = String(Substring(rest))
    var lexer = ShellLexer()
    lexer.keepsUnset = true
    guard let plain = try? lexer.expand(text, in: EmptyScope()), plain.words.count == 1 else { return nil }
    lexer.keepsQuotes = true
    guard let raw = try? lexer.expand(text, in: EmptyScope()), raw.words.count == 1 else { return nil }
    name = plain.words[0]
    expands = Self.quotes(plain.words[0]) == Self.quotes(raw.words[0])
  }

  private static func quotes(_ text: String) -> Int {
    text.utf8.count { $0 == 0x22 || $0 == 0x27 }
  }

  /// The markers of an instruction's line. A line that can't be lexed as shell words has none.
  package static func all(in line: String) -> [HeredocMarker] {
    var lexer = ShellLexer()
    lexer.keepsQuotes = true
    lexer.keepsEscapes = true
    lexer.keepsUnset = true
    guard let words = try? lexer.expand(line, in: EmptyScope()).words else { return [] }
    return words.compactMap(HeredocMarker.init(word:))
  }
}
