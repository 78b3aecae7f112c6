import Cllama
import JSON
import NIOCore
import NIOHTTP1

/// One connection of a caller: takes requests one after the other and lets an `Exchange` serve each.
final class CallHandler: ChannelInboundHandler, RemovableChannelHandler, Timed {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private enum State {
    /// Waiting for a request; the deadline closes a connection that is silent or slow.
    case idle
    case body(Exchange)
    case working(Exchange)
    /// What still comes is thrown away until the connection is closed.
    case refusing
  }

  private let sidecar: Sidecar
  private var state = State.idle
  private var context: ChannelHandlerContext?
  private var deadline = NIODeadline.distantFuture
  /// What came while a request was being worked on: a caller may send its next ones without waiting (RFC 9112, 9.3.2).
  private var early = CircularBuffer<HTTPServerRequestPart>()
  private var isCatchingUp = false

  /// How long a head, or the whole of a body, may take to come.
  private static let headTime = TimeAmount.seconds(15)
  private static let bodyTime = TimeAmount.seconds(60)
  private static let idleTime = TimeAmount.seconds(120)

  init(_ sidecar: Sidecar) { self.sidecar = sidecar }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    limit(Self.headTime)
    sidecar.deadlines.watch(self)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    guard case .working = state else { return take(part, context) }
    early.append(part)
    // What is read already is kept, but no more is read.
    if early.count == 1 { try? context.channel.syncOptions?.setOption(.autoRead, value: false) }
  }

  /// Takes what came early, as far as the next request that has to be worked on.
  private func catchUp(_ context: ChannelHandlerContext) {
    // A request that is answered at once ends within this loop.
    if isCatchingUp || early.isEmpty { return }
    isCatchingUp = true
    defer { isCatchingUp = false }
    while !early.isEmpty {
      if case .working = state { return }
      take(early.removeFirst(), context)
    }
    try? context.channel.syncOptions?.setOption(.autoRead, value: true)
  }

  private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch part {
    case .head(let head):
      guard case .idle = state else { return }
      limit(Self.bodyTime)
      let exchange = Exchange(sidecar, head, self, context)
      state = .body(exchange)
      if head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) {
        context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
      }
      exchange.head()
    case .body(let bytes):
      if case .body(let exchange) = state { exchange.body(bytes) }
    case .end:
      guard case .body(let exchange) = state else { return }
      deadline = .distantFuture
      state = .working(exchange)
      exchange.begin()
    }
  }

  /// Whether the request has not come to its end yet.
  var isReceiving: Bool { if case .body = state { true } else { false } }

  /// The exchange is over.
  func finished(keepsAlive: Bool, _ context: ChannelHandlerContext) {
    if isReceiving {
      // Closed at once, the connection could be gone before the caller has read the answer.
      state = .refusing
      return limit(.seconds(1))
    }
    if case .refusing = state { return context.close(promise: nil) }
    state = .idle
    guard keepsAlive else { return context.close(promise: nil) }
    limit(Self.idleTime)
    catchUp(context)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if case .working(let exchange) = state, context.channel.isWritable { exchange.becameWritable() }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    sidecar.deadlines.forget(self)
    switch state {
    case .body(let exchange), .working(let exchange): exchange.callerVanished()
    case .idle, .refusing: break
    }
    state = .refusing
    early.removeAll()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A caller that says nothing more may still listen; one that is gone is told by `channelInactive` or a failing write.
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? HTTPParserError {
      let status: HTTPResponseStatus = error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest
      answer(status, context)
    }
    context.close(promise: nil)
  }

  /// An answer to what could not even be read as a request.
  private func answer(_ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
    switch state {
    case .idle, .body: break
    case .working, .refusing: return
    }
    let error = WireError(.invalidRequest, "\(status.reasonPhrase)")
    let body = Array(error.body(.openai).text().utf8)
    let headers: HTTPHeaders = [
      "content-type": "application/json", "content-length": String(body.count), "connection": "close",
    ]
    context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    state = .refusing
  }

  private func limit(_ time: TimeAmount) { deadline = .now() + time }

  func tick(_ now: NIODeadline) {
    if case .working(let exchange) = state { return exchange.tick(now) }
    guard now >= deadline, let context else { return }
    if case .body = state { answer(.requestTimeout, context) }
    context.close(promise: nil)
  }
}
