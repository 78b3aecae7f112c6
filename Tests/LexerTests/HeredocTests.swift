import Lexer
import Source
import Testing

@Suite("Heredocs")
struct HeredocTests {
  @Test(
    "Which words ask for one, and for which",
    arguments: [
      ("<<EOF", "EOF"), ("<<-EOF", "EOF -"), ("3<<EOF", "EOF"), ("<<\"EOF\"", "EOF '"), ("<<'E F'", "E F '"),
      ("<<\\EOF", "EOF"),
      ("<<E'O'F", "EOF '"), ("<< EOF", "EOF"), ("<<-\tEOF", "EOF -"), ("<<$X", "$X"), ("<<<EOF", nil), ("<EOF", nil),
      ("<<", nil),
      ("<<-", nil), ("a<<EOF", nil), ("<<A<<B", nil), ("<<A B", nil), ("<<''", nil), ("<<'A", nil),
      ("<<${X:-a}", "${X:-a}"),
    ] as [(String, String?)])
  func marker(word: String, expected: String?) {
    let marker = HeredocMarker(word: word)
    #expect(marker.map { $0.name + ($0.chomps ? " -" : "") + ($0.expands ? "" : " '") } == expected)
  }

  @Test(
    "Which instructions have how many",
    arguments: [
      ("RUN <<A\nA", 1), ("COPY <<A /x\nA", 1), ("ADD <<A /x\nA", 1), ("run <<A\nA", 1), ("ONBUILD RUN <<A\nA", 1),
      ("ONBUILD ONBUILD RUN <<A\nA", 0), ("RUN cat <<A <<B\nA\nB", 2), ("RUN <<A <<A\nA\nA", 2), ("CMD <<A\nA", 0),
      ("ENTRYPOINT <<A\nA", 0), ("ENV x=<<A\nA", 0), ("RUN echo \"<<A\"\nA", 0), ("RUN echo '<<A'\nA", 0),
      ("RUN echo \\<<A\nA", 0),
      ("RUN cat <<< A\nA", 0), ("RUN echo $((1<<2))\n2", 0), ("RUN [\"<<A\"]\nA", 0), ("RUN [ x ] <<A\nA", 1),
      ("RUN it's <<A\nA", 0), ("CONFIGURE <<A\nA", 1), ("CONFIGURE cat <<A\nA", 0), ("CONFIGURE <<A b\nA", 0),
      ("AGENT <<A\nA", 0),
      ("RUN --mount=type=tmpfs,target=/x <<A\nA", 1), ("RUN cat <<A && \\\n cat <<B\nA\nB", 2),
      ("RUN cat > /x<<A\nA", 0),
    ])
  func count(text: String, count: Int) {
    let (file, rules) = ClawfileFixture.lex(text)
    #expect(file.instructions.first?.heredocs.count == count)
    #expect(rules == [])
  }

  @Test(
    "Where a body ends",
    arguments: [
      ("RUN <<A\nx\nA\nRUN y", "x\n", "A", 2), ("RUN <<-A\n\tx\n\t\tA\nRUN y", "\tx\n", "\t\tA", 2),
      ("RUN <<A\n A\nA \nA\n", " A\nA \n", "A", 1),
      ("RUN <<A\nx\r\nA\r\n", "x\r\n", "A", 1), ("RUN <<A\nA", "", "A", 1),
      ("RUN <<A \\\n && b\nx\nA\n", "x\n", "A", 1),
      ("RUN <<A\n# c\n\\\nFROM x\nA\n# d", "# c\n\\\nFROM x\n", "A", 1), ("RUN <<A\n\n\nA", "\n\n", "A", 1),
      ("RUN <<-A\n A\n\tA", " A\n", "\tA", 1),
      ("RUN <<\"a b\"\nx\na b\n", "x\n", "a b", 1), ("RUN <<$X\nx\n$X\n", "x\n", "$X", 1),
    ])
  func body(text: String, body: String, terminator: String, instructions: Int) throws {
    let (file, rules) = ClawfileFixture.lex(text)
    let heredoc = try #require(file.instructions.first?.heredocs.first)
    #expect(file.file.text(heredoc.body) == body)
    #expect(file.file.text(heredoc.terminator) == terminator)
    #expect(file.instructions.count == instructions)
    #expect(rules == [])
  }

  @Test(
    "One without an end takes the rest of the file and is an error",
    arguments: ["RUN <<A", "RUN <<A\nx\n", "RUN <<A <<B\nA\nx"])
  func unterminated(text: String) throws {
    let (file, rules) = ClawfileFixture.lex(text)
    #expect(rules == ["clawfile/unterminated-heredoc"])
    #expect(file.instructions.first?.heredocs.last?.body.upper == text.utf8.count)
  }
}
