import AST
import Diagnostics
import Lexer

/// A heredoc where there can be none.
enum HeredocInExec: LintRule {
  static let rule = Rule(
    "clawfile/heredoc-in-exec", .warning, "CMD, ENTRYPOINT or HEALTHCHECK has a heredoc, which it can't",
    explanation: """
      Only RUN, COPY and ADD take heredocs. Elsewhere '<<EOF' is text for the shell, and the lines below are instructions.
      """,
    bad: "FROM scratch\nCMD <<EOF\n", good: "FROM scratch\nCOPY <<EOF /start\nEOF\nCMD [\"/start\"]\n")

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for index in context.file.indices(of: .keyword(.cmd, .entrypoint, .healthcheck)) {
      let instruction = context.file.instructions[index]
      let range: Range<Int>
      switch instruction.body {
      case .cmd(.shell(let text)), .entrypoint(.shell(let text)), .healthcheck(.shell(let text)?): range = text
      default: continue
      }
      guard !HeredocMarker.all(in: instruction.line.text.bytes[range]).isEmpty else { continue }
      bag.report(
        rule, at: context.location(index, range), "\(context.keyword(index).uppercased()) can't have a heredoc",
        help: "write the script with COPY and name it here")
    }
  }
}
