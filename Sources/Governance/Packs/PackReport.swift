package import IR
package import JSON

/// What became of a pack that was held against a subject.
package struct PackReport: Sendable {
  /// The verdicts.
  package enum Verdict: String, Sendable {
    case pass
    case fail
    /// The pack is for other subjects. That is no pass.
    case notApplicable = "not-applicable"
  }

  /// What became of one expectation.
  package struct Result: Sendable {
    package var id: String
    package var description: String
    package var severity: PackPlan.Severity
    /// Why it does not hold; nil if it does.
    package var reason: String?

    package var holds: Bool { reason == nil }
  }

  package var packID: String
  package var packVersion: String
  /// SHA-256 of the pack's canonical form: which pack it was, to the letter.
  package var packHash: String
  package var subject: PackSubjectKind
  package var subjectName: String
  package var verdict: Verdict
  /// Why the pack does not apply, or nothing could be held against it.
  package var reason: String?
  package var results: [Result]

  /// Whether all that must hold does.
  package var passes: Bool { verdict == .pass }

  /// The report for programs. It has no times, so that the same subject has the same report.
  package var json: JSONValue {
    func count(_ severity: PackPlan.Severity, _ holds: Bool) -> JSONValue {
      JSONValue(results.count { $0.severity == severity && $0.holds == holds })
    }
    var members: [JSONValue.Member] = [
      .init("pack", .string(packID)), .init("version", .string(packVersion)), .init("packHash", .string(packHash)),
      .init("subject", .string(subject.rawValue)), .init("name", .string(subjectName)),
      .init("verdict", .string(verdict.rawValue)),
    ]
    if let reason { members.append(.init("reason", .string(reason))) }
    let entries = results.map { result -> JSONValue in
      var entry: [JSONValue.Member] = [
        .init("id", .string(result.id)), .init("severity", .string(result.severity.rawValue)),
        .init("holds", .bool(result.holds)),
      ]
      if let reason = result.reason { entry.append(.init("reason", .string(reason))) }
      return .object(entry)
    }
    members.append(.init("results", .array(entries)))
    members.append(
      .init(
        "summary",
        [
          "holds": JSONValue(results.count(where: \.holds)), "errors": count(.error, false),
          "warnings": count(.warning, false), "infos": count(.info, false),
        ]))
    return .object(members)
  }

  /// What is wrong, as reports in the Conformance Normal Form have it.
  package var problems: [CNFReport.Problem] {
    if verdict == .notApplicable {
      return [.init(code: "PACK_NOT_APPLICABLE", message: reason ?? "", artifactType: "pack", path: packID)]
    }
    var problems = results.compactMap { result -> CNFReport.Problem? in
      guard result.severity == .error, let reason = result.reason else { return nil }
      return .init(
        code: "PACK_EXPECTATION_FAILED", message: reason, artifactType: "pack", path: "\(packID)/\(result.id)")
    }
    if verdict == .fail, let reason {
      problems.append(.init(code: "PACK_NOTHING_EVALUATED", message: reason, artifactType: "pack", path: packID))
    }
    return problems
  }
}
