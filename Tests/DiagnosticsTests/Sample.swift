import Diagnostics
import Source

/// Findings that the tests of the renderers share.
enum Sample {
  static let rule = Rule(
    "clawfile/sample", .error, "Something is wrong", explanation: "Do it better.", bad: "BAD\n", good: "GOOD\n",
    aliases: ["SampleRule", "DL0000"])
  static let note = Rule("clawfile/note", .info, "Worth knowing", explanation: "It is.")
  static let hint = Rule("clawfile/hint", .warning, "Probably wrong", explanation: "Look at it.")

  static let file = SourceFile(path: "a dir/Clawfile", text: "FROM scratch\nRUN\t👍 ünder \"x\"\nLAST\n")

  static func location(_ lower: Int, _ upper: Int, _ file: SourceFile = file) -> Location {
    Location(file, SourceRange(lower, upper))
  }

  /// One of each: an error with a label and a fix, a warning at the end, a note.
  static var bag: DiagnosticBag {
    var bag = DiagnosticBag()
    bag.report(hint, at: location(33, 37), "this is last")
    bag.report(
      rule, at: location(22, 28), "'ünder' is wrong, 100%", help: "write 'over'",
      labels: [.init(location(0, 4), "first here")],
      fixes: [FixIt("write 'over'", replace: location(22, 28), with: "over\n", isSafe: false)])
    bag.report(note, at: location(5, 12), "this is the base")
    return bag
  }
}
