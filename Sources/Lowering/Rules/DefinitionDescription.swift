import AST
import Diagnostics
import Lexer
import Source

/// BuildKit's InvalidDefinitionDescription.
enum DefinitionDescription: LintRule {
  static let rule = Rule(
    "clawfile/definition-description", .warning, "The comment above ARG or FROM does not describe it",
    explanation: """
      A comment directly above ARG or 'FROM … AS name' becomes its description if it starts with the name. Otherwise leave \
      a blank line between them.
      """,
    bad: "# check=experimental=all\n# the tag\nARG version=1\nFROM scratch\n",
    good: "# check=experimental=all\n# version the tag\nARG version=1\nFROM scratch\n",
    aliases: ["InvalidDefinitionDescription"], isExperimental: true)

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for index in context.file.indices(of: .keyword(.arg, .from)) {
      let instruction = context.file.instructions[index]
      let names: [String]
      switch instruction.body {
      case .arg(let assignments): names = assignments.map(\.key.text)
      case .from(let from): names = from.name.map { [$0.text.lowercased()] } ?? []
      default: continue
      }
      guard let name = names.first, let number = instruction.line.comments.last else { continue }
      let comment = context.file.comments[number]
      let text = context.file.file.text(comment.range).drop { $0 == "#" }.drop { $0 == " " || $0 == "\t" }
      let first = text.split(separator: " ", omittingEmptySubsequences: false).first.map(String.init) ?? ""
      if names.contains(where: { $0.utf8.elementsEqual(first.utf8) }) { continue }
      bag.report(
        rule, at: context.location(index),
        "the comment above does not start with '\(names.count > 1 ? "a name" : name)'",
        help: "write '# \(name) …', or put a blank line between them",
        labels: [.init(context.file.location(comment.range), "the comment")])
    }
  }
}
