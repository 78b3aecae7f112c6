/// What is to be done, step by step (`execution-plan.json`).
struct ExecutionPlan: Sendable {
  struct Step: Sendable {
    var stepID: String
    var references: [String]
    var capabilities: [String]
  }

  /// What a plan may promise; each must be true.
  static let guarantees: [StaticString] = [
    "noShellExecution", "noNetworkAccess", "noFilesystemMutation", "noProcessSpawning", "noImplicitIO",
  ]

  var sessionID: String?
  var dodID: String?
  var lockID: String?
  var planHash: String?
  var steps: [Step]
  var allowedCapabilities: [String]
  var hasGuarantees: Bool
  var times: [(pointer: String, time: Instant)] = []

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.optionalUUID(object, "sessionId")
    dodID = object["dodId"] == nil ? nil : reader.id(object, "dodId")
    lockID = object["lockId"] == nil ? nil : reader.id(object, "lockId")
    planHash = reader.optionalHash(object, "planHash")
    allowedCapabilities = reader.texts(object, "allowedCapabilities", length: 1...200, isUnique: true)
    steps = []
    times = Self.times(object, "", &reader)
    for (index, step) in reader.objects(object, "steps", count: 1...1000).enumerated() {
      times += Self.times(step, "/steps/\(index)", &reader)
      steps.append(
        Step(
          stepID: reader.id(step, "stepId"), references: reader.texts(step, "references", count: 1...100),
          capabilities: reader.texts(step, "requiredCapabilities", length: 1...200, isUnique: true)))
    }
    hasGuarantees = false
    if let promises = reader.optionalObject(object, "nonExecutableGuarantees") {
      hasGuarantees = true
      for name in Self.guarantees where reader.bool(promises, name) == false {
        reader.complain(promises.path + [.name(name)], "true must stand here")
      }
    }
  }

  private static func times(
    _ object: ArtifactReader.Object, _ pointer: String, _ reader: inout ArtifactReader
  ) -> [(pointer: String, time: Instant)] {
    let names: [StaticString] = ["timestamp", "createdAt", "updatedAt"]
    return names.compactMap { name in
      reader.optionalTime(object, name).map { ("\(pointer)/\(name)", $0) }
    }
  }
}
