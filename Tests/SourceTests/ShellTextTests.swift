import Source
import Testing

@Suite("Words for shells")
struct ShellTextTests {
  @Test("Quotes, also where an accent stands behind one")
  func quotes() {
    #expect(ShellText.quoted("it's") == "'it'\\''s'")
    // To Swift, the quote and the accent are one character.
    #expect(Array(ShellText.quoted("a'\u{301}b").utf8) == Array("'a'\\''\u{301}b'".utf8))
    #expect(ShellText.word("") == "''" && ShellText.word("a/b.c=1") == "a/b.c=1" && ShellText.word("a b") == "'a b'")
  }
}
