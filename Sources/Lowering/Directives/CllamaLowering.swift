import AST
import Directives
import IR
import Source

/// CLLAMA: a stack's name, then `stage/profile` words.
enum CllamaLowering: DirectiveLowering {
  static let directive = Directive.cllama

  /// The stages of the sidecar's pipeline, in its order.
  static let stages = ["purpose", "policy", "tone", "obfuscation"]

  /// Whether a word of a stack is `stage/profile`.
  static func isStage(_ word: String) -> Bool {
    let head = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return head.count == 2 && stages.contains(head[0]) && !head[1].isEmpty
  }

  static func lower(_ use: DirectiveUse, at range: SourceRange, into stage: inout StageLowering) {
    for word in use.words.dropFirst() {
      if word.value.contains("${") || isStage(word.value) { continue }
      stage.report(
        DirectiveRules.cllama, word.range, "'\(word.value)' is no stage of the sidecar",
        help: "write one of \(stages.map { $0 + "/…" }.joined(separator: ", "))")
    }
    let text = use.words.map(\.value).joined(separator: " ")
    stage.own.cllama.append(.init(stage.parts(text), origin: stage.location(range)))
  }
}
