import AST
import Diagnostics
import Lexer
import Source

/// A label below `claw.` that no directive wrote.
enum ReservedLabel: LintRule {
  static let rule = Rule(
    "clawfile/reserved-label", .warning, "LABEL sets a label that is claw's",
    explanation: """
      Labels below 'claw.' are how claw reads an image's directives back. One that is written by hand is overwritten, or it \
      says something of the image that its directives do not. Write the directive, or use another key.
      """,
    bad: "FROM scratch\nCLAW_TYPE generic\nLABEL claw.type=openclaw\n",
    good: "FROM scratch\nCLAW_TYPE generic\nLABEL team.type=openclaw\n")

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    // A Dockerfile without directives has no other way to say what it is made for.
    guard context.file.hasDirectives else { return }
    for index in context.file.indices(of: .keyword(.label)) {
      let instruction = context.file.instructions[index]
      guard case .label(let pairs, _) = instruction.body else { continue }
      for pair in pairs where ComposeNames.isOwnLabel(pair.key.text) {
        if isGenerated(instruction.line.firstLine, context.file) { break }
        bag.report(
          rule, at: context.location(index, pair.key.range), "the label '\(pair.key.text)' is claw's",
          help: "write the directive that it stands for, or use another key")
      }
    }
  }

  /// Whether a line stands in what an earlier compile wrote.
  private static func isGenerated(_ line: Int, _ file: Clawfile) -> Bool {
    let marks = file.comments.filter { comment in
      comment.line < line
        && ["# >>> claw", "# <<< claw"].contains { file.file.text(comment.range).utf8.starts(with: $0.utf8) }
    }
    return marks.last.map { file.file.text($0.range).utf8.starts(with: "# >>>".utf8) } ?? false
  }
}
