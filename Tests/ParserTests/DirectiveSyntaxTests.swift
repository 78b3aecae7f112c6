import AST
import Directives
import Source
import Testing

@Suite("The syntax of Claw directives")
struct DirectiveSyntaxTests {
  @Test(
    "What lines say",
    arguments: [
      ("CLAW_TYPE generic", "CLAW_TYPE|generic"), ("claw_type generic", "CLAW_TYPE|generic"),
      ("AGENT \"a b.md\"", "AGENT|a b.md"), ("AGENT \"a\\\"b\\\\\"", "AGENT|a\"b\\"),
      ("AGENT a\"b", "AGENT|a\"b"), ("MODEL a  b/c", "MODEL|a|b/c"), ("MODEL a \\\n b/c", "MODEL|a|b/c"),
      ("MODEL a \"\"", "MODEL|a|"), ("TRACK apt pip", "TRACK|apt|pip"),
      ("SURFACE volume://a", "SURFACE|volume://a"), ("SURFACE volume://a ro", "SURFACE|volume://a|ro"),
      ("CLLAMA a b/c d/e", "CLLAMA|a|b/c|d/e"),
      ("CONFIGURE a \"b\" # c", "CONFIGURE|text|a \"b\" # c"), ("CONFIGURE --x y", "CONFIGURE|text|--x y"),
      ("CONFIGURE <<A\nx\ny\nA", "CONFIGURE|text|x\ny"),
      ("CONFIGURE <<-A\n\tx\n\t\ty\n\tA", "CONFIGURE|text|x\ny"), ("CONFIGURE <<'A'\n$x\nA", "CONFIGURE|text|$x"),
      ("CONFIGURE cat <<A", "CONFIGURE|text|cat <<A"),
      ("ACT a", "ACT|text|a"), ("ACT <<A\r\nx\r\n\r\ny\r\nA\r", "ACT|text|x\n\ny"),
      ("CONFIGURE <<-A\r\n\tx\r\n\tA\r", "CONFIGURE|text|x"), ("INVOKE 1 2 3 4 5 a b", "INVOKE|1|2|3|4|5|text|a b"),
      ("INVOKE 1\t2  3 4 5   a", "INVOKE|1|2|3|4|5|text|a"), ("INVOKE @daily a", "INVOKE|@daily|text|a"),
      ("INVOKE TZ=A/B 1 2 3 4 5 a", "INVOKE|TZ=A/B|1|2|3|4|5|text|a"),
      ("INVOKE TZ=A/B @daily a", "INVOKE|TZ=A/B|@daily|text|a"), ("PRIVILEGE cap X", "PRIVILEGE|cap|X"),
      ("HANDLE discord", "HANDLE|discord"), ("SKILL ./a.md", "SKILL|./a.md"), ("PERSONA a", "PERSONA|a"),
    ])
  func says(line: String, body: String) {
    #expect(ParserFixture.dump(line) == body)
    #expect(ParserFixture.findings(line) == [])
  }

  @Test(
    "What is refused",
    arguments: [
      ("CLAW_TYPE", "arity ‹CLAW_TYPE›"), ("CLAW_TYPE a b", "arity ‹CLAW_TYPE›"), ("MODEL a", "arity ‹MODEL›"),
      ("MODEL a b c", "arity ‹MODEL›"), ("TRACK", "arity ‹TRACK›"),
      ("CONFIGURE", "arity ‹CONFIGURE›"), ("CONFIGURE <<A\nA", "arity ‹CONFIGURE›"),
      ("INVOKE 1 2 3 4 5", "arity ‹INVOKE›"), ("INVOKE 1 2 3", "arity ‹INVOKE›"), ("INVOKE @daily", "arity ‹INVOKE›"),
      ("SURFACE a b c", "arity ‹SURFACE›"), ("AGENT \"a", "unterminated-quote ‹\"a›"),
      ("AGENT \"a\"b", "unterminated-quote ‹\"a\"b›"), ("AGENT --x a", "directive-flag ‹--x›"),
      ("AGENT a # b", "trailing-comment ‹# b›"), ("AGENT a\u{0}b", "control-character ‹\u{0}›"),
      ("CONFIGURE a\rb", "control-character ‹\r›"), ("MODLE a b", "unknown-directive ‹MODLE›"),
      ("ACT <<A\na\u{0}b\nA", "control-character ‹\u{0}›"), ("ACT <<A\na\rb\nA", "control-character ‹\r›"),
    ])
  func refused(line: String, finding: String) { #expect(ParserFixture.findings(line) == [finding]) }

  @Test("Every directive's own example is read without a finding", arguments: Directive.all.map(\.keyword))
  func examples(keyword: String) throws {
    let directive = try #require(Directive.named(keyword))
    #expect(ParserFixture.findings(directive.example) == [])
    #expect(ParserFixture.dump(directive.example).hasPrefix(keyword + "|"))
    #expect(!directive.summary.isEmpty && !directive.summary.hasSuffix("."))
    #expect(directive.keyword == directive.keyword.uppercased())
  }

  @Test("A value's range is the value's bytes")
  func ranges() throws {
    guard case .directive(let use) = ParserFixture.body("MODEL a \\\n  \"b/c\"") else {
      Issue.record("no directive")
      return
    }
    let file = ParserFixture.parse("FROM scratch\nMODEL a \\\n  \"b/c\"\n").tree.file
    #expect(use.words.map { file.text($0.range) } == ["a", "\"b/c\""])
  }
}
