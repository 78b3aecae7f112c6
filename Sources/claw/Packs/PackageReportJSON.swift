import Governance
import JSON
import Source

/// A report as programs read it.
struct PackageReportJSON {
  let document: JSONValue

  init(_ report: PackageReport, _ path: String, _ files: PackageFiles) {
    let steps = report.steps.map { step -> JSONValue in
      let count = report.errors(of: step).count
      return [
        "number": JSONValue(step.rawValue), "title": .string(step.title), "passed": .bool(count == 0),
        "errors": JSONValue(count),
      ]
    }
    document = [
      "schema": 1, "package": .string(path), "kind": .string(report.kind.rawValue),
      "sessionId": report.sessionID.map { .string($0) } ?? .null,
      "verdict": .string(report.passes ? "pass" : "fail"), "profile": .string(report.profile.rawValue),
      "trusted": .bool(report.hasTrust), "contentsHash": .string(report.contentsHash), "steps": .array(steps),
      "errors": .array(report.errors.map { Self.problem($0, files) }),
      "warnings": .array(report.warnings.map { Self.problem($0, files) }), "hashes": report.hashesJSON,
      "hashProfiles": report.profilesJSON,
    ]
  }

  private static func problem(_ problem: PackageProblem, _ files: PackageFiles) -> JSONValue {
    let position = problem.position(in: files)
    return [
      "step": JSONValue(problem.step.rawValue), "code": .string(problem.code.rawValue),
      "message": .string(problem.message), "artifactType": .string(problem.artifact.rawValue),
      "field": problem.path.map { .string($0) } ?? .null, "file": problem.file.map { .string($0) } ?? .null,
      "line": position.map { JSONValue($0.line) } ?? .null, "column": position.map { JSONValue($0.column) } ?? .null,
    ]
  }
}
