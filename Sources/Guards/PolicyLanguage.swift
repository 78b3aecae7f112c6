/// The parts of the ruleset language around its guards.
package enum PolicyLanguage {
  /// Versions that are read.
  package static let versions = ["1.1.0", "1.2.0"]
  /// The version that the reference takes where none is given.
  package static let usualVersion = "1.2.0"

  /// How a child and its parent become one.
  package static let mergeStrategies = ["replace", "merge", "deep_merge"]

  /// `settings`
  package static let settings = [
    GuardField("fail_fast", .bool, "Whether the first guard that blocks ends the judging"),
    GuardField("verbose_logging", .bool, "Whether everything is logged"),
    GuardField("session_timeout_secs", .integer(0...Int.max), "How long a session lasts"),
  ]

  /// `custom_guards[]`
  package static let customGuard = [
    GuardField("id", .text, "The guard's name in the host's registry", isRequired: true),
    GuardField("enabled", .bool, default: .bool(true), "Whether it judges anything"),
    GuardField("config", .anything, default: .empty, "What it is given"),
  ]

  /// `guards.custom[]`: guards that ask a service over the network.
  package static let asyncGuard = [
    GuardField("package", .text, "Which guard", isRequired: true),
    GuardField("registry", .text, "Where it comes from"),
    GuardField("version", .text, "Which version of it"),
    GuardField("enabled", .bool, default: .bool(true), "Whether it judges anything"),
    GuardField("config", .anything, default: .empty, "What it is given"),
    GuardField("async", .record(asyncSettings), "How it is asked"),
  ]

  private static let asyncSettings = [
    GuardField("timeout_ms", .integer(100...300_000), "How long an answer may take; usually 5000"),
    GuardField("on_timeout", .choice(["allow", "deny", "warn", "defer"]), "What no answer means; usually warn"),
    GuardField(
      "execution_mode", .choice(["parallel", "sequential", "background"]), "Whether others wait; usually parallel"),
    GuardField(
      "cache",
      .record([
        GuardField("enabled", .bool, "Whether answers are kept; usually true"),
        GuardField("ttl_seconds", .integer(1...Int.max), "How long; usually 3600"),
        GuardField("max_size_mb", .integer(1...Int.max), "How many; usually 64"),
      ]), "Answers that are kept"),
    GuardField(
      "rate_limit",
      .record([
        GuardField("requests_per_second", .number, "Most questions a second"),
        GuardField("requests_per_minute", .number, "Most questions a minute"),
        GuardField("burst", .integer(1...Int.max), "Most questions at once; usually 1"),
      ]), "How often it is asked"),
    GuardField(
      "circuit_breaker",
      .record([
        GuardField("failure_threshold", .integer(1...Int.max), "After how many failures it is left alone; usually 5"),
        GuardField("reset_timeout_ms", .integer(1000...Int.max), "How long; usually 30000"),
        GuardField("success_threshold", .integer(1...Int.max), "After how many answers all is well again; usually 2"),
      ]), "When it is left alone"),
    GuardField(
      "retry",
      .record([
        GuardField("max_retries", .integer(0...Int.max), "How often it is asked again; usually 2"),
        GuardField("initial_backoff_ms", .integer(100...Int.max), "After what time; usually 250"),
        GuardField("max_backoff_ms", .integer(100...Int.max), "After what time at most; usually 2000"),
        GuardField("multiplier", .number, "How the time grows; usually 2"),
      ]), "What becomes of failures"),
  ]

  /// The packages that `guards.custom` may name, with the texts that their `config` must have.
  package static let asyncPackages: [(name: String, required: [String])] = [
    ("clawdstrike-virustotal", ["api_key"]), ("clawdstrike-safe-browsing", ["api_key", "client_id"]),
    ("clawdstrike-snyk", ["api_token", "org_id"]),
  ]

  /// `posture`
  package static let posture = [
    GuardField("initial", .text, "The state at the beginning", isRequired: true),
    GuardField(
      "states",
      .table(
        .record([
          GuardField("description", .text, "What the state is for"),
          GuardField("capabilities", .texts(.name), default: .texts([]), "What may be done in it"),
          GuardField("budgets", .table(.integer(Int.min...Int.max)), default: .empty, "How often it may be done"),
        ])), "The states", isRequired: true),
    GuardField(
      "transitions",
      .records([
        GuardField("from", .text, "The state that is left; '*' for any", isRequired: true),
        GuardField("to", .text, "The state that is entered", isRequired: true),
        GuardField("on", .choice(triggers), "What causes it", isRequired: true),
        GuardField("after", .text, "After what time, for the trigger 'timeout'"),
        GuardField("requires", .anything, default: .empty, "Read and never judged, as in the reference"),
      ]), default: .empty, "How one state becomes another"),
  ]

  /// What a state may allow.
  package static let capabilities = ["file_access", "file_write", "egress", "shell", "mcp_tool", "patch", "custom"]
  /// What a state may count.
  package static let budgets = [
    "file_writes", "egress_calls", "shell_commands", "mcp_tool_calls", "patches", "custom_calls",
  ]
  /// What may cause a transition.
  package static let triggers = [
    "user_approval", "user_denial", "critical_violation", "any_violation", "timeout", "budget_exhausted",
    "pattern_match",
  ]
}
