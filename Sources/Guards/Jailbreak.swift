extension Guard {
  /// Attempts to talk the model out of its rules.
  package static let jailbreak = Guard(
    "jailbreak", resultName: "jailbreak_detection", "Refuses input that tries to free the model of its rules",
    actions: [.custom],
    fields: [
      GuardField(
        "detector",
        .record([
          GuardField(
            "layers",
            .record(
              [
                GuardField("heuristic", .bool, default: .bool(true), "Whether wording counts"),
                GuardField("statistical", .bool, default: .bool(true), "Whether the look of the text counts"),
                GuardField("ml", .bool, default: .bool(true), "Whether the linear model counts"),
                GuardField(
                  "llm_judge", .bool, default: .bool(false), "Whether a judge model counts, where there is one"),
              ], isOpen: true), default: .record, "What counts"),
          GuardField("linear_model", .record(weights), default: .record, "The weights of the linear model"),
          GuardField("block_threshold", .integer(0...255), default: .integer(70), "From which score on it blocks"),
          GuardField("warn_threshold", .integer(0...255), default: .integer(30), "From which score on it warns"),
          GuardField(
            "max_input_bytes", .integer(0...Int.max), default: .integer(100_000), "How much of a text is looked at"),
          GuardField("session_aggregation", .bool, default: .bool(true), "Whether reports sum up a session"),
          GuardField(
            "session_max_entries", .integer(0...Int.max), default: .integer(1024), "Most sessions that are kept"),
          GuardField(
            "session_ttl_seconds", .integer(0...Int.max), default: .integer(3600), "How long a session is kept"),
          GuardField(
            "session_half_life_seconds", .integer(0...Int.max), default: .integer(900),
            "How fast a session's score fades"),
        ]), default: .record, "The detector")
    ],
    example: """
      jailbreak:
        detector:
          block_threshold: 60
      """)

  /// The weights of the reference's linear model, in its order.
  package static let usualWeights = [
    ("bias", -2.0), ("w_ignore_policy", 2.5), ("w_dan", 2.0), ("w_role_change", 1.5), ("w_prompt_extraction", 2.2),
    ("w_encoded", 1.0), ("w_punct", 2.0), ("w_symbol_run", 1.5),
  ]
  private static let weights = usualWeights.map { GuardField($0.0, .number, default: .number($0.1), "A weight") }
}
