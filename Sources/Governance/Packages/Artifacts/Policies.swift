import JSON

/// A policy that a session is held to. Policies lie outside of the package.
struct SessionPolicy: Sendable {
  enum Scope: String, CaseIterable { case session, plan, runner, capability, global }
  enum Target: String, CaseIterable { case plan, evidence, attestation, runnerIdentity, capability }
  enum Effect: String, CaseIterable { case allow, deny, require }
  enum Severity: String, CaseIterable { case info, warning, critical }

  struct Rule: Sendable {
    var ruleID: String
    var effect: Effect?
    var severity: Severity?
    var field: String
    var comparison: String
    var value: JSONValue?
    /// Where it stands in its policy.
    var pointer: String
  }

  var policyID: String
  var rules: [Rule]

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader, _ pointer: String) {
    policyID = reader.id(object, "policyId")
    _ = reader.text(object, "name", 1...500)
    _ = reader.text(object, "version", 1...100)
    _ = reader.word(object, "scope", Scope.self)
    rules = reader.objects(object, "rules", count: 1...1000).enumerated().map { index, rule in
      let condition = reader.object(rule, "condition")
      _ = reader.word(rule, "target", Target.self)
      return Rule(
        ruleID: reader.text(rule, "ruleId", 1...200), effect: reader.word(rule, "effect", Effect.self),
        severity: reader.word(rule, "severity", Severity.self), field: reader.text(condition, "field", 1...500),
        comparison: reader.text(condition, "operator", 1...100), value: condition["value"],
        pointer: "\(pointer)/rules/\(index)")
    }
  }
}

/// What the session says that its policies decided (`policy-evaluation.json`).
struct PolicyEvaluation: Sendable {
  var passed: Bool?
  var failures: Int
  /// The rules that it names, as policy and rule, and whether the condition of each held.
  var rules: [(policy: String, rule: String, holds: Bool?)]

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    passed = reader.bool(object, "passed")
    failures = reader.objects(object, "failures").count
    rules = []
    for policy in reader.objects(object, "policyResults") {
      let id = reader.id(policy, "policyId")
      for rule in reader.objects(policy, "ruleResults") {
        let holds = rule["passed"] == nil ? nil : reader.bool(rule, "passed")
        rules.append((id, reader.text(rule, "ruleId", 1...200), holds))
      }
    }
  }
}
