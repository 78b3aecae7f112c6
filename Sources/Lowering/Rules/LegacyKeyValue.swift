import AST
import Diagnostics
import Lexer

/// BuildKit's LegacyKeyValueFormat.
enum LegacyKeyValue: LintRule {
  static let rule = Rule(
    "clawfile/legacy-key-value", .warning, "ENV or LABEL is written without '='",
    explanation:
      "'ENV name value' takes the rest of the line as the value. Write 'ENV name=value', with quotes where needed.",
    bad: "FROM scratch\nENV a b\n", good: "FROM scratch\nENV a=b\n", aliases: ["LegacyKeyValueFormat"])

  static let phase = LintPhase.instructions

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for index in context.file.indices(of: .keyword(.env, .label), with: .legacy) {
      let instruction = context.file.instructions[index]
      let assignments: [Assignment]
      switch instruction.body {
      case .env(let pairs, isLegacy: true), .label(let pairs, isLegacy: true): assignments = pairs
      default: continue
      }
      // ENV before the first FROM is another finding.
      guard let pair = assignments.first, let value = pair.value, index > (context.file.stages.first?.from ?? .max)
      else {
        continue
      }
      var fixes: [FixIt] = []
      let isPlain = !value.text.utf8.contains { "\"'\\$ \t`".utf8.contains($0) }
      if !instruction.line.text.isJoined {
        let quoted = isPlain ? value.text : nil
        if let quoted {
          fixes = [
            FixIt(
              "write '\(pair.key.text)=…'",
              replace: context.location(index, pair.key.range.lowerBound..<value.range.upperBound),
              with: "\(pair.key.text)=\(quoted)")
          ]
        }
      }
      let keyword = context.keyword(index)
      bag.report(
        rule, at: context.location(index, pair.key.range.lowerBound..<value.range.upperBound),
        "'\(keyword) \(pair.key.text)' is written without '='",
        help: "write '\(keyword) \(pair.key.text)=value'", fixes: fixes)
    }
  }
}
