import Lexer
import TestSupport
import Testing

@Suite("Expansion as BuildKit's shell lexer has it")
struct ShellLexerTests {
  struct Variables: VariableScope {
    var values: [String: String]
    func value(of name: String) -> String? { values[name] }
  }

  static let scope = Variables(values: [
    "x": "abcabc", "empty": "", "path": "/a/b/c.tar.gz", "y": "Y", "größe": "7", "nested": "x",
  ])

  @Test(
    "Operators",
    arguments: [
      ("$x", "abcabc"), ("${x}", "abcabc"), ("$unset", ""), ("$x.y", "abcabc.y"), ("${x}y", "abcabcy"), ("$größe", "7"),
      ("${x:-w}", "abcabc"), ("${unset:-w}", "w"), ("${empty:-w}", "w"), ("${empty-w}", ""), ("${unset-w}", "w"),
      ("${x:+w}", "w"), ("${unset:+w}", ""), ("${empty:+w}", ""), ("${empty+w}", "w"), ("${unset+w}", ""),
      ("${x:?no}", "abcabc"), ("${empty?no}", ""), ("${unset:-${y}}", "Y"), ("${unset:-${also:-deep}}", "deep"),
      ("${path#*/}", "a/b/c.tar.gz"), ("${path##*/}", "c.tar.gz"), ("${path%.*}", "/a/b/c.tar"),
      ("${path%%.*}", "/a/b/c"),
      ("${x#a}", "bcabc"), ("${x#b}", "abcabc"), ("${x%c}", "abcab"), ("${x##*b}", "c"), ("${x%%b*}", "a"),
      ("${x/b/-}", "a-cabc"), ("${x//b/-}", "a-ca-c"), ("${x/?c/}", "aabc"), ("${x//c/}", "abab"),
      ("${path//\\//_}", "_a_b_c.tar.gz"),
      ("${unset#a}", ""), ("${unset/a/b}", ""), ("$1", ""), ("$@", ""), ("$$", ""), ("$?", ""), ("$.", "$."),
      ("$", "$"),
      ("a$", "a$"), ("100%", "100%"),
    ])
  func operators(text: String, expected: String) throws {
    #expect(try ShellLexer().expand(text, in: Self.scope).result == expected)
  }

  @Test(
    "Quotes and escapes",
    arguments: [
      ("'$x'", "$x"), ("\"$x\"", "abcabc"), ("\\$x", "$x"), ("\"\\$x\"", "$x"), ("\"\\a\"", "\\a"), ("\\a", "a"),
      ("'a\\'", "a\\"), ("a\"b c\"'d e'", "ab cd e"), ("\"a'b\"", "a'b"), ("'a\"b'", "a\"b"), ("\\\\", "\\"),
      ("\"\\\\\"", "\\"), ("\"\\\"\"", "\""), ("a\\", "a"), ("''", ""), ("`x`", "`x`"),
    ])
  func quotes(text: String, expected: String) throws {
    #expect(try ShellLexer().expand(text, in: Self.scope).result == expected)
  }

  @Test(
    "Errors",
    arguments: [
      "'a", "\"a", "${x", "${", "${}", "${:-a}", "${{x}", "${x:=a}", "${x=a}", "${.}", "${x:#a}", "${x!}", "${x/a",
      "${x:",
      "${unset:?}", "${empty:?no}", "${unset?no}", "\"${x\"",
    ])
  func errors(text: String) {
    #expect(throws: ExpansionFailure.self) { try ShellLexer().expand(text, in: Self.scope) }
  }

  @Test("A failure for want of a variable names it")
  func failureNamesVariable() {
    do throws(ExpansionFailure) {
      _ = try ShellLexer().expand("${unset:?it is needed}", in: Self.scope)
      Issue.record("it was expanded")
    } catch {
      #expect(error.variable == "unset")
      #expect(error.message == "unset: it is needed")
    }
  }

  @Test("The backtick is the escape character where the file says so")
  func backtick() throws {
    let lexer = ShellLexer(escape: 0x60)
    #expect(try lexer.expand("c:\\dir `$x \"`\"\"", in: Self.scope).result == "c:\\dir $x \"")
  }

  @Test("Words are cut at white space that stands outside of quotes, in the result of variables too")
  func words() throws {
    let scope = Variables(values: ["two": "1 2"])
    func words(_ text: String) throws -> [String] {
      try ShellLexer().words(of: Array(text.utf8)[...], in: scope).words
    }
    #expect(
      try words("a  $two \"b c\" 'd'e \\ f") == ["a", "1", "2", "b c", "de", " f"])
    #expect(try words("\"$two\"") == ["1 2"])
    #expect(try words(" \u{A0}\u{3000} ") == [])
  }

  @Test("What was used is told apart by whether it was set")
  func matches() throws {
    let expansion = try ShellLexer().expand("$x ${unset:-$y} $x $unset ${gone+1}", in: Self.scope)
    #expect(expansion.matched == ["x", "y"])
    #expect(expansion.unmatched == ["unset", "gone"])
  }

  @Test("What is not set stays where that is asked for")
  func keepsUnset() throws {
    var lexer = ShellLexer()
    lexer.keepsUnset = true
    #expect(try lexer.expand("$x $u ${u} ${u:-w} ${u/a/b}", in: Self.scope).result == "abcabc $u ${u} ${u:-w} ${u/a/b}")
  }

  @Test("Nesting is bounded, and any text ends", arguments: 0..<300)
  func anyText(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let text = String(
      decoding: random.mutated(Array("${x:-\"$y\"}/${path##*/} '${x//b/${y}}' \\$x".utf8)), as: UTF8.self)
    _ = try? ShellLexer().expand(text, in: Self.scope)
    let deep = String(repeating: "${a:-", count: 10_000)
    #expect(throws: ExpansionFailure.self) { try ShellLexer().expand(deep, in: EmptyScope()) }
  }
}
