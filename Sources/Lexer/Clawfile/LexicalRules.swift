package import Diagnostics

/// The rules that the Clawfile lexer reports.
package enum LexicalRules {
  package static let lineTooLong = Rule(
    "clawfile/line-too-long", .error, "A line is longer than BuildKit can read",
    explanation: """
      BuildKit reads a Dockerfile line by line through a buffer of 64 KiB. A longer line stops the build, inside a heredoc \
      with the misleading message that the heredoc has no end. Break it up, or put the text into a file and COPY that.
      """)

  package static let duplicateDirective = Rule(
    "clawfile/duplicate-parser-directive", .error, "A parser directive is there twice",
    explanation: "Each of '# syntax=', '# escape=' and '# check=' may stand at the top of the file once.",
    bad: "# escape=`\n# escape=\\\nFROM scratch\n", good: "# escape=`\nFROM scratch\n")

  package static let invalidEscape = Rule(
    "clawfile/invalid-escape", .error, "The escape character is neither a backslash nor a backtick",
    explanation: "'# escape=' takes a backslash (the default) or a backtick, which suits Windows paths.",
    bad: "# escape=x\nFROM scratch\n", good: "# escape=`\nFROM scratch\n")

  package static let unterminatedHeredoc = Rule(
    "clawfile/unterminated-heredoc", .error, "A heredoc has no end",
    explanation: """
      Everything behind the instruction belongs to the heredoc until a line that equals its name, and there is none. \
      The line must hold the name only: no blanks around it ('<<-' allows leading tabs).
      """,
    bad: "FROM scratch\nRUN <<EOF\necho hello\n", good: "FROM scratch\nRUN <<EOF\necho hello\nEOF\n")

  /// All of them.
  package static let all = [lineTooLong, duplicateDirective, invalidEscape, unterminatedHeredoc]
}
