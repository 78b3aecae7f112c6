/// Who looks at a step's patch.
enum ReviewerRole: String, CaseIterable, Sendable {
  case `static`, security, qa, e2e, automation
}

/// What a step's worker is given (`packets/step-<stepId>.json`).
struct StepPacket: Sendable {
  struct Excerpt: Sendable {
    var path: String
    var startLine: Int?
    var endLine: Int?
    var text: String
  }

  var sessionID: String
  var lockID: String
  var stepID: String
  var dodID: String
  var planHash: String
  var capsuleHash: String
  var snapshotHash: String
  var packetHash: String
  var goalReference: String
  var dodItemRefs: [String]
  var allowedFiles: [String]
  var allowedSymbols: [String]
  var capabilities: [String]?
  var reviewers: [ReviewerRole]
  var fileDigests: [FileDigest]
  var excerpts: [Excerpt]
  var createdAt: Instant?

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    lockID = reader.id(object, "lockId")
    stepID = reader.id(object, "stepId")
    dodID = reader.id(object, "dodId")
    planHash = reader.hash(object, "planHash")
    capsuleHash = reader.hash(object, "capsuleHash")
    snapshotHash = reader.hash(object, "snapshotHash")
    packetHash = reader.hash(object, "packetHash")
    goalReference = reader.text(object, "goalReference", 1...5000)
    dodItemRefs = reader.texts(object, "dodItemRefs")
    allowedFiles = reader.texts(object, "allowedFiles", count: 0...200, length: 1...1000)
    allowedSymbols = reader.texts(object, "allowedSymbols", count: 0...500)
    capabilities = reader.optionalTexts(object, "requiredCapabilities")
    createdAt = reader.time(object, "createdAt")
    reviewers = []
    for (index, text) in reader.texts(object, "reviewerSequence", count: 3...Int.max).enumerated() {
      if let role = ReviewerRole(rawValue: text) {
        reviewers.append(role)
      } else {
        reader.complain([.name("reviewerSequence"), .index(index)], "'\(text)' is no role of reviewers")
      }
    }
    let context = reader.object(object, "context")
    fileDigests = context["fileDigests"] == nil ? [] : FileDigest.list(context, &reader)
    excerpts = reader.optionalObjects(context, "excerpts").map { excerpt in
      let start = reader.integer(excerpt, "startLine", 1...Int(Int32.max))
      let end = reader.integer(excerpt, "endLine", 1...Int(Int32.max))
      if let start, let end, !(start..<start + 100).contains(end) {
        reader.complain(excerpt.path + [.name("endLine")], "an excerpt has 1 to 100 lines")
      }
      return Excerpt(
        path: reader.text(excerpt, "path", 1...1000), startLine: start, endLine: end,
        text: reader.text(excerpt, "text", 0...2000))
    }
  }
}

/// That a packet was taken up (`packets/receipt-<stepId>.json`).
struct PacketReceipt: Sendable {
  var packetHash: String
  var nonce: String
  var timestamp: Instant?
  var produced: [String]

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    packetHash = reader.hash(object, "packetHash")
    nonce = reader.uuid(object, "nonce")
    timestamp = reader.time(object, "timestamp")
    produced = reader.objects(object, "producedArtifacts").map { produced in
      _ = reader.text(produced, "type", 1...200)
      _ = reader.text(produced, "path", 1...1000)
      return reader.hash(produced, "hash")
    }
  }
}
