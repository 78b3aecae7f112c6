import Canonical
import Governance
import JSON
import Testing

@Suite("Records of the Python validator")
struct RecordTests {
  private static func hash(_ value: JSONValue) throws -> String { Digest.sha256Hex(try CanonicalJSON.bytes(value)) }

  private func records(_ change: (inout [String: JSONValue]) throws -> Void = { _ in }) throws -> PackageFiles {
    let plan: JSONValue = [
      "id": "plan-1", "version": "1.0.0", "createdAt": "2026-03-01T08:00:00+00:00", "author": "dev",
      "objective": "clamp",
      "constraints": ["b", "a"], "expectedOutputs": [], "schemaVersion": "1.0.0",
    ]
    let lock: JSONValue = [
      "id": "lock-1", "linkedExecutionPlanId": "plan-1", "rationale": "because", "rejectedAlternatives": [],
      "approvalSource": "review", "timestamp": "2026-03-01T08:05:00Z",
    ]
    let seal: JSONValue = [
      "changeId": "c-1", "executionPlanRef": "plan-1", "decisionLockRef": "lock-1",
      "artifactHashes": ["executionPlan": .string(try Self.hash(plan)), "decisionLock": .string(try Self.hash(lock))],
      "schemaVersions": [:], "validatorVersion": "1.0.0", "sealTimestamp": "2026-03-01T09:00:00Z",
    ]
    var values = ["plan.json": plan, "lock.json": lock, "scp.json": seal]
    try change(&values)
    return PackageFiles(try values.mapValues { try CanonicalJSON.bytes($0) })
  }

  private func report(_ files: PackageFiles) throws -> PackageReport {
    try Fixture.validator(pinning: [files.contentsHash]).validate(files)
  }

  @Test("Records that belong together pass if their contents are trusted, whatever their files are called")
  func good() throws {
    let files = try records()
    let report = try report(files)
    #expect(report.passes && report.kind == .records, "\(report.lines)")
    #expect(report.records.map(\.type) == ["DecisionLock", "ExecutionPlan", "SealedChangePackage"])
    #expect(PackageValidator().validate(files).codes == [.sealBindingViolation])
    let evidence = try records {
      $0["e.json"] = [
        "deploymentId": "d", "artifactHash": .string(Digest.sha256Hex([1])), "runtimeEnvironment": "x",
        "executionTimestamp": "2026-03-01T10:00:00Z", "outcomeStatus": "success",
      ]
    }
    #expect(try self.report(evidence).passes)
  }

  @Test("What that validator takes for right is an error: digests that are absent, ids that nobody has, wrong types")
  func bad() throws {
    func codes(_ change: @escaping (inout [String: JSONValue]) throws -> Void) throws -> Set<PackageCode> {
      try report(try records(change)).codes
    }
    #expect(
      try codes { $0["scp.json"]?.edit("artifactHashes") { $0.set("executionPlan", nil) } } == [
        .schemaInvalid, .sealHashMismatch,
      ])
    #expect(try codes { $0["scp.json"]?.set("artifactHashes", [:]) } == [.schemaInvalid, .sealHashMismatch])
    #expect(try codes { $0["plan.json"]?.set("objective", "other") } == [.sealHashMismatch])
    #expect(
      try codes {
        $0["scp.json"]?.edit("artifactHashes") { hashes in
          hashes.set("decisionLock", .string((hashes["decisionLock"]?.string ?? "").uppercased()))
        }
      }.contains(.schemaInvalid))
    #expect(try codes { $0["scp.json"]?.set("executionPlanRef", "plan-2") } == [.idMismatch])
    #expect(try codes { $0["scp.json"]?.set("decisionLockRef", "lock-2") } == [.idMismatch])
    #expect(try codes { $0["lock.json"]?.set("linkedExecutionPlanId", "plan-2") }.contains(.idMismatch))
    #expect(try codes { $0["plan.json"]?.set("version", 1) }.contains(.schemaInvalid))
    #expect(try codes { $0["plan.json"]?.set("createdAt", "yesterday") }.contains(.schemaInvalid))
    #expect(try codes { $0["plan.json"]?.set("weight", .number("0.5")) }.contains(.schemaInvalid))
    #expect(try codes { $0["lock.json"] = nil } == [.lockMissing])
    #expect(try codes { $0["plan.json"] = nil } == [.sealMissingDependency])
    #expect(try codes { $0["scp.json"] = nil } == [.sealMissingDependency])
    #expect(try codes { $0["plan-2.json"] = $0["plan.json"] } == [.sealMissingDependency])
    #expect(try codes { $0["other.json"] = ["a": 1] } == [.schemaInvalid])
  }
}
