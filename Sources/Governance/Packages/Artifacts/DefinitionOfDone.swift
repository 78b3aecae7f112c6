/// What must be true before a change is done (`dod.json`).
struct DefinitionOfDone: Sendable {
  enum Method: String, CaseIterable {
    case commandExitCode = "command_exit_code"
    case fileExists = "file_exists"
    case fileHashMatch = "file_hash_match"
    case commandOutputMatch = "command_output_match"
    case artifactRecorded = "artifact_recorded"
    case custom
  }

  struct Item: Sendable {
    var id: String
    var description: String
    var method: Method?
    var command: String?
    var hasTarget: Bool
    var hasExpectation: Bool
    var procedure: String?
  }

  var dodID: String
  var sessionID: String
  var title: String
  var items: [Item]
  var createdAt: Instant?

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    dodID = reader.id(object, "dodId")
    title = reader.text(object, "title", 1...500)
    createdAt = reader.time(object, "createdAt")
    reader.actor(object, "createdBy")
    items = reader.objects(object, "items", count: 1...100).map { item in
      _ = reader.texts(item, "notDoneConditions", count: 0...20, length: 1...1000)
      let code = reader.optionalInteger(item, "expectedExitCode", 0...255)
      let output = reader.optionalText(item, "expectedOutput", 0...10_000)
      let hash = reader.optionalHash(item, "expectedHash")
      let target = reader.optionalText(item, "targetPath", 1...1000)
      let method = reader.word(item, "verificationMethod", Method.self)
      return Item(
        id: reader.text(item, "id", 1...100), description: reader.text(item, "description", 1...2000), method: method,
        command: reader.optionalText(item, "verificationCommand", 1...5000), hasTarget: target != nil,
        hasExpectation: code != nil || output != nil || hash != nil,
        procedure: reader.optionalText(item, "verificationProcedure", 1...5000))
    }
  }
}
