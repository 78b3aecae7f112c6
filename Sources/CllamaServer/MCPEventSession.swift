import Cllama
import JSON
import NIOCore
import NIOHTTP1

/// Asks an MCP server of the first transport over HTTP (2024-11-05) for its tools: a stream of events that names where messages are
/// posted, and brings the answers.
final class MCPEventSession: AnswerReceiver {
  private let sidecar: Sidecar
  private let base: String
  private let promise: EventLoopPromise<[SkillMap.Tool]>
  private var reader = ServerEventReader(limit: SkillMap.mostBytes)
  private var call: PeerCall?
  private var timer: Scheduled<Void>?
  private var endpoint: String?
  private var tools: [SkillMap.Tool] = []
  /// The number of the request whose answer is waited for.
  private var number = 1
  private var pages = 0

  /// Where servers of the official SDK have the stream.
  private static let path = "/sse"
  private static let version = "2024-11-05"
  private static let time = TimeAmount.seconds(5)
  private static let mostPages = 20

  /// - Parameter base: the server's address, without a path.
  init(_ sidecar: Sidecar, _ base: String) {
    self.sidecar = sidecar
    self.base = base
    promise = sidecar.loop.makePromise(of: [SkillMap.Tool].self)
  }

  func run() -> EventLoopFuture<[SkillMap.Tool]> {
    let headers: HTTPHeaders = ["accept": "text/event-stream", "user-agent": Sidecar.userAgent]
    guard let address = sidecar.client.address(base),
      let call = sidecar.client.send(.GET, address, Self.path, headers, nil, to: self)
    else {
      finish(.failure(PeerFailure.badAddress))
      return promise.futureResult
    }
    self.call = call
    timer = sidecar.loop.assumeIsolated().scheduleTask(in: Self.time) { [self] in finish(.failure(PeerFailure.timeout))
    }
    return promise.futureResult
  }

  func head(_ head: HTTPResponseHead) {
    let type = head.headers.first(name: "content-type")?.lowercased() ?? ""
    guard head.status == .ok, type.hasPrefix("text/event-stream") else {
      return finish(.failure(MCPClient.Failure("the server has no events (status \(head.status.code))")))
    }
  }

  func body(_ buffer: ByteBuffer) -> EventLoopFuture<Void>? {
    do { try reader.read(buffer.readableBytesView) { take($0) } } catch { finish(.failure(PeerFailure.tooLarge)) }
    return nil
  }

  func failed(_ error: any Error) { finish(.failure(error)) }
  func end() { finish(.failure(PeerFailure.closed)) }

  private func take(_ event: ServerEvent) {
    guard let data = event.data else { return }
    if event.name == "endpoint" {
      // Messages go to the same server, wherever it would like them to go.
      guard endpoint == nil, let path = MCPEndpoint(data)?.path else { return }
      endpoint = path
      return ask(
        "initialize",
        [
          "protocolVersion": .string(Self.version), "capabilities": .object([]),
          "clientInfo": ["name": "cllama", "version": .string(Sidecar.version)],
        ])
    }
    guard let message = try? JSONValue.strict(data), message["id"]?.integer == number else { return }
    guard let result = message["result"] else {
      return finish(.failure(MCPClient.Failure("the server answers with an error")))
    }
    number += 1
    if number == 2 {
      post(["jsonrpc": "2.0", "method": "notifications/initialized"])
      return ask("tools/list", .object([]))
    }
    guard let found = SkillMap.tools(mcp: result) else {
      return finish(.failure(MCPClient.Failure("the server lists no tools")))
    }
    tools = Array((tools + found).prefix(SkillMap.mostTools))
    pages += 1
    guard let next = result["nextCursor"]?.string, pages < Self.mostPages, tools.count < SkillMap.mostTools else {
      return finish(.success(tools))
    }
    ask("tools/list", ["cursor": .string(next)])
  }

  private func ask(_ method: String, _ parameters: JSONValue) {
    post(["jsonrpc": "2.0", "id": JSONValue(number), "method": .string(method), "params": parameters])
  }

  private func post(_ message: JSONValue) {
    guard let endpoint else { return }
    sidecar.fetch(base, endpoint, .POST, ["content-type": "application/json"], message).assumeIsolated().whenComplete {
      [self] result in
      switch result {
      case .success(let response) where (200..<300).contains(response.status.code): break
      case .success(let response):
        finish(.failure(MCPClient.Failure("the server takes no messages (status \(response.status.code))")))
      case .failure(let error): finish(.failure(error))
      }
    }
  }

  private func finish(_ result: Result<[SkillMap.Tool], any Error>) {
    timer?.cancel()
    timer = nil
    call?.cancel()
    call = nil
    promise.completeWith(result)
  }
}

/// Where a server of MCP's first transport wants messages to be posted.
struct MCPEndpoint {
  /// A path from the root on, with its query.
  let path: String

  /// nil for what leads to another server, or to nothing.
  init?(_ data: [UInt8]) {
    let text = String(decoding: data, as: UTF8.self)
    guard text.utf8.first == 0x2F, !text.utf8.starts(with: "//".utf8), PeerAddress.isVisible(text) else { return nil }
    path = text
  }
}
