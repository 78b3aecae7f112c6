import Lexer
import Source
import Testing

@Suite("Lines of a Clawfile are cut where BuildKit cuts them")
struct ClawfileLineTests {
  @Test(
    "Continuations",
    arguments: [
      ("RUN a \\\n b", ["1-2 RUN|a  b"]), ("RUN a\\\nb", ["1-2 RUN|ab"]), ("RUN a \\  \t\n b", ["1-2 RUN|a  b"]),
      ("RUN a \\\\\nRUN b", ["1-1 RUN|a \\\\", "2-2 RUN|b"]),
      ("RUN a \\\\\\\nRUN b", ["1-1 RUN|a \\\\\\", "2-2 RUN|b"]),
      ("RUN a \\\u{B}\nRUN b", ["1-1 RUN|a \\", "2-2 RUN|b"]), ("RUN a \\", ["1-1 RUN|a"]),
      ("\\\nRUN a", ["1-2 RUN|a"]),
      ("RUN a \\\n# comment\n b", ["1-3 RUN|a  b"]), ("RUN a \\\n  # comment \\\n b", ["1-3 RUN|a  b"]),
      ("RUN a \\\n\n\n b", ["1-4 RUN|a  b"]), ("RUN a # text \\\n b", ["1-2 RUN|a # text  b"]),
      ("RUN a \\\r\n b\r\n", ["1-2 RUN|a  b"]), ("RUN a \\\r\n# c\r\n b\r\n", ["1-3 RUN|a  b"]),
      ("RUN a \\\nFROM b", ["1-2 RUN|a FROM b"]),
      ("R\\\nUN x", ["1-2 RUN|x"]), ("RUN a \\\n\\\n b", ["1-3 RUN|a  b"]), ("RUN a `\n b", ["1-1 RUN|a `", "2-2 b|"]),
      ("# escape=`\nRUN a `\n b", ["2-3 RUN|a  b"]), ("# escape=`\nRUN a \\\nRUN b", ["2-2 RUN|a \\", "3-3 RUN|b"]),
    ])
  func continuations(text: String, lines: [String]) { #expect(ClawfileFixture.lines(text) == lines) }

  @Test(
    "White space, line ends and byte order marks",
    arguments: [
      ("\u{FEFF}FROM a", ["1-1 FROM|a"]), ("\n\u{FEFF}FROM a", ["2-2 \u{FEFF}FROM|a"]), ("  \tFROM a", ["1-1 FROM|a"]),
      ("\u{A0}RUN a", ["1-1 RUN|a"]), ("RUN\u{A0}a", ["1-1 RUN\u{A0}a|"]), ("RUN\ta\u{B}", ["1-1 RUN|a"]),
      ("RUN a\r", ["1-1 RUN|a"]),
      ("FROM a\rRUN b", ["1-1 FROM|a\rRUN b"]), ("RUN\r\n", ["1-1 RUN|"]), ("", []), ("\n \n\t\n", []),
      ("# only\n", []),
    ])
  func whiteSpace(text: String, lines: [String]) { #expect(ClawfileFixture.lines(text) == lines) }

  @Test(
    "Flags are the leading words with two dashes",
    arguments: [
      ("RUN --a --b=c d --e", ["1-1 RUN|--a|--b=c|d --e"]), ("RUN -- --a", ["1-1 RUN|--a"]), ("RUN -a", ["1-1 RUN|-a"]),
      ("RUN --a=\"b c\" d", ["1-1 RUN|--a=b c|d"]), ("RUN --a='b c' d", ["1-1 RUN|--a=b c|d"]),
      ("RUN --a=b\\ c d", ["1-1 RUN|--a=b c|d"]),
      ("RUN --a", ["1-1 RUN|--a|"]), ("RUN --a \\\n --b c", ["1-2 RUN|--a|--b|c"]),
      ("RUN \"--a\" b", ["1-1 RUN|\"--a\" b"]),
    ])
  func flags(text: String, lines: [String]) { #expect(ClawfileFixture.lines(text) == lines) }

  @Test(
    "Parser directives stand at the top, each once",
    arguments: [
      ("# escape=`\nFROM a", ["escape=`"], []), ("#ESCAPE = ` \nFROM a", ["escape=`"], []),
      ("# syntax=a b\n# check=skip=all\nFROM a", ["syntax=a b", "check=skip=all"], []),
      ("# a comment\n# escape=`\nFROM a", [], []),
      ("\n# escape=`\nFROM a", [], []), ("# foo=bar\n# escape=`\nFROM a", [], []), ("FROM a\n# escape=`", [], []),
      ("# escape=`\n# escape=`\nFROM a", ["escape=`"], ["clawfile/duplicate-parser-directive"]),
      ("# escape=x\nFROM a", ["escape=x"], ["clawfile/invalid-escape"]),
      ("#!/bin/x\n# syntax=a\nFROM a", ["syntax=a"], []),
      ("#!/bin/x\n# escape=`\nFROM a", [], []), ("\u{FEFF}# escape=`\nFROM a", ["escape=`"], []),
      ("# escape=\nFROM a", [], []),
    ])
  func directives(text: String, directives: [String], rules: [String]) {
    let (file, found) = ClawfileFixture.lex(text)
    #expect(file.directives.map { "\($0.name)=\($0.value)" } == directives)
    #expect(found == rules)
  }

  @Test("Comments belong to the instruction below them, unless a blank line or an empty comment parts them")
  func comments() {
    let text = "# a\n\n# b\n# c\nFROM x\n# d\n#\n# e\nRUN y \\\n # f\n z\n# g"
    let file = ClawfileFixture.lex(text).file
    func lines(_ range: Range<Int>) -> [Int] { range.map { file.comments[$0].line } }
    #expect(file.comments.map(\.line) == [1, 3, 4, 6, 7, 8, 10, 12])
    #expect(lines(file.instructions[0].comments) == [3, 4])
    #expect(lines(file.instructions[1].comments) == [8])
    #expect(lines(file.instructions[1].innerComments) == [10])
  }

  @Test("A line of 65,535 bytes with its end is read, a longer one is not", arguments: [(65_531, 0), (65_532, 1)])
  func longLines(count: Int, findings: Int) {
    let text = "RUN " + String(repeating: "a", count: count - 0)
    // Without a line feed the limit is one byte less; with it, the buffer holds exactly 65,536.
    #expect(ClawfileFixture.lex(text).rules.count == findings)
    #expect(ClawfileFixture.lex("FROM a\n" + text + "\n").rules.count == (count + 5 > 65_536 ? 1 : 0))
  }

  @Test("Every index of a joined text knows its byte in the file")
  func offsets() throws {
    let text = "RUN a\\\n# c\n\n b\\\nc\n"
    let file = ClawfileFixture.lex(text).file
    let line = try #require(file.instructions.first)
    let bytes = Array(text.utf8)
    for index in line.text.bytes.indices { #expect(bytes[line.text.offset(of: index)] == line.text.bytes[index]) }
    #expect(line.range == SourceRange(0, bytes.count))
    #expect(line.hasEmptyContinuation)
  }
}
