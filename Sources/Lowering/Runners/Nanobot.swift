import IR

extension RunnerType {
  /// nanobot. The contract lies inside its writable workspace, so it is mounted over that, read-only.
  static let nanobot: RunnerType = {
    var type = RunnerType(
      name: "nanobot", summary: "nanobot", contractName: "AGENTS.md",
      contractPath: "/root/.nanobot/workspace/AGENTS.md", workspace: "/root/.nanobot")
    type.skillFolder = "/root/.nanobot/workspace/skills"
    type.skillLayout = .folders
    type.environment = [("HOME", "/root")]
    type.baseURLVariables = ["OPENAI_BASE_URL"]
    type.wake = "nanobot agent -m \"$CLAW_MESSAGE\""
    type.platforms = ["discord", "telegram", "slack"]
    return type
  }()
}
