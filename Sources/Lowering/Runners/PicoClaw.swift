import IR

extension RunnerType {
  /// PicoClaw.
  static let picoclaw: RunnerType = {
    var type = RunnerType(
      name: "picoclaw", summary: "PicoClaw", contractName: "AGENTS.md",
      contractPath: "/home/picoclaw/.picoclaw/workspace/AGENTS.md", workspace: "/home/picoclaw/.picoclaw")
    type.skillFolder = "/home/picoclaw/.picoclaw/workspace/skills"
    type.skillLayout = .folders
    type.environment = [
      ("PICOCLAW_HOME", "/home/picoclaw/.picoclaw"), ("PICOCLAW_CONFIG", "/home/picoclaw/.picoclaw/config.json"),
    ]
    type.baseURLVariables = ["OPENAI_BASE_URL"]
    type.health = ["curl", "-fsS", "http://127.0.0.1:18790/health"]
    return type
  }()
}
