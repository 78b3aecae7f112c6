extension Guard {
  /// What may be run.
  package static let shellCommand = Guard(
    "shell_command", "Refuses dangerous command lines and those that touch forbidden paths", since: "1.2.0",
    actions: [.command], isAlwaysOn: false,
    fields: [
      GuardField(
        "forbidden_patterns", .texts(.expression), default: .texts(dangerousCommands), "What no command line may have"),
      GuardField(
        "enforce_forbidden_paths", .bool, default: .bool(true), "Whether words that are paths must pass forbidden_path"),
    ],
    example: """
      shell_command:
        forbidden_patterns: ['(?i)\\bmkfs\\b']
      """)

  /// What no command line may have where a ruleset does not say.
  package static let dangerousCommands = [
    #"(?i)\brm\s+(-[a-z]+\s+)*-(rf|fr|r\s+-f|f\s+-r)[a-z]*\s+/(\s|$|\*)"#, #"(?i)\bcurl\s[^|]*\|\s*(ba|z|da)?sh\b"#,
    #"(?i)\bwget\s[^|]*\|\s*(ba|z|da)?sh\b"#, #"(?i)\b(nc|ncat|netcat)\s[^|;&]*\s-[a-z]*e\b"#,
    #"(?i)\bbash\b.*/dev/tcp/"#, #"(?i)\bbase64\b[^|]*\|\s*(curl|wget|nc)\b"#,
  ]
}
