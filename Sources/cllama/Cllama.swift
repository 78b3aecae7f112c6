import ArgumentParser

/// The sidecar of a claw.
@main
struct CllamaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cllama", abstract: "The governed way out of a claw.", version: "cllama 0.1.0",
    subcommands: [Serve.self, Health.self, Probe.self, Dash.self])
}
