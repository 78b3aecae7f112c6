import Cllama
import JSON
import NIOCore
import NIOHTTP1

/// Asks an MCP server for its tools: over streamable HTTP in the two eras of the protocol, stateless (2026-07-28) and with a
/// handshake (2025-03-26 to 2025-11-25), and else over the events of the first transport (2024-11-05).
struct MCPClient {
  /// Why a server has no list.
  struct Failure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
  }

  private let sidecar: Sidecar
  private let base: String
  private let path: String

  private static let stateless = "2026-07-28"
  private static let handshake = "2025-06-18"

  init(_ sidecar: Sidecar, _ url: String) {
    self.sidecar = sidecar
    let rest = url.utf8.dropFirst(url.hasPrefix("https://") ? 8 : 7)
    if let slash = rest.firstIndex(of: 0x2F), slash < url.utf8.index(before: url.endIndex) {
      base = String(url[..<slash])
      path = String(url[slash...])
    } else {
      base = url
      // Where servers of the official SDK listen.
      path = "/mcp"
    }
  }

  private var loop: any EventLoop { sidecar.loop }

  func tools() -> EventLoopFuture<[SkillMap.Tool]> {
    let client = NIOLoopBound(self, eventLoop: loop)
    return list(nil, session: nil, era: Self.stateless, [], pages: 0).flatMapError { _ in
      client.value.begin().flatMap { session in
        client.value.list(nil, session: session, era: Self.handshake, [], pages: 0)
      }
    }.flatMapError { failure in
      let own = client.value
      return MCPEventSession(own.sidecar, own.base).run().flatMapErrorThrowing { _ in throw failure }
    }
  }

  private func headers(_ method: String, _ era: String, _ session: String?) -> HTTPHeaders {
    var headers: HTTPHeaders = [
      "content-type": "application/json", "accept": "application/json, text/event-stream",
      "mcp-protocol-version": era,
    ]
    if era == Self.stateless { headers.add(name: "mcp-method", value: method) }
    if let session { headers.add(name: "mcp-session-id", value: session) }
    return headers
  }

  /// Shakes hands; gives the session, if the server has one.
  private func begin() -> EventLoopFuture<String?> {
    let client = NIOLoopBound(self, eventLoop: loop)
    let request: JSONValue = [
      "jsonrpc": "2.0", "id": 1, "method": "initialize",
      "params": [
        "protocolVersion": .string(Self.handshake), "capabilities": .object([]),
        "clientInfo": ["name": "cllama", "version": .string(Sidecar.version)],
      ],
    ]
    return sidecar.fetch(base, path, .POST, headers("initialize", Self.handshake, nil), request).flatMap { response in
      let own = client.value
      guard Self.result(response) != nil else {
        return own.loop.makeFailedFuture(Failure("the server does not shake hands (status \(response.status.code))"))
      }
      let session = response.headers.first(name: "mcp-session-id")
      let note: JSONValue = ["jsonrpc": "2.0", "method": "notifications/initialized"]
      return own.sidecar.fetch(
        own.base, own.path, .POST, own.headers("notifications/initialized", Self.handshake, session), note
      ).map { _ in session }
    }
  }

  private func list(
    _ cursor: String?, session: String?, era: String, _ known: [SkillMap.Tool], pages: Int
  ) -> EventLoopFuture<[SkillMap.Tool]> {
    let client = NIOLoopBound(self, eventLoop: loop)
    var parameters: [JSONValue.Member] = []
    if let cursor { parameters.append(.init("cursor", .string(cursor))) }
    if era == Self.stateless {
      parameters.append(
        .init(
          "_meta",
          [
            "io.modelcontextprotocol/protocolVersion": .string(era),
            "io.modelcontextprotocol/clientInfo": ["name": "cllama", "version": .string(Sidecar.version)],
            "io.modelcontextprotocol/clientCapabilities": .object([]),
          ]))
    }
    let request: JSONValue = [
      "jsonrpc": "2.0", "id": JSONValue(pages + 2), "method": "tools/list", "params": .object(parameters),
    ]
    return sidecar.fetch(base, path, .POST, headers("tools/list", era, session), request).flatMap { response in
      let own = client.value
      guard let result = Self.result(response), let tools = SkillMap.tools(mcp: result) else {
        return own.loop.makeFailedFuture(Failure("the server lists no tools (status \(response.status.code))"))
      }
      let all = Array((known + tools).prefix(SkillMap.mostTools))
      // A list has an end, whatever the server says.
      guard let next = result["nextCursor"]?.string, pages < 20, all.count < SkillMap.mostTools else {
        return own.loop.makeSucceededFuture(all)
      }
      return own.list(next, session: session, era: era, all, pages: pages + 1)
    }
  }

  /// What a JSON-RPC answer holds, as JSON or as an event.
  private static func result(_ response: PeerResponse) -> JSONValue? {
    guard (200..<300).contains(response.status.code) else { return nil }
    let bytes = response.body
    if response.headers.first(name: "content-type")?.lowercased().hasPrefix("text/event-stream") != true {
      return (try? JSONValue.strict(bytes))?["result"]
    }
    var reader = ServerEventReader()
    var found: JSONValue?
    try? reader.read(bytes + [0x0A, 0x0A]) { event in
      if found == nil, let data = event.data { found = (try? JSONValue.strict(data))?["result"] }
    }
    return found
  }
}
