import Diagnostics

/// The rules about test suites of rulesets.
enum SuiteRules {
  static let all: [Rule] = [
    policy, noCases, caseTwice, emptyExpectation, contradiction, event, parameter, time, posture,
  ]

  private static func example(_ lines: String, parameters: String = "", policy: String = "policy: claw:default")
    -> String
  {
    "name: rules\n\(policy)\nsuites:\n  - name: files\n\(parameters)    tests:\n\(lines)"
  }

  private static func test(_ expect: String, path: String = "/etc/shadow", more: String = "", name: String = "shadow")
    -> String
  {
    """
          - name: \(name)
            input: {eventType: file_read, data: {type: file, path: "\(path)"}}
    \(more)        expect: \(expect)

    """
  }

  static let policy = Rule(
    "suite/policy", .error, "The ruleset that a test suite is about can't be had",
    explanation: """
      'policy' names a ruleset: a path as seen from the suite's folder, or 'claw:' and the name of a built-in one. Its own \
      errors are reported with their places.
      """,
    bad: example(test("{denied: true}"), policy: "policy: claw:defualt"), good: example(test("{denied: true}")))

  static let noCases = Rule(
    "suite/no-cases", .error, "A test suite tests nothing",
    explanation: "A suite without cases passes whatever the ruleset says, and looks as if it had been tested.",
    bad: "name: rules\npolicy: claw:default\nsuites:\n  - name: files\n    tests: []\n",
    good: example(test("{denied: true}")))

  static let caseTwice = Rule(
    "suite/case-twice", .error, "Two cases of a suite have one name",
    explanation: "Reports name a case by its suite and its name, so that two of one name can't be told apart.",
    bad: example(test("{denied: true}") + test("{denied: true}", path: "/etc/passwd")),
    good: example(test("{denied: true}") + test("{denied: true}", path: "/etc/passwd", name: "passwd")))

  static let emptyExpectation = Rule(
    "suite/empty-expectation", .error, "A case expects nothing",
    explanation: """
      A case that expects nothing passes whatever happens. Say at least one of allowed, denied, warn, guard, severity, \
      reason_contains, message_contains, posture_state and posture_transition.
      """,
    bad: example(test("{}")), good: example(test("{denied: true, guard: forbidden_path}")))

  static let contradiction = Rule(
    "suite/contradiction", .error, "A case expects what can't be so",
    explanation: "An event is allowed, allowed with a warning, or denied: just one of the three.",
    bad: example(test("{allowed: true, denied: true}")), good: example(test("{allowed: false, denied: true}")))

  static let event = Rule(
    "suite/event", .error, "The input of a case is no event",
    explanation: """
      The input is an event as 'claw policy eval' reads it: eventType and data, whose type fits. An eventId and a timestamp \
      may be left out.
      """,
    bad: """
      name: rules
      policy: claw:default
      suites:
        - name: files
          tests:
            - name: shadow
              input: {eventType: file_read, data: {type: file, pth: /etc/shadow}}
              expect: {denied: true}

      """, good: example(test("{denied: true}")))

  static let parameter = Rule(
    "suite/parameter", .error, "A case runs for the values of a parameter that there is not",
    explanation: """
      'foreach' names a parameter of the suite; the case runs once for each of its values, which stand for '{item}', \
      '{value}' and '{path}' in its texts. A parameter that is misspelt or empty would leave the case unrun.
      """,
    bad: example(
      test("{denied: true}", path: "{path}", more: "        foreach: pahts\n"),
      parameters: "    parameters: {paths: [/etc/shadow]}\n"),
    good: example(
      test("{denied: true}", path: "{path}", more: "        foreach: paths\n"),
      parameters: "    parameters: {paths: [/etc/shadow]}\n"))

  static let time = Rule(
    "suite/time", .error, "A time of a case is none, or is given twice",
    explanation:
      "Times are written as RFC 3339 has it, '2026-02-03T00:00:00Z': the event's own timestamp, or mock.time.",
    bad: example(test("{denied: true}", more: "        mock: {time: noon}\n")),
    good: example(test("{denied: true}", more: "        mock: {time: \"2026-02-03T12:00:00Z\"}\n")))

  static let posture = Rule(
    "suite/posture", .error, "A case names a state of the posture that there is not",
    explanation: """
      posture_state, posture_transition and session_posture need a ruleset with a posture, and name its states; budgets are \
      those of the session's state.
      """,
    bad: example(test("{posture_state: work}")), good: example(test("{denied: true}")))
}
