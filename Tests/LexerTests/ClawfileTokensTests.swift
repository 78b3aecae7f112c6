import Diagnostics
import Lexer
import Source
import Testing
import TestSupport

@Suite("Tokens for editors")
struct ClawfileTokensTests {
  static func dump(_ text: String) -> [String] {
    let file = ClawfileFixture.lex(text).file
    return ClawfileTokens.tokens(of: file, directives: ["MODEL", "CONFIGURE"])
      .map { "\($0.kind) ‹\(file.file.text($0.range))›" }
  }

  @Test("Each part of an instruction has its kind")
  func kinds() {
    #expect(
      Self.dump(
        "# escape=\\\n# c\nRUN --mount=x a \\\n # in\n  b <<A 'q <<A'\nbody\nA\nCMD [\"x\"]\nMODEL a b\nONBUILD RUN x\nWHAT y"
      )
        == [
          "parserDirective ‹# escape=\\›", "comment ‹# c›", "keyword ‹RUN›", "flag ‹--mount=x›", "text ‹a ›",
          "continuation ‹\\›",
          "comment ‹# in›", "text ‹  b ›", "heredocMarker ‹<<A›", "text ‹ 'q <<A'›", "heredocBody ‹body›",
          "heredocTerminator ‹A›",
          "keyword ‹CMD›", "json ‹[\"x\"]›", "directiveKeyword ‹MODEL›", "text ‹a b›", "keyword ‹ONBUILD›",
          "keyword ‹RUN›", "text ‹ x›",
          "text ‹WHAT›", "text ‹y›",
        ])
  }

  @Test("Tokens of any bytes are in order, lie in the file and leave out only white space", arguments: 0..<300)
  func anyBytes(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let bytes = random.mutated(Array("FROM a\nRUN --x b \\\n# c\n <<A <<B\nx\nA\ny\nB\nCMD [\"a\"]\nMODEL a\n".utf8))
    let file = ClawfileFixture.lex(bytes).file
    var last = 0
    for token in ClawfileTokens.tokens(of: file, directives: ["MODEL"]) {
      #expect(token.range.lower >= last && token.range.upper <= bytes.count && !token.range.isEmpty)
      #expect(!bytes[token.range.lower..<token.range.upper].contains(0x0A))
      last = token.range.upper
    }
  }
}
