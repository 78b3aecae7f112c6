import Glibc
import Guards
import JSON

/// Reads events: JSON objects in the shape that hosts of the reference engine send (reference section 3.1).
package struct EventReader {
  private var id: String?
  private var type: String?
  private var timestamp: String?
  private var sessionID: String?
  private var metadata: LazyJSON?
  private var data = DataReader()
  private var hasData = false

  /// The event that a text spells.
  package static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(EventFailure) -> PolicyEvent {
    do throws(JSONFailure) {
      var reader = EventReader()
      return try reader.event(bytes)
    } catch {
      throw EventFailure(message: error.message, offset: error.offset)
    }
  }

  /// The event that a text spells.
  package static func read(_ text: some Collection<UInt8>) throws(EventFailure) -> PolicyEvent {
    let bytes = Array(text)
    var failure: EventFailure?
    let event: PolicyEvent? = bytes.withUnsafeBufferPointer { buffer in
      do throws(EventFailure) { return try read(buffer) } catch {
        failure = error
        return nil
      }
    }
    if let event { return event }
    throw failure ?? EventFailure(message: "no event", offset: 0)
  }

  private mutating func event(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFailure) -> PolicyEvent {
    var cursor = JSONCursor(bytes)
    var fields = EventFields()
    try cursor.object { cursor, decoded, raw throws(JSONFailure) in
      let key = EventKey(decoded, raw)
      if let field = key.known { try fields.see(field, cursor) }
      switch key.known {
      case .id: id = try cursor.string()
      case .type: type = try cursor.string()
      case .timestamp: timestamp = try cursor.string()
      case .session: sessionID = try optionalString(&cursor)
      case .data:
        try data.read(&cursor)
        hasData = true
      case .metadata: metadata = LazyJSON(bytes[try cursor.skip()])
      default: try cursor.skip()
      }
    }
    try cursor.finish()
    guard let id else { throw cursor.failure("the event has no eventId") }
    guard id.utf8.contains(where: { $0 > 0x20 }) else { throw cursor.failure("the event's eventId is blank") }
    guard let type else { throw cursor.failure("the event has no eventType") }
    guard let timestamp else { throw cursor.failure("the event has no timestamp") }
    guard Timestamp.isValid(timestamp) else { throw cursor.failure("'\(timestamp)' is no time as RFC 3339 writes it") }
    // Names this short are compared as numbers, which is faster than finding one among all.
    guard let kind = ActionKind.allCases.first(where: { $0.rawValue == type }) else {
      throw cursor.failure("there is no event type '\(type)'")
    }
    guard hasData else { throw cursor.failure("the event has no data") }
    let action = try data.action(kind, bytes, metadata)
    return PolicyEvent(id: id, action: action, timestamp: timestamp, sessionID: sessionID, metadata: metadata)
  }

  private func optionalString(_ cursor: inout JSONCursor) throws(JSONFailure) -> String? {
    if try cursor.peek() == .null {
      try cursor.skip()
      return nil
    }
    return try cursor.string()
  }
}

/// The keys of events and their data that mean something, in both spellings that hosts use.
struct EventKey {
  enum Known: Int {
    case id, type, timestamp, session, data, metadata
    case kind, path, operation, hash, content, contentBase64, host, port, url, command, arguments, patch, toolName,
      parameters
    case secretName, scope, customType, resolvedPath, workingDirectory, text, source
  }

  let known: Known?

  init(_ decoded: ArraySlice<UInt8>?, _ raw: UnsafeRawBufferPointer) {
    known = decoded.map { $0.withUnsafeBytes(Self.find) } ?? Self.find(raw)
  }

  /// A name that means something.
  private struct Name {
    var text: StaticString
    var key: Known
  }

  /// The names by their length, so that most keys are compared with one or two.
  private static let names: [Name] = {
    let all: [(StaticString, Known)] = [
      ("eventId", .id), ("event_id", .id), ("eventType", .type), ("event_type", .type), ("timestamp", .timestamp),
      ("sessionId", .session), ("session_id", .session), ("data", .data), ("metadata", .metadata), ("type", .kind),
      ("path", .path), ("filePath", .path), ("file_path", .path), ("operation", .operation), ("contentHash", .hash),
      ("content_hash", .hash), ("content", .content), ("contentBase64", .contentBase64),
      ("content_base64", .contentBase64),
      ("host", .host), ("port", .port), ("url", .url), ("command", .command), ("args", .arguments),
      ("patchContent", .patch),
      ("patch_content", .patch), ("toolName", .toolName), ("tool_name", .toolName), ("parameters", .parameters),
      ("secretName", .secretName), ("secret_name", .secretName), ("scope", .scope), ("customType", .customType),
      ("custom_type", .customType), ("resolvedPath", .resolvedPath), ("resolved_path", .resolvedPath),
      ("workingDirectory", .workingDirectory), ("working_directory", .workingDirectory), ("text", .text),
      ("source", .source),
    ]
    return all.map { Name(text: $0.0, key: $0.1) }.sorted { $0.text.utf8CodeUnitCount < $1.text.utf8CodeUnitCount }
  }()

  /// Where those of each length start.
  private static let starts: [Int] = {
    let longest = names.last?.text.utf8CodeUnitCount ?? 0
    return (0...longest + 1).map { length in names.count { $0.text.utf8CodeUnitCount < length } }
  }()

  private static func find(_ bytes: UnsafeRawBufferPointer) -> Known? {
    let (names, starts) = (names, starts)
    guard bytes.count + 1 < starts.count, let base = bytes.baseAddress else { return nil }
    for index in starts[bytes.count]..<starts[bytes.count + 1] {
      if memcmp(names[index].text.utf8Start, base, bytes.count) == 0 { return names[index].key }
    }
    return nil
  }
}

/// Which fields were seen: giving both spellings of one, or one twice, is an error.
struct EventFields {
  private var seen: UInt64 = 0

  mutating func see(_ field: EventKey.Known, _ cursor: JSONCursor) throws(JSONFailure) {
    let bit = UInt64(1) << UInt64(field.rawValue)
    if seen & bit != 0 { throw cursor.failure("a field is there twice") }
    seen |= bit
  }
}
