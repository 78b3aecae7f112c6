extension Guard {
  /// What may be done to a screen, keyboard and mouse.
  package static let computerUse = Guard(
    "computer_use", "Refuses remote and input actions that are not allowed", since: "1.2.0", actions: [.custom],
    isAlwaysOn: false,
    fields: [
      GuardField("allowed_actions", .texts(.name), default: .texts(usualActions), "The actions that are allowed"),
      GuardField(
        "mode", .choice(["observe", "guardrail", "fail_closed"]), default: .text("guardrail"),
        "What becomes of others: all warn, those not allowed warn, those not allowed are blocked"),
    ],
    example: """
      computer_use:
        mode: fail_closed
        allowed_actions: [input.inject]
      """)

  /// The actions that are allowed where a ruleset does not say.
  package static let usualActions = [
    "remote.session.connect", "remote.session.disconnect", "remote.session.reconnect", "input.inject",
    "remote.clipboard",
    "remote.file_transfer", "remote.audio", "remote.drive_mapping", "remote.printing", "remote.session_share",
  ]
}
