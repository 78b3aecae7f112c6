import Canonical
import Guards
import JSON

/// Reads the `data` of an event.
struct DataReader {
  private var kind: String?
  private var path: String?
  private var content: String?
  private var base64: String?
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

  static func action(
    _ kind: ActionKind, _ bytes: UnsafeBufferPointer<UInt8>, metadata: LazyJSON?
  ) throws(JSONFailure) -> PolicyAction {
    var reader = DataReader()
    try reader.read(bytes)
    return try reader.action(kind, bytes, metadata)
  }

  private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFailure) {
    var cursor = JSONCursor(bytes)
    var fields = EventFields()
    var found = self
    try cursor.object { cursor, decoded, raw throws(JSONFailure) in
      let key = EventKey(decoded, raw).known
      if let key { try fields.see(key, cursor) }
      let isNull = try cursor.peek() == .null
      switch key {
      case .kind: found.kind = try cursor.string()
      case .path: found.path = try cursor.string()
      case .content where !isNull: found.content = try cursor.string()
      case .contentBase64 where !isNull: found.base64 = try cursor.string()
      case .host: found.host = try cursor.string()
      case .port: found.port = try cursor.integer()
      case .url where !isNull: found.url = try cursor.string()
      case .command: found.command = try cursor.string()
      case .arguments:
        var list: [String] = []
        try cursor.array { cursor throws(JSONFailure) in list.append(try cursor.string()) }
        found.arguments = list
      case .patch: found.patch = try cursor.stringBytes()
      case .toolName: found.toolName = try cursor.string()
      case .parameters: found.parameters = try cursor.skip()
      case .secretName: found.secretName = try cursor.string()
      case .scope: found.scope = try cursor.string()
      case .customType: found.customType = try cursor.string()
      case .resolvedPath where !isNull: found.resolved = try cursor.string()
      case .workingDirectory where !isNull: found.folder = try cursor.string()
      default: try cursor.skip()
      }
    }
    self = found
  }

  private func action(
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
      throw JSONFailure(message: "an event of type '\(kind.rawValue)' needs data of type '\(wanted)'", offset: 0)
    }
    switch kind {
    case .fileRead: return .fileRead(try target())
    case .fileWrite: return .fileWrite(try target(), content: try bytesWritten())
    case .egress:
      let port = try need(port, "port")
      guard 0...65535 ~= port else { throw JSONFailure(message: "a port lies between 0 and 65535", offset: 0) }
      return .egress(host: try need(host, "host"), port: port, url: url)
    case .command: return .command(program: try need(command, "command"), arguments: arguments, folder: folder)
    case .patch: return .patch(try target(), content: try need(patch, "patchContent"))
    case .tool: return .tool(try call(bytes, metadata))
    case .secret: return .secret(name: try need(secretName, "secretName"), scope: try need(scope, "scope"))
    case .custom:
      let type = try need(customType, "customType")
      return .custom(type: type, data: LazyJSON(bytes))
    }
  }

  private func need<Value>(_ value: Value?, _ name: String) throws(JSONFailure) -> Value {
    guard let value else { throw JSONFailure(message: "the data has no '\(name)'", offset: 0) }
    return value
  }

  private func target() throws(JSONFailure) -> PolicyAction.FileTarget {
    PolicyAction.FileTarget(try need(path, "path"), resolved: resolved, folder: folder)
  }

  /// What is written: Base64 wins over text.
  private func bytesWritten() throws(JSONFailure) -> [UInt8]? {
    guard let base64 else { return content.map { Array($0.utf8) } }
    guard let bytes = Base64.decode(base64) else { throw JSONFailure(message: "contentBase64 is no Base64", offset: 0) }
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
