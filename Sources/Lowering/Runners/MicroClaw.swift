import IR

extension RunnerType {
  /// MicroClaw. It writes beside its program, so its root file system can't be read-only.
  static let microclaw: RunnerType = {
    var type = RunnerType(
      name: "microclaw", summary: "MicroClaw", contractName: "AGENTS.md",
      contractPath: "/claw-data/runtime/groups/AGENTS.md", workspace: "/claw-data")
    type.skillFolder = "/claw-data/skills"
    type.skillLayout = .folders
    type.environment = [("MICROCLAW_CONFIG", "/app/config/microclaw.config.yaml")]
    type.baseURLVariables = ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"]
    type.allowsReadOnlyRoot = false
    type.platforms = ["discord", "telegram", "slack"]
    return type
  }()
}
