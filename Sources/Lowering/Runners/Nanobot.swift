import IR

extension RunnerType {
  /// nanobot. The contract lies inside its writable workspace, so it is mounted over that, read-only.
  static let nanobot: RunnerType = {
    var type = RunnerType(
      name: "nanobot", summary: "nanobot", contractName: "AGENTS.md",
      contractPath: "/workspace/.nanobot/workspace/AGENTS.md", workspace: "/workspace")
    // All under its home, which can't be root's: that is closed to every other user.
    type.skillFolder = "/workspace/.nanobot/workspace/skills"
    type.skillLayout = .folders
    type.environment = [("HOME", "/workspace")]
    type.baseURLVariables = ["OPENAI_BASE_URL"]
    type.wake = "nanobot agent -m \"$CLAW_MESSAGE\""
    type.platforms = ["discord", "telegram", "slack"]
    return type
  }()
}
