import IR

extension RunnerType {
  /// Any program: all that it needs is in variables.
  static let generic: RunnerType = {
    var type = RunnerType(
      name: "generic", summary: "any program that reads its contract from CONTRACT_PATH", contractName: "AGENTS.md",
      contractPath: "/claw/AGENTS.md", workspace: "/workspace")
    type.expectsContractName = false
    type.baseURLVariables = ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "LLM_BASE_URL"]
    return type
  }()
}
