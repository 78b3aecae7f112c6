import Source

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
    self.init(Array(word.utf8)[...])
  }

  private init?(_ word: ArraySlice<UInt8>) {
    var rest = word.drop { $0.isASCIIDigit }
    guard rest.count > 2, rest[rest.startIndex] == 0x3C, rest[rest.startIndex + 1] == 0x3C else { return nil }
    rest = rest.dropFirst(2)
    chomps = rest.first == 0x2D
    if chomps { rest = rest.dropFirst() }
    rest = rest.drop { $0 < 0x80 && WhiteSpace.isLatinSpace($0) }
    guard !rest.isEmpty, !rest.contains(0x3C) else { return nil }
    if rest.allSatisfy(Self.isOrdinary) {
      name = String(decoding: rest, as: UTF8.self)
      expands = true
      return
    }
    var lexer = ShellLexer()
    lexer.keepsUnset = true
    guard let plain = try? lexer.words(of: rest, in: EmptyScope()).words, plain.count == 1 else { return nil }
    lexer.keepsQuotes = true
    guard let raw = try? lexer.words(of: rest, in: EmptyScope()).words, raw.count == 1 else { return nil }
    name = plain[0]
    expands = Self.quotes(plain[0]) == Self.quotes(raw[0])
  }

  /// What no quote and no variable can be made of.
  private static func isOrdinary(_ byte: UInt8) -> Bool {
    byte == 0x5F || byte.isASCIIAlphanumeric
  }

  /// The markers of a line in which quotes, variables and escapes have no part; nil for any other.
  private static func plain(in line: ArraySlice<UInt8>) -> [HeredocMarker]? {
    var markers: [HeredocMarker] = []
    var start = line.startIndex
    var hasAngle = false
    for index in line.indices {
      switch line[index] {
      case 0x22, 0x24, 0x27, 0x5C, 0x80...: return nil
      case 0x3C:
        // Blanks behind '<<' belong to the marker.
        if hasAngle, line[index - 1] == 0x3C, index + 1 == line.endIndex || line[index + 1] <= 0x20 { return nil }
        hasAngle = true
      case 0x09...0x0D, 0x20:
        if hasAngle, let marker = HeredocMarker(line[start..<index]) { markers.append(marker) }
        start = index + 1
        hasAngle = false
      default: break
      }
    }
    if hasAngle, let marker = HeredocMarker(line[start...]) { markers.append(marker) }
    return markers
  }

  private static func quotes(_ text: String) -> Int {
    text.utf8.count { $0 == 0x22 || $0 == 0x27 }
  }

  /// The markers of an instruction's line. A line that can't be lexed as shell words has none.
  package static func all(in line: ArraySlice<UInt8>) -> [HeredocMarker] {
    if let markers = plain(in: line) { return markers }
    var lexer = ShellLexer()
    lexer.keepsQuotes = true
    lexer.keepsEscapes = true
    lexer.keepsUnset = true
    var expansion = ShellExpansion(lexer: lexer, scope: EmptyScope(), bytes: line)
    guard let output = try? expansion.whole(cutsWords: true) else { return [] }
    return output.words.compactMap { range in
      let word = output.bytes[range]
      return word.contains(0x3C) ? HeredocMarker(word: String(decoding: word, as: UTF8.self)) : nil
    }
  }
}
