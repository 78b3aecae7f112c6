import Canonical
import JSON

/// An event of a run, with its place in the chain: what an export has a line of.
///
/// The ten members are those of ClawForge's envelope. `actor` and `payload` are kept as canonical JSON, because that is what
/// was hashed.
package struct AuditEvent: Sendable, Equatable {
  package var eventId: String
  package var runId: String
  /// 1, 2, 3 … in each run.
  package var seq: Int
  /// `YYYY-MM-DDTHH:mm:ss.sssZ`
  package var ts: String
  package var type: String
  package var schemaVersion: String
  /// An object in canonical JSON.
  package var actor: [UInt8]
  /// An object in canonical JSON.
  package var payload: [UInt8]
  /// The hash of the event before this one in the run; nil for the first.
  package var prevHash: String?
  /// Hexadecimal SHA-256 of `hashedBytes`, if nobody meddled.
  package var hash: String

  package init(
    eventId: String, runId: String, seq: Int, ts: String, type: String, schemaVersion: String = "1.0.0",
    actor: [UInt8], payload: [UInt8], prevHash: String?, hash: String? = nil
  ) {
    self.eventId = eventId
    self.runId = runId
    self.seq = seq
    self.ts = ts
    self.type = type
    self.schemaVersion = schemaVersion
    self.actor = actor
    self.payload = payload
    self.prevHash = prevHash
    self.hash = hash ?? ""
    if hash == nil { self.hash = Digest.sha256Hex(hashedBytes) }
  }

  /// What the hash is of: canonical JSON of the eight members other than `hash` and `prevHash`.
  package var hashedBytes: [UInt8] {
    var object = CanonicalObject()
    object.add("actor", canonical: actor)
    object.add("eventId", eventId)
    object.add("payload", canonical: payload)
    object.add("runId", runId)
    object.add("schemaVersion", schemaVersion)
    object.add("seq", seq)
    object.add("ts", ts)
    object.add("type", type)
    return object.bytes
  }

  /// The whole event in canonical JSON: a line of `events.jsonl`, without its line end.
  package var bytes: [UInt8] {
    var object = CanonicalObject()
    object.add("actor", canonical: actor)
    object.add("eventId", eventId)
    object.add("hash", hash)
    object.add("payload", canonical: payload)
    if let prevHash { object.add("prevHash", prevHash) } else { object.add("prevHash", canonical: Array("null".utf8)) }
    object.add("runId", runId)
    object.add("schemaVersion", schemaVersion)
    object.add("seq", seq)
    object.add("ts", ts)
    object.add("type", type)
    return object.bytes
  }

  /// The names of an event's members, in canonical order.
  package static let memberNames = [
    "actor", "eventId", "hash", "payload", "prevHash", "runId", "schemaVersion", "seq", "ts", "type",
  ]

  /// The names of the members that the hash is of, in canonical order.
  package static let hashedNames = memberNames.filter { $0 != "hash" && $0 != "prevHash" }
}

extension AuditEvent {
  /// Reads an event out of JSON, in whatever layout; what has no canonical form is refused.
  package init(json: [UInt8]) throws(LedgerFailure) {
    let canonical: [UInt8]
    do throws(JSONFailure) { canonical = try CanonicalText.canonical(json) } catch {
      throw LedgerFailure(.malformedEvent, "the event is no JSON with a canonical form: \(error.message)")
    }
    try self.init(canonical: canonical)
  }

  /// Reads an event out of canonical JSON of its ten members.
  package init(canonical bytes: [UInt8]) throws(LedgerFailure) {
    let fields = try EventFields(bytes, names: Self.memberNames)
    try self.init(fields, prevHash: fields.nullableText("prevHash"), hash: fields.text("hash"))
  }

  /// Reads the eight hashed members; the chain's two come from where the event is kept.
  package init(hashedBytes bytes: [UInt8], prevHash: String?, hash: String) throws(LedgerFailure) {
    try self.init(try EventFields(bytes, names: Self.hashedNames), prevHash: prevHash, hash: hash)
  }

  private init(_ fields: EventFields, prevHash: String?, hash: String) throws(LedgerFailure) {
    self.init(
      eventId: try fields.text("eventId"), runId: try fields.text("runId"), seq: try fields.integer("seq"),
      ts: try fields.text("ts"), type: try fields.text("type"), schemaVersion: try fields.text("schemaVersion"),
      actor: try fields.object("actor"), payload: try fields.object("payload"), prevHash: prevHash, hash: hash)
  }
}

/// The members of an event in canonical JSON, by name.
struct EventFields {
  private let bytes: [UInt8]
  private var ranges: [(name: String, value: Range<Int>)] = []

  /// - Parameter names: the members that must be there, in canonical order; nothing else may be.
  init(_ bytes: [UInt8], names: [String]) throws(LedgerFailure) {
    self.bytes = bytes
    guard let found = CanonicalMembers(bytes)?.members else {
      throw LedgerFailure(.malformedEvent, "the event is no JSON object")
    }
    let given = found.map { String(decoding: bytes[$0.name], as: UTF8.self) }
    for name in given where !names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
      throw LedgerFailure(.malformedEvent, "an event has no member '\(name)'")
    }
    for name in names where !given.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
      throw LedgerFailure(.malformedEvent, "the event has no '\(name)'")
    }
    ranges = zip(given, found).map { ($0, $1.value) }
  }

  private func range(_ name: String) -> Range<Int> {
    // The initializer has seen to it that all are there.
    ranges.first { $0.name.utf8.elementsEqual(name.utf8) }?.value ?? 0..<0
  }

  func text(_ name: String) throws(LedgerFailure) -> String {
    guard let text = CanonicalString.text(bytes[range(name)]) else {
      throw LedgerFailure(.malformedEvent, "'\(name)' must be a text")
    }
    return text
  }

  func nullableText(_ name: String) throws(LedgerFailure) -> String? {
    bytes[range(name)].elementsEqual("null".utf8) ? nil : try text(name)
  }

  func integer(_ name: String) throws(LedgerFailure) -> Int {
    guard let value = Int(String(decoding: bytes[range(name)], as: UTF8.self)) else {
      throw LedgerFailure(.malformedEvent, "'\(name)' must be a whole number")
    }
    return value
  }

  func object(_ name: String) throws(LedgerFailure) -> [UInt8] {
    guard bytes[range(name)].first == 0x7B else {
      throw LedgerFailure(.malformedEvent, "'\(name)' must be an object")
    }
    return Array(bytes[range(name)])
  }
}
