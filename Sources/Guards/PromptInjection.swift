extension Guard {
  /// Instructions in text that should be data.
  package static let promptInjection = Guard(
    "prompt_injection", "Refuses untrusted text that tries to instruct the model", actions: [.custom],
    fields: [
      GuardField(
        "warn_at_or_above", .choice(levels, aliases: levelAliases), default: .text("suspicious"),
        "From which level on it warns"),
      GuardField(
        "block_at_or_above", .choice(levels, aliases: levelAliases), default: .text("high"),
        "From which level on it blocks"),
      GuardField(
        "max_scan_bytes", .integer(0...Int.max), default: .integer(200_000), "How much of a text is looked at"),
    ],
    example: """
      prompt_injection:
        block_at_or_above: critical
      """)

  /// How sure the guard is, from the least.
  package static let levels = ["safe", "suspicious", "high", "critical"]
  private static let levelAliases = ["low": "suspicious", "medium": "high"]
}
