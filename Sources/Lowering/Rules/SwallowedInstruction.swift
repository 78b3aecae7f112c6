import AST
import Diagnostics
import Lexer
import Source

/// A continuation that takes the next instruction with it.
enum SwallowedInstruction: LintRule {
  static let rule = Rule(
    "clawfile/swallowed-instruction", .warning, "A continuation swallows a line that looks like an instruction",
    explanation: """
      The line above ends in a continuation character, so this one is part of that instruction and not one of its own. \
      Remove the character, or indent the line if it is meant to be text.
      """,
    bad: "FROM scratch\nRUN a \\\nCOPY b /\n", good: "FROM scratch\nRUN a\nCOPY b /\n")

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    let file = context.file.file
    for index in context.file.indices(with: .capitalContinuation) {
      let line = context.file.instructions[index].line
      for number in line.firstLine + 1...line.lastTextLine {
        let range = file.lines.range(ofLine: number)
        // Almost every such line is indented.
        guard !range.isEmpty, file.bytes[range.lower] >= 0x41, file.bytes[range.lower] <= 0x5A else { continue }
        let bytes = file.slice(range)
        let word = bytes.prefix { $0 >= 0x41 && $0 <= 0x5A }
        guard word.count >= 3, DockerInstruction(word) != nil,
          let next = bytes.dropFirst(word.count).first, next == 0x20 || next == 0x09
        else { continue }
        let name = String(decoding: word, as: UTF8.self)
        bag.report(
          rule, at: context.file.location(SourceRange(range.lower, range.lower + word.count)),
          "'\(name)' is part of the instruction above",
          help: "remove the continuation character at the end of the line above, or indent this line",
          labels: [.init(context.file.location(line.keywordRange), "this instruction goes on")])
      }
    }
  }
}
