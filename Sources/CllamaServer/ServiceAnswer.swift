import Cllama
import JSON
import NIOCore
import NIOHTTP1

/// What a service answers, on its way to the claw.
final class ServiceAnswer: AnswerReceiver {
  private let exchange: Exchange
  private let service: String
  private let isMCP: Bool
  private var count = 0
  /// Reads the first event of an MCP server's stream, which says where messages go; nil once it is there, or none is awaited.
  private var first: ServerEventReader?
  /// Where messages to this stream are posted, as the claw knows it.
  private var endpoint: String?

  init(_ exchange: Exchange, _ target: SidecarConfiguration.ServiceTarget) {
    self.exchange = exchange
    service = target.name
    isMCP = target.protocolName == "mcp"
  }

  func head(_ head: HTTPResponseHead) {
    if exchange.isOver { return }
    var headers = HTTPHeaders()
    let dropped: Set<String> = [
      "connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-authenticate", "trailer",
    ]
    for header in head.headers where !dropped.contains(header.name.lowercased()) {
      headers.add(name: header.name, value: header.value)
    }
    let type = head.headers.first(name: "content-type")?.lowercased() ?? ""
    if isMCP, exchange.requestHead.method == .GET, type.hasPrefix("text/event-stream") {
      first = ServerEventReader(limit: 1 << 16)
    }
    exchange.writeHead(head.status, headers)
  }

  func body(_ buffer: ByteBuffer) -> EventLoopFuture<Void>? {
    if exchange.isOver { return nil }
    count += buffer.readableBytes
    guard count <= exchange.serving?.configuration.limits.responseBytes ?? .max else {
      exchange.end(isBroken: true)
      return nil
    }
    exchange.write(first == nil ? Array(buffer.readableBytesView) : translated(buffer))
    exchange.flush()
    return exchange.backpressure()
  }

  /// An MCP server of the first transport names a path of its own; through the sidecar it stands behind the service's name.
  private func translated(_ buffer: ByteBuffer) -> [UInt8] {
    guard var reader = first else { return [] }
    var passed: [UInt8] = []
    do {
      try reader.read(buffer.readableBytesView) { event in
        guard endpoint == nil, event.name == "endpoint", let path = event.data.flatMap({ MCPEndpoint($0)?.path }) else {
          return passed += event.bytes
        }
        let own = "/s/\(service)\(path)"
        endpoint = own
        exchange.sidecar.streams[own] = self
        exchange.onEnd = { [sidecar = exchange.sidecar] in sidecar.streams[own] = nil }
        passed += event.with(data: Array(own.utf8)).bytes
      }
    } catch {
      exchange.end(isBroken: true)
      return []
    }
    first = reader
    // The events behind it pass as they are.
    if endpoint != nil {
      passed += reader.rest()
      first = nil
    }
    return passed
  }

  /// Tells the claw something in the server's stream; false if the stream is another claw's, or over.
  func tell(_ message: JSONValue, _ caller: SidecarConfiguration.Instance?) -> Bool {
    guard !exchange.isOver, exchange.instance == caller else { return false }
    exchange.write(ServerEvent(bytes: [], name: "message", data: nil).with(data: Array(message.text().utf8)).bytes)
    exchange.flush()
    return true
  }

  func failed(_ error: any Error) {
    if exchange.isOver { return }
    var record = exchange.serviceRecord("error")
    record.set("reason", WireError(upstream: error).message)
    exchange.sidecar.log.note([record])
    exchange.countService(exchange.isHeadDelivered ? exchange.status : 502)
    if exchange.isHeadDelivered { return exchange.end(isBroken: true) }
    exchange.deliver(WireError(.upstream, "the service can't be reached"))
  }

  func end() {
    if exchange.isOver { return }
    exchange.countService(exchange.status)
    exchange.end()
  }
}
