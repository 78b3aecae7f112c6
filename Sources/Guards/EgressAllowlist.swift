extension Guard {
  /// Hosts that may be reached.
  package static let egressAllowlist = Guard(
    "egress_allowlist", "Refuses connections to hosts that are not allowed", actions: [.egress], merge: .addAndRemove,
    fields: [
      GuardField("allow", .texts(.host), default: .texts([]), "Hosts that may be reached"),
      GuardField("block", .texts(.host), default: .texts([]), "Hosts that may not, even if they are allowed"),
      GuardField(
        "default_action", .choice(["allow", "block", "log"], aliases: ["deny": "block"]),
        "What becomes of all other hosts; without it they are blocked"),
      GuardField("additional_allow", .texts(.host), default: .texts([]), "Hosts that a parent's list is extended by"),
      GuardField("remove_allow", .texts(.host), default: .texts([]), "Hosts that are taken out of a parent's list"),
      GuardField(
        "additional_block", .texts(.host), default: .texts([]), "Hosts that a parent's block list is extended by"),
      GuardField(
        "remove_block", .texts(.host), default: .texts([]), "Hosts that are taken out of a parent's block list"),
    ],
    example: """
      egress_allowlist:
        allow: ["api.github.com", "*.pypi.org"]
        default_action: block
      """)

  /// The hosts that are allowed where a ruleset does not mention the guard.
  package static let usualHosts = [
    "*.openai.com", "*.anthropic.com", "api.github.com", "*.npmjs.org", "registry.npmjs.org", "pypi.org",
    "files.pythonhosted.org", "crates.io", "static.crates.io",
  ]
}
