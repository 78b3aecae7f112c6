import AST
import Diagnostics
import JSON
import Lexer

/// BuildKit's JSONArgsRecommended.
enum JSONFormRecommended: LintRule {
  static let rule = Rule(
    "clawfile/shell-form", .warning, "CMD or ENTRYPOINT is in shell form",
    explanation: """
      In shell form the program runs as a child of a shell that does not pass signals on, so that a stop takes ten seconds \
      and ends in a kill. The JSON form runs the program itself. Where a shell is wanted, say so with SHELL.
      """,
    bad: "FROM scratch\nCMD serve --port 80\n", good: "FROM scratch\nCMD [\"serve\", \"--port\", \"80\"]\n",
    aliases: ["JSONArgsRecommended", "DL3025"])

  static let phase = LintPhase.instructions

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for (number, stage) in context.file.stages.enumerated() {
      var hasShell = context.model.stages[number].parent.map { context.model.stages[$0].hasShell } ?? false
      for index in context.file.indices(of: .keyword(.shell, .cmd, .entrypoint), in: stage.body) {
        switch context.file.instructions[index].body {
        case .shell: hasShell = true
        case .cmd(.shell(let range)), .entrypoint(.shell(let range)):
          if !hasShell { report(index, range, context, &bag) }
        default: break
        }
      }
    }
  }

  private static func report(_ index: Int, _ range: Range<Int>, _ context: LintContext, _ bag: inout DiagnosticBag) {
    let line = context.file.instructions[index].line
    var fixes: [FixIt] = []
    let words = WordSplitter.blanks(line.text, range).map(line.text.string)
    // Only where no shell is needed to read the words.
    if !line.text.isJoined, !words.isEmpty,
      !words.joined().utf8.contains(where: { "$`'\"\\|&;<>(){}*?[]~#!=".utf8.contains($0) })
    {
      let json = JSONValue.array(words.map(JSONValue.string)).text().replacing("\",\"", with: "\", \"")
      fixes = [
        FixIt("write the JSON form", replace: context.location(index, range), with: json, isSafe: false)
      ]
    }
    let keyword = context.keyword(index).uppercased()
    bag.report(
      rule, at: context.location(index, range), "\(keyword) is in shell form: the program gets no signals",
      help: "write it as a JSON array", fixes: fixes)
  }
}
