import AST
import Diagnostics
import Lexer

/// BuildKit's MaintainerDeprecated.
enum MaintainerDeprecated: LintRule {
  static let rule = Rule(
    "clawfile/maintainer-deprecated", .warning, "MAINTAINER is deprecated",
    explanation: "Use the label 'org.opencontainers.image.authors' instead.",
    bad: "FROM scratch\nMAINTAINER me\n", good: "FROM scratch\nLABEL org.opencontainers.image.authors=\"me\"\n",
    aliases: ["MaintainerDeprecated", "DL4000"])

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for index in context.file.indices(of: .keyword(.maintainer)) {
      let instruction = context.file.instructions[index]
      guard case .maintainer(let name) = instruction.body else { continue }
      var fixes: [FixIt] = []
      if !instruction.line.text.isJoined, !name.text.utf8.contains(where: { "\"\\$`".utf8.contains($0) }) {
        fixes = [
          FixIt(
            "use a label", replace: context.file.location(instruction.line.textRange),
            with: "LABEL org.opencontainers.image.authors=\"\(name.text)\"", isSafe: false)
        ]
      }
      bag.report(
        rule, at: context.location(index), "MAINTAINER is deprecated",
        help: "use LABEL org.opencontainers.image.authors", fixes: fixes)
    }
  }
}
