extension Guard {
  /// Secrets in what is written.
  package static let secretLeak = Guard(
    "secret_leak", "Refuses to write text that holds secrets", actions: [.fileWrite, .patch],
    hardenedActions: [.command, .tool],
    fields: [
      GuardField("redact", .bool, default: .bool(true), "Whether reports mask what was found"),
      GuardField(
        "severity_threshold", .choice(severities, aliases: severityAliases), default: .text("error"),
        "From which severity on a match blocks; below it warns"),
      GuardField("patterns", .records(pattern), default: .records(usualSecrets), "What secrets look like"),
      GuardField("skip_paths", .texts(.path), default: .texts([]), "Paths that are not looked at"),
    ],
    example: """
      secret_leak:
        patterns:
          - name: company_token
            pattern: "tok_[A-Za-z0-9]{32}"
            severity: critical
        skip_paths: ["**/fixtures/**"]
      """)

  /// How bad a finding is, from the least.
  package static let severities = ["info", "warning", "error", "critical"]
  /// Other words for severities.
  package static let severityAliases = ["low": "info", "medium": "warning", "high": "error"]

  private static let pattern = [
    GuardField("name", .text, "What reports call it", isRequired: true),
    GuardField("pattern", .text, "A regular expression", isRequired: true),
    GuardField(
      "severity", .choice(severities, aliases: severityAliases), default: .text("critical"), "How bad a match is"),
    GuardField("description", .text, "What it is"),
    GuardField(
      "luhn_check", .bool, default: .bool(false), "Whether the digits of a match must have a right check digit"),
    GuardField(
      "masking",
      .record([
        GuardField("first", .integer(0...255), default: .integer(4), "How many characters at the start stay readable"),
        GuardField("last", .integer(0...255), default: .integer(4), "How many characters at the end stay readable"),
      ]), "How reports mask a match"),
  ]

  /// Paths that are not looked at where a ruleset does not mention the guard.
  package static let testPaths = ["**/test/**", "**/tests/**", "**/*_test.*", "**/*.test.*"]

  private static func secret(_ name: String, _ pattern: String, _ severity: String = "critical") -> [(
    key: String, value: FieldDefault
  )] {
    [("name", .text(name)), ("pattern", .text(pattern)), ("severity", .text(severity))]
  }

  /// What secrets look like where a ruleset does not say.
  package static let usualSecrets = [
    secret("aws_access_key", "AKIA[0-9A-Z]{16}"),
    secret(
      "aws_secret_key",
      #"(?i)aws[_\-\s]?secret[_\-\s]?access[_\-\s]?key['"]?\s*[:=]\s*['"]?[A-Za-z0-9/+=]{40}['"]?"#),
    secret("github_token", "gh[ps]_[A-Za-z0-9]{36}"),
    secret("github_pat", "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    secret("openai_key", "sk-[A-Za-z0-9]{48}"),
    secret("anthropic_key", #"sk-ant-[A-Za-z0-9\-]{95}"#),
    secret("private_key", #"-----BEGIN\s+(RSA\s+)?PRIVATE\s+KEY-----"#),
    secret("npm_token", "npm_[A-Za-z0-9]{36}"),
    secret("slack_token", "xox[baprs]-[0-9]{10,13}-[0-9]{10,13}[a-zA-Z0-9-]*"),
    secret("generic_api_key", #"(?i)(api[_\-]?key|apikey)['"]?\s*[:=]\s*['"]?[A-Za-z0-9]{32,}['"]?"#, "warning"),
    secret("generic_secret", #"(?i)(secret|password|passwd|pwd)['"]?\s*[:=]\s*['"]?[^\s'"]{8,}['"]?"#, "warning"),
  ]
}
