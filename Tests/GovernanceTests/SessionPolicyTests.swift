import Governance
import JSON
import Testing

@Suite("Policies of a session")
struct SessionPolicyTests {
  /// What one rule over the sample comes to.
  private func codes(
    _ field: String, _ comparison: String, _ value: JSONValue?, effect: String = "require",
    severity: String = "critical"
  ) throws -> Set<PackageCode> {
    var condition: JSONValue = ["field": .string(field), "operator": .string(comparison)]
    condition.set("value", value)
    let id = "00000000-0000-4000-8000-000000000002"
    let policy: JSONValue = [
      "policyId": .string(id), "name": "p", "version": "1.0.0", "scope": "session", "createdAt": "2026-03-01T08:00:00Z",
      "rules": [
        [
          "ruleId": "r", "description": "d", "target": "plan", "condition": condition, "effect": .string(effect),
          "severity": .string(severity),
        ]
      ],
    ]
    var files = try Fixture.session()
    try files.edit("policy-evaluation.json") {
      $0 = [
        "passed": true, "failures": [], "policyResults": [["policyId": .string(id), "ruleResults": [["ruleId": "r"]]]],
      ]
    }
    files = try files.resealed()
    var validator = try Fixture.validator(pinning: [files.contentsHash])
    validator.policies = .init([policy])
    return validator.validate(files).codes
  }

  @Test("Operators")
  func operators() throws {
    let held: [(String, String, JSONValue?)] = [
      ("runnerIdentity.runnerVersion", "equals", "0.1.0"), ("runnerIdentity.runnerVersion", "not_equals", "9"),
      ("runnerIdentity.missing", "not_equals", "9"), ("runnerIdentity.runnerVersion", "in", ["1", "0.1.0"]),
      ("runnerIdentity.runnerVersion", "not_in", ["1"]),
      ("executionPlan.allowedCapabilities", "subset_of", ["compute_hash", "read_file", "validate"]),
      ("executionPlan.allowedCapabilities", "superset_of", ["read_file"]),
      ("dod.items[0].expectedExitCode", "less_than", 1), ("evidenceChain[1].stepId", "equals", "s-2"),
      ("evidenceChain[0].verificationMetadata.ratio", "greater_than", .number("0.05")),
      ("executionPlan.steps", "exists", true),
      ("executionPlan.nothing", "exists", false), ("decisionLock.goal", "matches_regex", "^Clamp .* zero$"),
      ("anchor.planHash", "matches_regex", "^[0-9a-f]{64}$"),
      ("runnerAttestation.signatureAlgorithm", "equals", "sha256"),
      ("evidenceChain[9].stepId", "exists", false),
    ]
    for (field, comparison, value) in held {
      #expect(try codes(field, comparison, value) == [], "\(field) \(comparison)")
      #expect(try codes(field, comparison, value, effect: "deny") == [.policyDenied], "\(field) \(comparison)")
      #expect(try codes(field, comparison, value, effect: "allow") == [], "\(field) \(comparison)")
    }
    #expect(try codes("dod.title", "equals", "x") == [.policyRequirementFailed])
    #expect(try codes("dod.title", "equals", "x", effect: "deny") == [])
    #expect(try codes("dod.title", "equals", "x", effect: "allow") == [.policyDenied])
    #expect(try codes("dod.title", "equals", "x", effect: "allow", severity: "warning") == [])
    #expect(try codes("dod.title", "equals", "x", severity: "info") == [.policyRequirementFailed])
  }

  @Test("What can't be decided is denied, whatever the rule would have done", arguments: ["allow", "deny", "require"])
  func undecidable(effect: String) throws {
    func code(_ field: String, _ comparison: String, _ value: JSONValue?) throws -> Set<PackageCode> {
      try codes(field, comparison, value, effect: effect, severity: "info")
    }
    for path in [
      "nothing.x", "dod..x", "dod.items[", "dod.items[x]", "dod.items[-1]", "[0]", "dod.items[0]x", "dod.a]",
    ] {
      #expect(try code(path, "exists", true) == [.policyFieldPathInvalid], "\(path)")
    }
    #expect(try code("dod.title", "like", "x") == [.policyOperatorUnsupported])
    for (field, comparison, value) in [
      ("dod.title", "in", "x"), ("dod.title", "greater_than", 1), ("dod.title", "less_than", "x"),
      ("dod.title", "matches_regex", "("), ("dod.title", "matches_regex", #"(?=x)"#),
      ("dod.items", "matches_regex", "x"),
      ("dod.title", "matches_regex", .string(String(repeating: "x", count: 201))), ("dod.title", "exists", "yes"),
    ] as [(String, String, JSONValue)] {
      #expect(try code(field, comparison, value) == [.policyEvaluationFailed], "\(field) \(comparison)")
    }
    // An expression that takes others exponential time.
    let start = ContinuousClock.now
    _ = try code("decisionLock.goal", "matches_regex", "^(([a-z ]+)+)+$")
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test("A record of other rules than the policies have is told")
  func otherRules() throws {
    var files = try Fixture.session()
    try files.edit("policy-evaluation.json") { $0.set("policyResults", []) }
    files = try files.resealed()
    #expect(try Fixture.validator(pinning: [files.contentsHash]).validate(files).codes == [.policyEvaluationFailed])
    try files.set("policy-evaluation.json", "passed", false)
    files = try files.resealed()
    #expect(try Fixture.validator(pinning: [files.contentsHash]).validate(files).codes == [.policyEvaluationFailed])
  }
}
