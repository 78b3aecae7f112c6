import Diagnostics
import IR
import JSON
import Source

extension PodLowering {
  /// Notes the policies that the pod declares.
  mutating func policies() {
    plan.policies = podBlock.policies.map {
      PodPolicy(name: $0.name.value, path: $0.path.value, key: $0.key?.value, location: $0.path.location)
    }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for service in project.services {
      for module in blocks[service.name]?.requireCllama ?? [] { checkPolicy(module) }
    }
  }

  /// Every word of a claw's stack must mean something: a stage that is left out decides nothing.
  mutating func checkStack(_ claw: ResolvedClaw) {
    for word in stackWords(claw) where word.value != Self.passthrough && !word.value.contains("${") {
      guard CllamaLowering.isStage(word.value) else {
        bag.report(
          PodRules.unknownStage, at: word.location, "'\(word.value)' is no stage of the sidecar",
          help: "write 'passthrough' or one of \(CllamaLowering.stages.map { $0 + "/…" }.joined(separator: ", "))")
        continue
      }
      if word.value.hasPrefix("policy/") {
        checkPolicy(word)
      } else if !podBlock.stages.contains(where: { $0.name.value == word.value }) {
        let near = Suggestion.nearest(to: word.value, in: podBlock.stages.map(\.name.value))
        bag.report(
          PodRules.unknownStage, at: word.location, "the pod has no settings for the stage '\(word.value)'",
          help: near.map { "did you mean '\($0)'?" }
            ?? "add 'stages: {\"\(word.value)\": {…}}' to the pod's x-claw block")
      }
    }
  }

  /// The word of a stack that has no stage.
  static var passthrough: String { "passthrough" }

  private func stackWords(_ claw: ResolvedClaw) -> [PodText] {
    if let written = claw.block.cllama { return written }
    let place = claw.image.config.cllama.first?.origin ?? claw.block.location
    return (claw.cllama ?? []).map { PodText(value: $0, location: place) }
  }

  private mutating func checkPolicy(_ word: PodText) {
    guard word.value.hasPrefix("policy/") else { return }
    let name = String(word.value.dropFirst("policy/".count))
    let names = podBlock.policies.map(\.name.value)
    if names.contains(name) { return }
    // One that somebody else decides by HTTP needs no ruleset.
    if podBlock.stages.contains(where: { $0.name.value == word.value && $0.settings["evaluator"] != nil }) { return }
    bag.report(
      PodRules.unknownPolicy, at: word.location, "the pod has no policy '\(name)'",
      help: Suggestion.nearest(to: name, in: names).map { "did you mean 'policy/\($0)'?" }
        ?? "add 'policies: {\(name): ./policies/\(name).yml}' to the pod's x-claw block")
  }
}
