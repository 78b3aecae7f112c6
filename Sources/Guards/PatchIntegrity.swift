extension Guard {
  /// What patches may do.
  package static let patchIntegrity = Guard(
    "patch_integrity", "Refuses patches that are too large or add dangerous lines", actions: [.patch],
    fields: [
      GuardField("max_additions", .integer(0...Int.max), default: .integer(1000), "Most lines that a patch adds"),
      GuardField("max_deletions", .integer(0...Int.max), default: .integer(500), "Most lines that a patch deletes"),
      GuardField(
        "forbidden_patterns", .texts(.expression), default: .texts(dangerousLines), "What no added line may have"),
      GuardField("require_balance", .bool, default: .bool(false), "Whether additions and deletions must be balanced"),
      GuardField(
        "max_imbalance_ratio", .number, default: .number(10), "How many additions there may be for a deletion"),
    ],
    example: """
      patch_integrity:
        max_additions: 200
        forbidden_patterns: ['(?i)disable[ _-]?tls']
      """)

  /// What no added line may have where a ruleset does not say.
  package static let dangerousLines = [
    #"(?i)disable[ _\-]?(security|auth|ssl|tls)"#, #"(?i)skip[ _\-]?(verify|validation|check)"#, #"(?i)rm\s+-rf\s+/"#,
    #"(?i)chmod\s+777"#, #"(?i)eval\s*\("#, #"(?i)exec\s*\("#, #"(?i)reverse[_\-]?shell"#, #"(?i)bind[_\-]?shell"#,
    #"base64[_\-]?decode.*exec"#,
  ]
}
