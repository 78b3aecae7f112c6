import ArgumentParser

/// `claw policy`
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Checks rulesets, decides events with them, and shows what changed between two.",
    discussion: """
      EXAMPLES
        claw policy check policy.yml
        claw policy eval policy.yml event.json
      """,
    subcommands: [
      PolicyCheck.self, PolicyShow.self, PolicyEval.self, PolicySimulate.self, PolicyTest.self, PolicyImpactCommand.self,
      PolicySynth.self, PolicyDiff.self, PolicyProve.self, BundleCommand.self, ReceiptCommand.self,
    ])
}
