/// The language of test suites: files that say what must become of which events.
package enum SuiteLanguage {
  /// A file.
  package static let file = [
    GuardField("name", .text, "What the suites are about", isRequired: true),
    GuardField("description", .text, "More about that"),
    GuardField(
      "policy", .text, "The ruleset: a path from the file's folder, or 'claw:' and the name of a built-in one",
      isRequired: true),
    GuardField("suites", .records(suite), "The suites", isRequired: true),
  ]

  private static let suite = [
    GuardField("name", .text, "What the suite is about", isRequired: true),
    GuardField("parameters", .table(.texts(.name)), "Values by a name, for 'foreach'"),
    GuardField("tests", .records(test), "The cases", isRequired: true),
  ]

  private static let test = [
    GuardField("name", .text, "What the case shows", isRequired: true),
    GuardField("input", .anything, "The event; its eventId and timestamp may be left out", isRequired: true),
    GuardField("expect", .record(expectation), "What must become of it", isRequired: true),
    GuardField(
      "context", .record([GuardField("session_posture", .record(session), "The session that the event comes in")]),
      "What is so before it"),
    GuardField(
      "mock", .record([GuardField("time", .text, "The event's time, as RFC 3339 writes it")]),
      "What stands in for the world"),
    GuardField("foreach", .text, "The parameter for whose every value the case runs"),
  ]

  private static let expectation = [
    GuardField("allowed", .bool, "Whether it is allowed; with a warning only if 'warn' says so too"),
    GuardField("denied", .bool, "Whether it is denied"),
    GuardField("warn", .bool, "Whether it is allowed with a warning"),
    GuardField("guard", .text, "The guard whose word weighs most"),
    GuardField(
      "severity",
      .choice(["low", "medium", "high", "critical"], aliases: ["info": "low", "warning": "medium", "error": "high"]),
      "How bad it is"),
    GuardField("reason_contains", .text, "A part of the message or its details"),
    GuardField("message_contains", .text, "A part of the message"),
    GuardField("posture_state", .text, "The state afterwards"),
    GuardField(
      "posture_transition",
      .record([
        GuardField("from", .text, "The state that was left"), GuardField("to", .text, "The state that was entered"),
        GuardField("trigger", .choice(PolicyLanguage.triggers), "What caused it"),
      ]), "The transition that it causes"),
  ]

  private static let session = [
    GuardField("current_state", aliases: ["state"], .text, "The state", isRequired: true),
    GuardField("entered_at", .text, "Since when, as RFC 3339 writes it"),
    GuardField(
      "budgets",
      .table(
        .record([
          GuardField("used", .integer(0...Int.max), "How often", isRequired: true),
          GuardField("limit", .integer(0...Int.max), "The ruleset's limit holds"),
        ])), "What was used up"),
    GuardField("transition_history", .anything, "What led there; it decides nothing"),
  ]
}
