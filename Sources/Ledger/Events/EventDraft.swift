import Canonical
import JSON
import Source

/// What somebody wants to have recorded: an event without its place in the chain.
package struct EventDraft: Sendable, Equatable {
  package var type: String
  /// An object in canonical JSON.
  package var payload: [UInt8]
  /// An object in canonical JSON; nil for the ledger's default.
  package var actor: [UInt8]?
  /// Nil for a new one.
  package var eventId: String?
  /// Nil where the caller says to which run it goes.
  package var runId: String?
  /// Nil for now.
  package var ts: String?
  package var schemaVersion: String

  /// A draft; `payload` and `actor` are canonical JSON.
  package init(
    type: String, payload: [UInt8], actor: [UInt8]? = nil, eventId: String? = nil, runId: String? = nil,
    ts: String? = nil, schemaVersion: String = "1.0.0"
  ) {
    self.type = type
    self.payload = payload
    self.actor = actor
    self.eventId = eventId
    self.runId = runId
    self.ts = ts
    self.schemaVersion = schemaVersion
  }

  private static let members = ["actor", "eventId", "payload", "runId", "schemaVersion", "ts", "type"]
  private static let assigned = ["hash", "prevHash", "seq"]

  /// Reads a draft; members that would be dropped are errors.
  package init(json bytes: [UInt8]) throws(LedgerFailure) {
    let canonical: [UInt8]
    do throws(JSONFailure) { canonical = try CanonicalText.canonical(bytes, limit: EventCheck.textLimit) } catch {
      let rule: LedgerFailure.Rule = bytes.count > EventCheck.textLimit ? .eventTooLarge : .malformedEvent
      throw LedgerFailure(rule, "the event is no JSON with a canonical form: \(error.message) (offset \(error.offset))")
    }
    guard let members = CanonicalMembers(canonical)?.members else {
      throw LedgerFailure(.malformedEvent, "an event must be an object")
    }
    self.init(type: "", payload: [], schemaVersion: "1.0.0")
    for member in members {
      let name = String(decoding: canonical[member.name], as: UTF8.self)
      let value = canonical[member.value]
      switch name {
      case "type": type = try Self.text(name, value)
      case "eventId": eventId = try Self.text(name, value)
      case "runId": runId = try Self.text(name, value)
      case "ts": ts = try Self.text(name, value)
      case "schemaVersion": schemaVersion = try Self.text(name, value)
      case "payload": payload = Array(value)
      case "actor": actor = Array(value)
      case _ where Self.assigned.contains(name):
        throw LedgerFailure(.malformedEvent, "'\(name)' is the ledger's to assign, and can't be given")
      default:
        let near = Suggestion.nearest(to: name, in: Self.members).map { "; did you mean '\($0)'?" } ?? ""
        throw LedgerFailure(.malformedEvent, "an event has no member '\(name)'\(near)")
      }
    }
    for (name, isThere) in [("type", !type.isEmpty), ("payload", !payload.isEmpty)] where !isThere {
      throw LedgerFailure(.malformedEvent, "the event has no '\(name)'")
    }
  }

  private static func text(_ name: String, _ value: ArraySlice<UInt8>) throws(LedgerFailure) -> String {
    guard let text = CanonicalString.text(value), !text.isEmpty else {
      throw LedgerFailure(.malformedEvent, "'\(name)' must be a text that is not empty")
    }
    return text
  }
}

/// Who did something.
package struct EventActor: Sendable, Equatable {
  /// What kind of somebody that is.
  package enum Kind: String, Sendable, CaseIterable {
    case human, system, worker
  }

  package var id: String
  package var kind: Kind

  package init(id: String, kind: Kind) {
    self.id = id
    self.kind = kind
  }

  /// As an event has it.
  package var bytes: [UInt8] {
    var object = CanonicalObject()
    object.add("actorId", id)
    object.add("actorType", kind.rawValue)
    return object.bytes
  }
}
