import JSON
import Source

/// Types of events beyond those that every ledger knows, as a file beside the log registers them.
///
/// `{"schema": 1, "extensions": [{"extensionId": "com.example.review", "schemaVersion": "1.0.0", "status": "active",
/// "eventTypes": ["ReviewStarted"]}]}`. An extension that is `deprecated` still works; one that was `removed` does not.
package struct EventExtensions: Sendable, Equatable {
  /// What becomes of events of an extension's types.
  package enum State: String, Sendable, CaseIterable {
    case active, deprecated, removed
  }

  private var states: [String: State] = [:]

  /// None.
  package init() {}

  /// Reads the file.
  package init(json bytes: [UInt8]) throws(LedgerFailure) {
    func failure(_ message: String) -> LedgerFailure { LedgerFailure(.badExtension, message) }
    let value: JSONValue
    do throws(JSONFailure) { value = try JSONParser.parse(bytes[...], strict: true) } catch {
      throw failure("the file of extensions is no JSON: \(error.message)")
    }
    guard value.members?.count == 2, value["schema"]?.integer == 1, let list = value["extensions"]?.array else {
      throw failure("a file of extensions is an object of 'schema' (1) and 'extensions'")
    }
    var identifiers: Set<String> = []
    for entry in list {
      guard let identifier = entry["extensionId"]?.string, Self.isIdentifier(identifier) else {
        throw failure("an extension has an 'extensionId' of at least two lower-case labels, com.example.review")
      }
      for member in entry.members ?? []
      where !["extensionId", "schemaVersion", "status", "eventTypes"].contains(member.name) {
        throw failure("'\(identifier)' has an unknown member '\(member.name)'")
      }
      guard identifiers.insert(identifier).inserted else { throw failure("'\(identifier)' is registered twice") }
      guard let version = entry["schemaVersion"]?.string, EventText.isSchemaVersion(version) else {
        throw failure("'\(identifier)' has no 'schemaVersion' 1.MINOR.PATCH")
      }
      guard let state = entry["status"]?.string.flatMap(State.init(rawValue:)) else {
        throw failure("the 'status' of '\(identifier)' is active, deprecated or removed")
      }
      guard let types = entry["eventTypes"]?.array, !types.isEmpty else {
        throw failure("'\(identifier)' has no 'eventTypes'")
      }
      for type in types {
        guard let name = type.string, Self.isTypeName(name) else {
          throw failure("'\(identifier)' has an event type that is no name of letters, digits, '.', '_' and '-'")
        }
        guard EventType.known(name) == nil, states.updateValue(state, forKey: name) == nil else {
          throw failure("the event type '\(name)' of '\(identifier)' is taken")
        }
      }
    }
  }

  /// What became of a type; nil if no extension has it.
  package func state(of type: String) -> State? { states[type] }

  /// The names of all types, for suggestions.
  package var typeNames: [String] { states.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  private static func isIdentifier(_ text: String) -> Bool {
    let labels = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    func isAlphanumeric(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte || 0x61...0x7A ~= byte }
    return text.utf8.count <= 200 && labels.count >= 2
      && labels.allSatisfy { label in
        guard let first = label.first, let last = label.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last) && label.allSatisfy { isAlphanumeric($0) || $0 == 0x2D }
      }
  }

  private static func isTypeName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 100, first.isASCIILetter else { return false }
    return text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
  }
}
