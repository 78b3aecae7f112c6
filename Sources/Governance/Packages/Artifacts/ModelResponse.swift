import JSON

/// What a model answered (`model-response.json`).
struct ModelResponse: Sendable {
  enum ChangeType: String, CaseIterable {
    case edit = "edit_file"
    case add = "add_file"
    case delete = "delete_file"
    case rename = "rename_file"
    case none = "no_change"
  }
  enum CitationType: String, CaseIterable {
    case file, symbol
    case dodItem = "dod_item"
    case planStep = "plan_step"
    case policy, other
  }

  struct Change: Sendable {
    var type: ChangeType?
    var path: String
    var patch: String?
    var dodItems: [String]
    var planSteps: [String]
    var symbols: [String]
  }

  var capsuleID: String
  var sessionID: String
  var responseHash: String
  var createdAt: Instant?
  var model: PromptCapsule.Model
  var changes: [Change]
  var isRefusal: Bool

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    capsuleID = reader.id(object, "capsuleId")
    _ = reader.id(object, "responseId")
    responseHash = reader.hash(reader.object(object, "hash"), "responseHash")
    createdAt = reader.optionalTime(object, "createdAt")
    model = PromptCapsule.Model(reader.object(object, "model"), &reader)
    let output = reader.object(object, "output")
    _ = reader.text(output, "summary", 1...5000)
    for citation in reader.objects(output, "citations", count: 1...Int.max) {
      _ = reader.word(citation, "type", CitationType.self)
      _ = reader.text(citation, "ref", 0...Int.max)
      _ = reader.optionalText(citation, "note")
    }
    changes = reader.objects(output, "proposedChanges").map { change in
      _ = reader.text(change, "changeId", 1...100)
      _ = reader.texts(change, "riskNotes", count: 0...20)
      let patch: String? = change["patch"] == .null ? nil : reader.text(change, "patch", 0...200_000)
      return Change(
        type: reader.word(change, "changeType", ChangeType.self), path: reader.text(change, "targetPath", 1...1000),
        patch: patch, dodItems: reader.texts(change, "referencedDoDItems", count: 1...Int.max),
        planSteps: reader.texts(change, "referencedPlanStepIds", count: 1...Int.max),
        symbols: reader.texts(change, "referencedSymbols"))
    }
    let refusal = output["refusal"] == .null ? nil : reader.optionalObject(output, "refusal")
    isRefusal = refusal != nil
    if let refusal { _ = reader.text(refusal, "reason", 1...5000) }
    if isRefusal != changes.isEmpty {
      reader.complain(
        output.path + [.name("proposedChanges")],
        isRefusal ? "a refusal proposes no changes" : "there is neither a change nor a refusal")
    }
  }
}
