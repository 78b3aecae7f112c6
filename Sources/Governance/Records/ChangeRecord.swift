import Source
import JSON
import Policy

/// Artifacts in the form of the Python validator: the same names as in sealed sessions, and other members. They are told by
/// their members, whatever their files are called.
struct ChangeRecord: Sendable {
  enum Kind: String, CaseIterable {
    case plan = "ExecutionPlan"
    case lock = "DecisionLock"
    case seal = "SealedChangePackage"
    case evidence = "RunnerEvidence"

    /// What kind a value is, if any.
    init?(_ value: JSONValue) {
      if value["changeId"] != nil || (value["executionPlanRef"] != nil && value["artifactHashes"] != nil) {
        self = .seal
      } else if value["linkedExecutionPlanId"] != nil {
        self = .lock
      } else if value["deploymentId"] != nil {
        self = .evidence
      } else if value["objective"] != nil, value["author"] != nil {
        self = .plan
      } else {
        return nil
      }
    }

    var artifact: ArtifactType {
      switch self {
      case .plan: .plan
      case .lock: .lock
      case .seal: .seal
      case .evidence: .evidence
      }
    }
  }

  var kind: Kind
  var id: String
  /// For a lock the plan that it is for; for a seal its plan.
  var planID = ""
  /// For a seal its lock.
  var lockID = ""
  /// For a seal the digests that it names.
  var planHash = ""
  var lockHash = ""

  init(_ kind: Kind, _ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    self.kind = kind
    switch kind {
    case .plan:
      id = reader.text(object, "id")
      for name: StaticString in ["version", "author", "objective"] { _ = reader.text(object, name) }
      reader.moment(object, "createdAt")
      _ = reader.optionalTexts(object, "constraints", length: 0...Int.max)
      _ = reader.optionalTexts(object, "expectedOutputs", length: 0...Int.max)
      _ = reader.optionalText(object, "schemaVersion", 1...100)
    case .lock:
      id = reader.text(object, "id")
      planID = reader.text(object, "linkedExecutionPlanId")
      _ = reader.text(object, "rationale")
      reader.moment(object, "timestamp")
      _ = reader.optionalTexts(object, "rejectedAlternatives", length: 0...Int.max)
      _ = reader.optionalText(object, "approvalSource")
    case .seal:
      id = reader.text(object, "changeId")
      planID = reader.text(object, "executionPlanRef")
      lockID = reader.text(object, "decisionLockRef")
      let hashes = reader.object(object, "artifactHashes")
      planHash = reader.hash(hashes, "executionPlan")
      lockHash = reader.hash(hashes, "decisionLock")
      _ = reader.optionalObject(object, "schemaVersions")
      _ = reader.optionalText(object, "validatorVersion", 1...100)
      if object["sealTimestamp"] != nil { reader.moment(object, "sealTimestamp") }
    case .evidence:
      id = reader.text(object, "deploymentId")
      _ = reader.hash(object, "artifactHash")
      reader.moment(object, "executionTimestamp")
      _ = reader.text(object, "outcomeStatus", 1...200)
      if object["runtimeEnvironment"]?.members == nil { _ = reader.text(object, "runtimeEnvironment") }
    }
  }
}

extension ArtifactReader {
  /// A time as RFC 3339 has it, in any zone.
  mutating func moment(_ object: Object, _ name: StaticString) {
    guard let value = object[name] else { return complain(object.path + [.name(name)], "'\(name)' is missing") }
    if case .string(let text) = value, Timestamp.isValid(text) { return }
    complain(object.path + [.name(name)], "a time such as 2026-03-01T08:00:00Z must stand here")
  }
}
