/// What a model was asked (`prompt-capsule.json`).
struct PromptCapsule: Sendable {
  enum Provider: String, CaseIterable { case openai, anthropic, other }
  enum Task: String, CaseIterable {
    case codeChange = "code_change"
    case review, design, explain
    case testPlan = "test_plan"
    case other
  }

  /// Which model, and how it was set up.
  struct Model: Sendable, Equatable {
    var provider: Provider?
    var modelID: String
    var seed: Int?

    init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
      provider = reader.word(object, "provider", Provider.self)
      modelID = reader.text(object, "modelId", 1...200)
      seed = reader.integer(object, "seed", 0...Int(Int32.max))
    }
  }

  var capsuleID: String
  var sessionID: String
  var lockID: String
  var planHash: String
  var capsuleHash: String
  var createdAt: Instant?
  var model: Model
  var goalExcerpt: String
  var allowedFiles: [String]
  var allowedSymbols: [String]
  var allowedDoDItems: [String]
  var allowedPlanStepIDs: [String]
  var allowedCapabilities: [String]
  var allowedExternalModules: [String]
  var disallowedPatterns: [String]
  var fileDigests: [FileDigest]
  var isPartial: Bool?

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    capsuleID = reader.id(object, "capsuleId")
    lockID = reader.id(object, "lockId")
    planHash = reader.hash(object, "planHash")
    capsuleHash = reader.hash(reader.object(object, "hash"), "capsuleHash")
    createdAt = reader.time(object, "createdAt")
    if object["createdBy"] != nil { reader.actor(object, "createdBy") }
    let model = reader.object(object, "model")
    self.model = Model(model, &reader)
    // A model that may draw lots gives no answer that can be had again.
    _ = reader.integer(model, "temperature", 0...0)
    _ = reader.integer(model, "topP", 1...1)
    let intent = reader.object(object, "intent")
    goalExcerpt = reader.text(intent, "goalExcerpt", 1...5000)
    _ = reader.word(intent, "taskType", Task.self)
    _ = reader.texts(intent, "forbiddenBehaviors", count: 3...Int.max)
    let context = reader.object(object, "context")
    _ = reader.text(context, "systemPrompt", 1...20_000)
    _ = reader.text(context, "userPrompt", 1...20_000)
    _ = reader.texts(context, "constraints", count: 3...Int.max)
    let bounds = reader.object(object, "boundaries")
    allowedFiles = reader.texts(bounds, "allowedFiles", count: 1...200, length: 1...1000, isUnique: true)
    allowedSymbols = reader.texts(bounds, "allowedSymbols", count: 0...500)
    allowedDoDItems = reader.texts(bounds, "allowedDoDItems", count: 1...Int.max)
    allowedPlanStepIDs = reader.texts(bounds, "allowedPlanStepIds", count: 1...Int.max)
    allowedCapabilities = reader.texts(bounds, "allowedCapabilities")
    disallowedPatterns = reader.texts(bounds, "disallowedPatterns", count: 5...Int.max)
    allowedExternalModules = reader.texts(bounds, "allowedExternalModules")
    let inputs = reader.object(object, "inputs")
    isPartial = reader.bool(inputs, "partialCoverage")
    fileDigests = FileDigest.list(inputs, &reader)
  }
}

extension FileDigest {
  /// The member `fileDigests` of an object.
  static func list(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) -> [FileDigest] {
    reader.objects(object, "fileDigests").map { file in
      FileDigest(path: reader.text(file, "path", 1...1000), hash: reader.hash(file, "sha256"))
    }
  }
}
