import IR

extension RunnerType {
  /// OpenClaw. Its state lies on a volume, so that a restart keeps the memory.
  static let openclaw: RunnerType = {
    var type = RunnerType(
      name: "openclaw", summary: "OpenClaw", contractName: "AGENTS.md", contractPath: "/claw/AGENTS.md",
      workspace: "/workspace")
    type.stateFolders = ["/app/config", "/app/state"]
    type.environment = [("OPENCLAW_CONFIG_PATH", "/app/config/openclaw.json"), ("OPENCLAW_STATE_DIR", "/app/state")]
    type.baseURLVariables = ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"]
    type.wake = "openclaw agent --message \"$CLAW_MESSAGE\""
    type.health = ["openclaw", "health", "--json"]
    type.platforms = ["discord", "telegram", "slack"]
    return type
  }()
}
