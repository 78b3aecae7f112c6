import AST
import Diagnostics

/// BuildKit's WorkdirRelativePath.
enum RelativeWorkdir: LintRule {
  static let rule = Rule(
    "clawfile/relative-workdir", .warning, "WORKDIR is relative to a folder that the file does not say",
    explanation: "The first WORKDIR of a stage should be absolute: the base image's own may change.",
    bad: "FROM scratch\nWORKDIR app\n", good: "FROM scratch\nWORKDIR /app\n",
    aliases: ["WorkdirRelativePath", "DL3000"])

  static let phase = LintPhase.instructions

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for (index, path, isFirst) in context.model.workdirs where isFirst && path.utf8.first != 0x2F {
      guard case .workdir(let word) = context.file.instructions[index].body else { continue }
      bag.report(
        rule, at: context.location(index, word.range),
        "the working directory '\(path)' is relative to the base image's",
        help: "write an absolute path, such as '/\(path)'")
    }
  }
}
