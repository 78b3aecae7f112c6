extension Guard {
  /// Secrets that may be asked for.
  package static let secretAccess = Guard(
    "secret_access", "Refuses to hand out secrets that are not allowed", since: "1.2.0", actions: [.secret],
    isOurs: true,
    fields: [
      GuardField("allow", .texts(.name), default: .texts([]), "The secrets that may be asked for, by name"),
      GuardField(
        "default_action", .choice(["allow", "block", "log"], aliases: ["deny": "block"]),
        "What becomes of all others; without it they are blocked"),
    ],
    example: """
      secret_access:
        allow: [CI_TOKEN]
      """)
}
