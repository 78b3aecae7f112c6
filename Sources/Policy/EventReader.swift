import Source
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

  /// The key of a name: length and first letter leave one or two that it can be.
  private static func find(_ bytes: UnsafeRawBufferPointer) -> Known? {
    guard let base = bytes.baseAddress, let first = bytes.first else { return nil }
    func named(_ name: StaticString, _ key: Known) -> Known? {
      memcmp(name.utf8Start, base, name.utf8CodeUnitCount) == 0 ? key : nil
    }
    // The length stands in the upper half.
    switch bytes.count << 8 | Int(first) {
    case 0x0375: return named("url", .url)
    case 0x0461: return named("args", .arguments)
    case 0x0464: return named("data", .data)
    case 0x0468: return named("host", .host)
    case 0x0470: return named("path", .path) ?? named("port", .port)
    case 0x0474: return named("text", .text) ?? named("type", .kind)
    case 0x0573: return named("scope", .scope)
    case 0x0673: return named("source", .source)
    case 0x0763: return named("command", .command) ?? named("content", .content)
    case 0x0765: return named("eventId", .id)
    case 0x0865: return named("event_id", .id)
    case 0x0866: return named("filePath", .path)
    case 0x086D: return named("metadata", .metadata)
    case 0x0874: return named("toolName", .toolName)
    case 0x0965: return named("eventType", .type)
    case 0x0966: return named("file_path", .path)
    case 0x096F: return named("operation", .operation)
    case 0x0973: return named("sessionId", .session)
    case 0x0974: return named("timestamp", .timestamp) ?? named("tool_name", .toolName)
    case 0x0A63: return named("customType", .customType)
    case 0x0A65: return named("event_type", .type)
    case 0x0A70: return named("parameters", .parameters)
    case 0x0A73: return named("secretName", .secretName) ?? named("session_id", .session)
    case 0x0B63: return named("contentHash", .hash) ?? named("custom_type", .customType)
    case 0x0B73: return named("secret_name", .secretName)
    case 0x0C63: return named("content_hash", .hash)
    case 0x0C70: return named("patchContent", .patch)
    case 0x0C72: return named("resolvedPath", .resolvedPath)
    case 0x0D63: return named("contentBase64", .contentBase64)
    case 0x0D70: return named("patch_content", .patch)
    case 0x0D72: return named("resolved_path", .resolvedPath)
    case 0x0E63: return named("content_base64", .contentBase64)
    case 0x1077: return named("workingDirectory", .workingDirectory)
    case 0x1177: return named("working_directory", .workingDirectory)
    default: return nil
    }
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
