import AST
import Diagnostics
import Lexer
import Source

/// BuildKit's NoEmptyContinuation.
enum EmptyContinuation: LintRule {
  static let rule = Rule(
    "clawfile/empty-continuation", .warning, "A blank line stands inside a continued instruction",
    explanation: """
      BuildKit skips blank lines between continuation lines, and will refuse them one day. A comment line may stand there.
      """,
    bad: "FROM scratch\nCOPY a \\\n\n  /b\n", good: "FROM scratch\nCOPY a \\\n  /b\n", aliases: ["NoEmptyContinuation"])

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    let file = context.file
    for index in file.indices(with: .emptyContinuation) {
      let instruction = file.instructions[index]
      // BuildKit names the last line of the instruction.
      let line = file.file.lines.range(ofLine: instruction.line.lastTextLine)
      let text = file.file.slice(line)
      let first = text.firstIndex { $0 > 0x20 } ?? line.lower
      let last = (text.lastIndex { $0 > 0x20 } ?? line.lower) + 1
      bag.report(
        rule, at: file.location(SourceRange(first, last)), "this instruction has a blank line between its lines",
        help: "remove the blank line",
        labels: [.init(file.location(instruction.line.keywordRange), "the instruction starts here")])
    }
  }
}
