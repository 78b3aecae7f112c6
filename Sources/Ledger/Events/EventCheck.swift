import Canonical
import JSON
import Source

/// What an event must be before it is recorded: every limit, and the types of payloads.
package struct EventCheck: Sendable {
  /// Most bytes of an event's eight hashed members in canonical JSON.
  package static let eventLimit = 1 << 20
  /// Most bytes of the text of a draft: one that needs white space beyond this is no event.
  package static let textLimit = 4 << 20
  /// How deep payload and actor may nest.
  package static let depthLimit = 64
  /// Most members of all objects of an event.
  package static let memberLimit = 10_000

  /// Types beyond those that every ledger knows.
  package var extensions: EventExtensions

  package init(extensions: EventExtensions = EventExtensions()) { self.extensions = extensions }

  /// A failure if a draft can't be recorded in any run.
  package func check(_ draft: EventDraft) throws(LedgerFailure) {
    func malformed(_ message: String) -> LedgerFailure { LedgerFailure(.malformedEvent, message) }
    if let eventId = draft.eventId, !EventText.isIdentity(eventId) {
      throw malformed("'eventId' must be a UUID of version 4 in lower case")
    }
    if let runId = draft.runId, !EventText.isIdentity(runId) {
      throw malformed("'runId' must be a UUID of version 4 in lower case")
    }
    if let ts = draft.ts, AuditTime.milliseconds(ts) == nil {
      throw malformed("'ts' must be a time as in 2026-01-02T03:04:05.006Z")
    }
    guard EventText.isSchemaVersion(draft.schemaVersion) else {
      throw malformed("'schemaVersion' must be 1.MINOR.PATCH")
    }
    if let actor = draft.actor { try Self.check(actor: actor) }
    guard draft.payload.first == 0x7B else { throw malformed("'payload' must be an object") }
    guard draft.payload.count <= Self.eventLimit - 2048 else {
      throw LedgerFailure(
        .eventTooLarge, "the payload has \(draft.payload.count) bytes, and an event at most \(Self.eventLimit)")
    }
    try check(payload: draft.payload, of: draft.type)
    if let complaint = PayloadShape.complaint(draft.payload) { throw malformed("the payload \(complaint)") }
  }

  private static let actorFields: [PayloadField] = [
    .init("actorId", .text(200)), .init("actorType", .choice(EventActor.Kind.allCases.map { $0.rawValue })),
  ]

  private static func check(actor: [UInt8]) throws(LedgerFailure) { try check(actor, "actor", actorFields) }

  private func check(payload: [UInt8], of type: String) throws(LedgerFailure) {
    if let known = EventType.known(type) {
      if let fields = known.fields { try Self.check(payload, "payload", fields) }
      if type == "ArtifactRecorded" { try Self.check(artifact: payload) }
      if type == "ContractRecorded", let complaint = Contract.complaint(payload) {
        throw LedgerFailure(.malformedEvent, "'payload.contract\(complaint)")
      }
      return
    }
    switch extensions.state(of: type) {
    case .active?, .deprecated?: return
    case .removed?:
      throw LedgerFailure(.unknownType, "the extension that had the event type '\(type)' was removed")
    case nil:
      let names = EventType.names + extensions.typeNames
      let near = Suggestion.nearest(to: type, in: names).map { "; did you mean '\($0)'?" } ?? ""
      throw LedgerFailure(.unknownType, "no extension registers the event type '\(type)'\(near)")
    }
  }

  /// An artifact is named by its digest, so that both say the same; what no ledger stores can't have been recorded.
  private static func check(artifact payload: [UInt8]) throws(LedgerFailure) {
    guard let value = try? JSONParser.parse(payload[...], strict: true) else { return }
    if let id = value["artifactId"]?.string, let digest = value["sha256"]?.string, id != digest {
      throw LedgerFailure(.malformedEvent, "'payload.artifactId' must be the 'sha256'")
    }
    if let size = value["size"]?.integer, !(1...ArtifactLibrary.limit ~= size) {
      throw LedgerFailure(.malformedEvent, "'payload.size' must be 1 to \(ArtifactLibrary.limit)")
    }
  }

  private static func check(
    _ object: [UInt8], _ place: String, _ fields: [PayloadField]
  ) throws(LedgerFailure) {
    guard let members = CanonicalMembers(object)?.members else {
      throw LedgerFailure(.malformedEvent, "'\(place)' must be an object")
    }
    var found = 0
    for member in members {
      let name = object[member.name]
      guard let field = fields.first(where: { $0.name.utf8.elementsEqual(name) }) else {
        let text = String(decoding: name, as: UTF8.self)
        let near = Suggestion.nearest(to: text, in: fields.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
        throw LedgerFailure(.malformedEvent, "'\(place)' has no member '\(text)'\(near)")
      }
      if !field.isOptional { found += 1 }
      if let complaint = field.complaint(object[member.value]) {
        throw LedgerFailure(.malformedEvent, "'\(place).\(field.name)' \(complaint)")
      }
    }
    guard found == fields.count(where: { !$0.isOptional }) else {
      let missing = fields.first { field in
        !field.isOptional && !members.contains { field.name.utf8.elementsEqual(object[$0.name]) }
      }
      throw LedgerFailure(.malformedEvent, "'\(place)' has no '\(missing?.name ?? "")'")
    }
  }
}

/// How canonical JSON is built, found in one pass over its bytes.
enum PayloadShape {
  /// What is wrong with it; nil if nothing is.
  static func complaint(_ bytes: [UInt8]) -> String? {
    bytes.withUnsafeBufferPointer { bytes in
      var (depth, members, offset) = (0, 0, 0)
      while offset < bytes.count {
        switch bytes[offset] {
        case 0x22:
          guard let end = CanonicalMembers.stringEnd(bytes, offset) else { return "is cut off" }
          offset = end
          continue
        case 0x7B, 0x5B:
          depth += 1
          if depth > EventCheck.depthLimit { return "is nested deeper than \(EventCheck.depthLimit) levels" }
        case 0x7D, 0x5D: depth -= 1
        case 0x3A:
          members += 1
          if members > EventCheck.memberLimit { return "has more than \(EventCheck.memberLimit) members" }
        case 0x30...0x39:
          let start = offset
          while offset < bytes.count, 0x30...0x39 ~= bytes[offset] { offset += 1 }
          // 1e20 is written with all its digits, which nobody who is strict would read again.
          if offset - start >= 16, !isExact(bytes, start, offset) {
            return "has a number that is no whole number below 2^53 and is written like one"
          }
          // What follows a point or an exponent is no whole number.
          while offset < bytes.count, [0x2E, 0x65, 0x2B, 0x2D].contains(bytes[offset]) || 0x30...0x39 ~= bytes[offset] {
            offset += 1
          }
          continue
        default: break
        }
        offset += 1
      }
      return nil
    }
  }

  private static func isExact(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
    if end < bytes.count, bytes[end] == 0x2E || bytes[end] == 0x65 { return true }
    guard let value = Int(String(decoding: bytes[start..<end], as: UTF8.self)) else { return false }
    return value <= CanonicalNumber.largestExactInteger
  }
}
