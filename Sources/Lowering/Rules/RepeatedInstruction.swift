import AST
import Diagnostics
import Lexer

/// BuildKit's MultipleInstructionsDisallowed.
enum RepeatedInstruction: LintRule {
  static let rule = Rule(
    "clawfile/repeated-instruction", .warning, "CMD, ENTRYPOINT or HEALTHCHECK is there twice in a stage",
    explanation: "Only the last one of a stage counts; remove the others.",
    bad: "FROM scratch\nCMD [\"a\"]\nCMD [\"b\"]\n", good: "FROM scratch\nCMD [\"b\"]\n",
    aliases: ["MultipleInstructionsDisallowed", "DL3012", "DL4003", "DL4004"])

  static let phase = LintPhase.instructions

  static func check(_ context: LintContext, into bag: inout DiagnosticBag) {
    for stage in context.file.stages {
      var last: [String: Int] = [:]
      for index in context.file.indices(of: .keyword(.cmd, .entrypoint, .healthcheck), in: stage.body) {
        let name: String
        switch context.file.instructions[index].body {
        case .cmd: name = "CMD"
        case .entrypoint: name = "ENTRYPOINT"
        case .healthcheck: name = "HEALTHCHECK"
        default: continue
        }
        if let earlier = last[name] {
          bag.report(
            rule, at: context.location(earlier), "this \(name) has no effect: a later one replaces it",
            help: "remove it", labels: [.init(context.location(index), "the one that counts")])
        }
        last[name] = index
      }
    }
  }
}
