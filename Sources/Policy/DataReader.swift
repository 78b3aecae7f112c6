import Canonical
import Guards
import JSON

/// Reads the `data` of an event.
struct DataReader {
  private var kind: String?
  private var path: String?
  private var content: [UInt8]?
  private var base64: [UInt8]?
  private var host: String?
  private var port: Int?
  private var url: String?
  private var command: String?
  private var arguments: [String] = []
  private var patch: [UInt8]?
  private var toolName: String?
  private var parameters: Range<Int>?
  private var secretName: String?
  private var scope: String?
  private var customType: String?
  private var resolved: String?
  private var folder: String?

  /// The first value of another type than its key wants.
  private var misfit: JSONFailure?
  /// Where it stands in the event.
  private var range = 0..<0
  /// How many names mean nothing here.
  private var unknownCount = 0

  /// Reads the object that stands next.
  mutating func read(_ cursor: inout JSONCursor) throws(JSONFailure) {
    guard try cursor.peek() == .object else { throw cursor.failure("the event's data must be an object") }
    let start = cursor.offset
    var fields = EventFields()
    try cursor.object { cursor, decoded, raw throws(JSONFailure) in
      let key = EventKey(decoded, raw).known
      if let key { try fields.see(key, cursor) } else { unknownCount += 1 }
      let kindOfValue = try cursor.peek()
      switch key {
      case .kind: kind = try text(&cursor, kindOfValue)
      case .path: path = try text(&cursor, kindOfValue)
      case .content where kindOfValue != .null: content = try bytes(&cursor, kindOfValue)
      case .contentBase64 where kindOfValue != .null: base64 = try bytes(&cursor, kindOfValue)
      case .host: host = try text(&cursor, kindOfValue)
      case .port where kindOfValue == .number: port = try cursor.integer()
      case .url where kindOfValue != .null: url = try text(&cursor, kindOfValue)
      case .command: command = try text(&cursor, kindOfValue)
      case .arguments: arguments = try texts(&cursor, kindOfValue)
      case .patch where kindOfValue == .string: patch = try cursor.stringBytes()
      case .toolName: toolName = try text(&cursor, kindOfValue)
      case .parameters: parameters = try cursor.skip()
      case .secretName: secretName = try text(&cursor, kindOfValue)
      case .scope: scope = try text(&cursor, kindOfValue)
      case .customType: customType = try text(&cursor, kindOfValue)
      case .resolvedPath where kindOfValue != .null: resolved = try text(&cursor, kindOfValue)
      case .workingDirectory where kindOfValue != .null: folder = try text(&cursor, kindOfValue)
      default: try cursor.skip()
      }
    }
    range = start..<cursor.offset
  }

  /// The text that stands next. Another value is passed over and noted: only custom events may have what they like.
  private mutating func text(_ cursor: inout JSONCursor, _ kind: JSONCursor.Kind) throws(JSONFailure) -> String? {
    if kind == .string { return try cursor.string() }
    misfit = misfit ?? cursor.failure("a text must stand here")
    try cursor.skip()
    return nil
  }

  private mutating func bytes(_ cursor: inout JSONCursor, _ kind: JSONCursor.Kind) throws(JSONFailure) -> [UInt8]? {
    if kind == .string { return try cursor.stringBytes() }
    return try text(&cursor, kind).map { Array($0.utf8) }
  }

  private mutating func texts(_ cursor: inout JSONCursor, _ kind: JSONCursor.Kind) throws(JSONFailure) -> [String] {
    var list: [String] = []
    guard kind == .array else {
      misfit = misfit ?? cursor.failure("a list of texts must stand here")
      try cursor.skip()
      return list
    }
    try cursor.array { cursor throws(JSONFailure) in
      if let text = try text(&cursor, try cursor.peek()) { list.append(text) }
    }
    return list
  }

  /// What is done, once the event's type and metadata are known.
  func action(
    _ kind: ActionKind, _ bytes: UnsafeBufferPointer<UInt8>, _ metadata: LazyJSON?
  ) throws(JSONFailure) -> PolicyAction {
    let wanted =
      switch kind {
      case .fileRead, .fileWrite: "file"
      case .egress: "network"
      case .command: "command"
      case .patch: "patch"
      case .tool: "tool"
      case .secret: "secret"
      case .custom: "custom"
      }
    guard self.kind == wanted else {
      throw JSONFailure(
        message: "an event of type '\(kind.rawValue)' needs data of type '\(wanted)'", offset: range.lowerBound)
    }
    if kind != .custom, let misfit { throw misfit }
    switch kind {
    case .fileRead: return .fileRead(try target())
    case .fileWrite: return .fileWrite(try target(), content: try bytesWritten())
    case .egress:
      let port = try need(port, "port")
      guard 0...65535 ~= port else {
        throw JSONFailure(message: "a port lies between 0 and 65535", offset: range.lowerBound)
      }
      return .egress(host: try need(host, "host"), port: port, url: url)
    case .command: return .command(program: try need(command, "command"), arguments: arguments, folder: folder)
    case .patch: return .patch(try target(), content: try need(patch, "patchContent"))
    case .tool: return .tool(try call(bytes, metadata))
    case .secret: return .secret(name: try need(secretName, "secretName"), scope: try need(scope, "scope"))
    case .custom:
      let type = try need(customType, "customType")
      // Whatever a host gives is kept, so that no name in it may stand twice. Those that mean something were looked at.
      if unknownCount > 1 {
        var cursor = JSONCursor(UnsafeBufferPointer(rebasing: bytes[range]))
        try cursor.skip()
      }
      return .custom(type: type, data: LazyJSON(bytes[range]))
    }
  }

  private func need<Value>(_ value: Value?, _ name: String) throws(JSONFailure) -> Value {
    guard let value else { throw JSONFailure(message: "the data has no '\(name)'", offset: range.lowerBound) }
    return value
  }

  private func target() throws(JSONFailure) -> PolicyAction.FileTarget {
    PolicyAction.FileTarget(try need(path, "path"), resolved: resolved, folder: folder)
  }

  /// What is written: Base64 wins over text.
  private func bytesWritten() throws(JSONFailure) -> [UInt8]? {
    guard let base64 else { return content }
    guard let bytes = Base64.decode(base64) else {
      throw JSONFailure(message: "contentBase64 is no Base64", offset: range.lowerBound)
    }
    return bytes
  }

  private func call(
    _ bytes: UnsafeBufferPointer<UInt8>, _ metadata: LazyJSON?
  ) throws(JSONFailure) -> PolicyAction.ToolCall {
    let name = try need(toolName, "toolName")
    let said = metadata?.string("toolKind") ?? metadata?.string("tool_kind")
    let isMCP = said.map { $0.lowercased() == "mcp" } ?? false || name.utf8.starts(with: "mcp__".utf8)
    let arguments = parameters.map { LazyJSON(bytes[$0]) } ?? LazyJSON(.object([]))
    return PolicyAction.ToolCall(name: name, isMCP: isMCP, arguments: arguments)
  }
}
