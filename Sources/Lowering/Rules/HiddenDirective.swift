import AST
import Diagnostics
import Lexer
import Source

/// A parser directive that comes too late.
enum HiddenDirective: LintRule {
  static let rule = Rule(
    "clawfile/hidden-directive", .warning, "A parser directive has no effect: something stands above it",
    explanation: """
      '# syntax=', '# escape=' and '# check=' count only at the very top, before any comment, blank line or instruction.
      """,
    bad: "# my image\n# escape=`\nFROM scratch\n", good: "# escape=`\n# my image\nFROM scratch\n")

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    let file = context.file
    let firstLine = file.instructions.first?.line.firstLine ?? .max
    let duplicates = Set(bag.diagnostics.filter { $0.rule == LexicalRules.duplicateDirective }.map(\.location.range))
    let pragmas = file.instructions.first?.line.comments ?? 0..<0
    for (number, comment) in file.comments.enumerated() where comment.line < firstLine {
      if file.parserDirectives.contains(where: { $0.range == comment.range }) { continue }
      guard let name = name(file.file.text(comment.range)) else { continue }
      // One that is there twice is an error of its own.
      if duplicates.contains(comment.range) { continue }
      // Directly above an instruction, '# check=' is for that one.
      if name == "check", pragmas.contains(number) { continue }
      if ShebangHidesDirective.isShebang(file), name == "escape" { continue }
      bag.report(
        rule, at: file.location(comment.range), "'# \(name)=' has no effect here",
        help: "move it to the top of the file")
    }
  }

  /// The directive that a comment would be at the top of the file.
  static func name(_ comment: String) -> String? {
    let text = comment.drop { $0 == "#" }.drop { $0 == " " || $0 == "\t" }
    for name in ["syntax", "escape", "check"] where text.lowercased().utf8.starts(with: name.utf8) {
      if text.dropFirst(name.count).drop(while: { $0 == " " || $0 == "\t" }).first == "=" { return name }
    }
    return nil
  }
}
