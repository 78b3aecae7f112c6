import JSON

/// Which symbols the code has (`symbol-index.json`). Its entries are the session's own business: only which names occur in
/// it counts.
struct SymbolIndex: Sendable {
  var sessionID: String?
  var symbolIndexHash: String?
  var names: Set<Exact>

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.optionalUUID(object, "sessionId")
    symbolIndexHash = reader.optionalHash(object, "symbolIndexHash")
    _ = reader.optionalTime(object, "generatedAt")
    names = []
    Self.collect(.object(object.members), &names)
  }

  private static func collect(_ value: JSONValue, _ names: inout Set<Exact>) {
    switch value {
    case .string(let text): names.insert(Exact(text))
    case .array(let elements): for element in elements { collect(element, &names) }
    case .object(let members): for member in members { collect(member.value, &names) }
    default: break
    }
  }
}

/// A file that only says whether something passed: `symbol-validation.json`, `gate-result.json`.
struct Verdict: Sendable {
  var sessionID: String?
  var passed: Bool?

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.optionalUUID(object, "sessionId")
    passed = reader.bool(object, "passed")
  }
}

/// The session that was sealed (`session.json`).
struct SessionRecord: Sendable {
  var sessionID: String

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.uuid(object, "sessionId")
  }
}
