package import AST
package import Diagnostics
import Lexer
import Source

/// A lint rule of Clawfiles: what it is called and means, and how it is found. One file each.
package protocol LintRule: Sendable {
  /// Its name, severity, explanation and examples.
  static var rule: Rule { get }
  /// Reports every place in a file that breaks it.
  static func check(_ context: LintContext, into bag: inout DiagnosticBag)
  /// When BuildKit looks for it; our own rules are looked for whatever happens.
  static var phase: LintPhase { get }
}

/// When BuildKit looks for a rule: where it stops with an error, it has not looked any further.
package enum LintPhase {
  /// While it reads the file.
  case syntax
  /// While it works out the base of each stage.
  case stages
  /// While it goes through the instructions.
  case instructions
}

extension LintRule {
  package static var phase: LintPhase { .syntax }
}

/// What a rule looks at.
package struct LintContext {
  /// The tree.
  package let file: Clawfile
  /// What a build would make of it.
  package let model: BuildModel

  /// Joins the two.
  package init(file: Clawfile, model: BuildModel) {
    self.file = file
    self.model = model
  }

  /// The place to report for an instruction: `range` if it starts on the instruction's first line, else the keyword.
  ///
  /// BuildKit reports whole instructions by their first line; a reader who compares must find the same line.
  func location(_ index: Int, _ range: SourceRange? = nil) -> Location {
    let line = file.instructions[index].line
    if let range, file.file.lines.line(at: range.lower) == line.firstLine { return file.location(range) }
    return file.location(line.keywordRange)
  }

  /// The place of indices of an instruction's text.
  func location(_ index: Int, _ range: Range<Int>) -> Location {
    location(index, file.instructions[index].line.text.source(range))
  }

  /// The keyword of an instruction as written.
  func keyword(_ index: Int) -> String {
    let line = file.instructions[index].line
    return line.text.string(line.keyword)
  }
}
