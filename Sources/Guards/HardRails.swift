extension Guard {
  /// What must never leave or be said, whatever the agent was told.
  package static let hardRails = Guard(
    "hard_rails", "Refuses text with personal data, financial advice or legal exposure", since: "1.2.0",
    actions: [.fileWrite, .patch, .tool, .command, .custom], isOurs: true, isAlwaysOn: false,
    fields: [
      GuardField(
        "detectors",
        .table(
          .record([
            GuardField("block_at", .integer(0...Int.max), "From how many findings on it blocks; 0: never"),
            GuardField("warn_at", .integer(0...Int.max), "From how many findings on it warns; 0: never"),
          ])), default: .empty, "Detectors by name with their thresholds; those not named have their usual ones"),
      GuardField("disabled", .texts(.name), default: .texts([]), "Detectors that are not used"),
    ],
    example: """
      hard_rails:
        detectors:
          pii.mail: {warn_at: 1, block_at: 5}
      """)
}
