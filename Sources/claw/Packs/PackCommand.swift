import ArgumentParser

/// `claw pack`
struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Sealed change packages: validates them, and seals them.",
    discussion: """
      EXAMPLES
        claw pack validate session/ --trust trust.json
        claw pack seal session/ --key sealer.pem --actor dev-7 --trust trust.json
      """,
    subcommands: [PackValidate.self, PackSeal.self])
}
