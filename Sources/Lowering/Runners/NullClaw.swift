import IR

extension RunnerType {
  /// NullClaw.
  static let nullclaw: RunnerType = {
    var type = RunnerType(
      name: "nullclaw", summary: "NullClaw", contractName: "AGENTS.md", contractPath: "/claw/AGENTS.md",
      workspace: "/workspace")
    // Its home can't be root's: that is closed to every other user.
    type.stateFolders = ["/nullclaw-data"]
    type.environment = [("HOME", "/nullclaw-data")]
    type.baseURLVariables = ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"]
    type.health = ["curl", "-fsS", "http://127.0.0.1:3000/health"]
    type.platforms = ["discord", "telegram", "slack"]
    return type
  }()
}
