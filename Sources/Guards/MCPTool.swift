extension Guard {
  /// Tools that may be called.
  package static let mcpTool = Guard(
    "mcp_tool", "Refuses or holds back calls of tools", actions: [.tool], merge: .addAndRemove,
    fields: [
      GuardField("allow", .texts(.name), default: .texts([]), "The only tools that may be called, if any is named"),
      GuardField("block", aliases: ["deny"], .texts(.name), default: .texts([]), "Tools that may not be called"),
      GuardField("require_confirmation", .texts(.name), default: .texts([]), "Tools that a person must confirm"),
      GuardField(
        "default_action", .choice(["allow", "block"], aliases: ["deny": "block"]),
        "What becomes of all other tools; without it they are allowed"),
      GuardField("max_args_size", .integer(0...Int.max), "Most bytes of the arguments as JSON; without it 1 MiB"),
      GuardField("additional_allow", .texts(.name), default: .texts([]), "Tools that a parent's list is extended by"),
      GuardField("remove_allow", .texts(.name), default: .texts([]), "Tools that are taken out of a parent's list"),
      GuardField(
        "additional_block", .texts(.name), default: .texts([]), "Tools that a parent's block list is extended by"),
      GuardField(
        "remove_block", .texts(.name), default: .texts([]), "Tools that are taken out of a parent's block list"),
    ],
    example: """
      mcp_tool:
        block: [shell_exec]
        require_confirmation: [git_push]
        max_args_size: 65536
      """)

  /// The tools that are blocked where a ruleset does not mention the guard.
  package static let dangerousTools = ["shell_exec", "run_command", "raw_file_write", "raw_file_delete"]
  /// The tools that need a person where a ruleset does not mention the guard.
  package static let confirmedTools = ["file_write", "file_delete", "git_push"]
  /// Most bytes of a call's arguments where a ruleset does not say.
  package static let usualArgumentsSize = 1 << 20
}
