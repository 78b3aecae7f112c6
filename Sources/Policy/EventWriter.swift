import Canonical
import Guards
package import JSON

extension PolicyEvent {
  /// The event as JSON, in the shape that `EventReader` reads.
  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("eventId", .string(id)), .init("eventType", .string(action.kind.rawValue)),
      .init("timestamp", .string(timestamp)),
    ]
    if let sessionID { members.append(.init("sessionId", .string(sessionID))) }
    members.append(.init("data", action.json))
    if let metadata { members.append(.init("metadata", metadata.value)) }
    return .object(members)
  }
}

extension PolicyAction {
  fileprivate var json: JSONValue {
    switch self {
    case .fileRead(let target): return .object([.init("type", "file")] + members(target, "path"))
    case .fileWrite(let target, let content):
      return .object([.init("type", "file")] + members(target, "path") + (content.map { [text("content", "contentBase64", $0)] } ?? []))
    case .egress(let host, let port, let url):
      let named: [JSONValue.Member] = url.map { [.init("url", .string($0))] } ?? []
      return .object([.init("type", "network"), .init("host", .string(host)), .init("port", JSONValue(port))] + named)
    case .command(let program, let arguments, let folder):
      let from: [JSONValue.Member] = folder.map { [.init("workingDirectory", .string($0))] } ?? []
      return .object(
        [
          .init("type", "command"), .init("command", .string(program)), .init("args", .array(arguments.map { .string($0) })),
        ] + from)
    case .patch(let target, let content):
      return .object(
        [.init("type", "patch")] + members(target, "filePath")
          + [.init("patchContent", .string(String(decoding: content, as: UTF8.self)))])
    case .tool(let call):
      return .object([.init("type", "tool"), .init("toolName", .string(call.name)), .init("parameters", call.arguments.value)])
    case .secret(let name, let scope):
      return .object([.init("type", "secret"), .init("secretName", .string(name)), .init("scope", .string(scope))])
    case .custom(_, let data): return data.value
    }
  }

  private func members(_ target: FileTarget, _ key: String) -> [JSONValue.Member] {
    var result: [JSONValue.Member] = [.init(key, .string(target.path))]
    if let resolved = target.resolved { result.append(.init("resolvedPath", .string(resolved))) }
    if let folder = target.folder { result.append(.init("workingDirectory", .string(folder))) }
    return result
  }

  private func text(_ plain: String, _ encoded: String, _ bytes: [UInt8]) -> JSONValue.Member {
    String(validating: bytes, as: UTF8.self).map { .init(plain, .string($0)) } ?? .init(encoded, .string(Base64.encode(bytes)))
  }
}
