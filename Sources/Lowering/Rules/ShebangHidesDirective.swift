import AST
import Diagnostics
import Lexer
import Source

/// `# escape=` below `#!`.
enum ShebangHidesDirective: LintRule {
  static let rule = Rule(
    "clawfile/shebang-hides-directive", .warning, "'# escape=' below a '#!' line has no effect",
    explanation: """
      BuildKit skips a '#!' line when it looks for '# syntax=' and '# check=', but not when it looks for '# escape='.
      """,
    bad: "#!/usr/bin/env docker-build\n# escape=`\nFROM scratch\n", good: "# escape=`\nFROM scratch\n")

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    let file = context.file
    guard isShebang(file) else { return }
    for comment in file.comments.dropFirst() {
      guard let name = HiddenDirective.name(file.file.text(comment.range)) else { break }
      guard name == "escape" else { continue }
      bag.report(
        rule, at: file.location(comment.range), "'# escape=' has no effect below '#!'", help: "remove the '#!' line",
        labels: [.init(file.location(file.comments[0].range), "the '#!' line")])
    }
  }

  /// Whether the file starts with `#!`.
  static func isShebang(_ file: Clawfile) -> Bool { file.file.bytes.starts(with: "#!".utf8) }
}
