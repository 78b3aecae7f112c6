extension Guard {
  /// Paths that nothing may touch.
  package static let forbiddenPath = Guard(
    "forbidden_path", "Refuses to read, write or patch files below certain paths",
    actions: [.fileRead, .fileWrite, .patch], merge: .forbiddenPaths,
    fields: [
      GuardField("patterns", .texts(.path), "The forbidden paths; without them, those that usually hold credentials"),
      GuardField("exceptions", .texts(.path), default: .texts([]), "Paths that are allowed even so"),
      GuardField("additional_patterns", .texts(.path), default: .texts([]), "Paths that are forbidden besides"),
      GuardField("remove_patterns", .texts(.path), default: .texts([]), "Patterns that are taken out, by their text"),
    ],
    example: """
      forbidden_path:
        patterns: ["**/.ssh/**", "**/.env"]
        exceptions: ["**/example/.env"]
      """)

  /// The paths that are forbidden where a ruleset names none.
  package static let credentialPaths =
    [
      ".ssh/**", "id_rsa*", "id_ed25519*", "id_ecdsa*", ".aws/**", ".env", ".env.*", ".git-credentials", ".gitconfig",
      ".gnupg/**", ".kube/**", ".docker/**", ".npmrc", ".password-store/**", "pass/**", ".1password/**",
    ].map { "**/" + $0 } + ["shadow", "passwd", "sudoers"].map { "/etc/" + $0 }
}
