import IR

extension RunnerType {
  /// NanoClaw, which starts containers of its own and therefore asks for Docker's socket.
  static let nanoclaw: RunnerType = {
    var type = RunnerType(
      name: "nanoclaw", summary: "NanoClaw (Claude Agent SDK orchestrator)", contractName: "CLAUDE.md",
      contractPath: "/workspace/groups/main/CLAUDE.md", workspace: "/workspace")
    type.skillFolder = "/workspace/container/skills"
    type.skillLayout = .folders
    type.baseURLVariables = ["ANTHROPIC_BASE_URL"]
    type.allowsReadOnlyRoot = false
    type.needsDockerSocket = true
    type.platforms = []
    return type
  }()
}
