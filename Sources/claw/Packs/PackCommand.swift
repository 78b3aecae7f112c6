import ArgumentParser

/// `claw pack`
struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Governance packs, and sealed change packages: checks them, validates against them, seals.",
    discussion: """
      EXAMPLES
        claw pack validate "$CLAW_RUN" --pack change-shipping
        claw pack validate session/ --trust trust.json
        claw pack seal session/ --key sealer.pem --actor dev-7 --trust trust.json
      """,
    subcommands: [PackCheck.self, PackList.self, PackShow.self, PackValidate.self, PackSeal.self])
}
