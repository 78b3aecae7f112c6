import IR

extension RunnerType {
  /// Claude Code: runs once, and again for each message.
  static let claudeCode: RunnerType = {
    var type = RunnerType(
      name: "claude-code", summary: "Claude Code", contractName: "CLAUDE.md", contractPath: "/workspace/CLAUDE.md",
      workspace: "/workspace")
    type.baseURLVariables = ["ANTHROPIC_BASE_URL"]
    type.wake = "claude -p \"$CLAW_MESSAGE\""
    type.restart = "no"
    return type
  }()
}
