import Canonical
import IR
import JSON
import Ledger

/// Finds the value of a field, and says whether it is what is demanded.
enum FieldLookup {
  /// What a value is, as far as demands tell it apart.
  private enum Found {
    case missing
    case null
    case empty
    /// A scalar by what it spells, or a list or object with something in it.
    case scalar(String)
    case filled
  }

  /// Why a field of a JSON text is not what is demanded; nil if it is.
  static func refute(_ condition: PackExpression.FieldCondition, in document: [UInt8]) -> String? {
    guard let found = try? find(condition.path[...], document) else { return "the document is no JSON" }
    return refute(condition, found)
  }

  /// Why a field of an event is not what is demanded; nil if it is.
  ///
  /// Only the part of the event that the pointer leads into is read.
  static func refute(_ condition: PackExpression.FieldCondition, in event: AuditEvent) -> String? {
    guard let first = condition.path.first else { return refute(condition, .filled) }
    let rest = condition.path.dropFirst()
    let part: [UInt8]
    switch String(decoding: first, as: UTF8.self) {
    case "payload": part = event.payload
    case "actor": part = event.actor
    case "hash": return refute(condition, rest.isEmpty ? .scalar(event.hash) : .missing)
    case "prevHash": return refute(condition, rest.isEmpty ? event.prevHash.map { .scalar($0) } ?? .null : .missing)
    case "type": return refute(condition, rest.isEmpty ? .scalar(event.type) : .missing)
    case "ts": return refute(condition, rest.isEmpty ? .scalar(event.ts) : .missing)
    case "runId": return refute(condition, rest.isEmpty ? .scalar(event.runId) : .missing)
    case "eventId": return refute(condition, rest.isEmpty ? .scalar(event.eventId) : .missing)
    case "schemaVersion": return refute(condition, rest.isEmpty ? .scalar(event.schemaVersion) : .missing)
    case "seq": return refute(condition, rest.isEmpty ? .scalar(String(event.seq)) : .missing)
    default: return refute(condition, .missing)
    }
    guard let found = try? find(rest, part) else { return "the event is no JSON" }
    return refute(condition, found)
  }

  private static func refute(_ condition: PackExpression.FieldCondition, _ found: Found) -> String? {
    let field = condition.pointer.isEmpty ? "the whole" : condition.pointer
    switch (condition.demand, found) {
    case (.absent, .missing), (.present, .null), (.present, .empty), (.present, .scalar), (.present, .filled),
      (.nonEmpty, .scalar), (.nonEmpty, .filled):
      return nil
    case (.absent, _): return "\(field) is there and must not be"
    case (_, .missing): return "\(field) is missing"
    case (.nonEmpty, _): return "\(field) is empty"
    case (.oneOf(let texts), .scalar(let text)) where texts.contains(where: { $0.utf8.elementsEqual(text.utf8) }):
      return nil
    case (.oneOf(let texts), .scalar(let text)):
      return "\(field) is '\(text)', not \(texts.map { "'\($0)'" }.joined(separator: " or "))"
    case (.oneOf(let texts), _): return "\(field) is not \(texts.map { "'\($0)'" }.joined(separator: " or "))"
    }
  }

  private static func find(_ path: ArraySlice<[UInt8]>, _ bytes: [UInt8]) throws(JSONFailure) -> Found {
    var found = Found.missing
    try JSONCursor.read(bytes) { cursor throws(JSONFailure) in
      try JSONPointer.follow(path, &cursor) { cursor throws(JSONFailure) in found = try value(&cursor) }
    }
    return found
  }

  private static func value(_ cursor: inout JSONCursor) throws(JSONFailure) -> Found {
    switch try cursor.value() {
    case .null: .null
    case .bool(let value): .scalar(value ? "true" : "false")
    case .number(let text): .scalar(text)
    case .string(let text): text.unicodeScalars.allSatisfy(\.properties.isWhitespace) ? .empty : .scalar(text)
    case .array(let elements): elements.isEmpty ? .empty : .filled
    case .object(let members): members.isEmpty ? .empty : .filled
    }
  }
}
