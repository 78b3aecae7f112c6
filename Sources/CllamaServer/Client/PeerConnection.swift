import NIOCore
import NIOHTTP1
import NIOSSL

/// One connection to a peer: one request after the other, each with its answer.
///
/// Belongs to one event loop, as everything of a sidecar.
final class PeerConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let peer: PeerAddress.Peer
  private unowned let client: PeerClient
  private var context: ChannelHandlerContext?
  private var call: PeerCall?
  /// Whether the request is out as a whole: only then the next one can follow.
  private var isSent = false
  private var keepsAlive = false
  private var isWaiting = false
  /// Whether the answer is whole, and the next request may follow once nothing more came with it.
  private var isFree = false
  /// When it became idle.
  private(set) var idleSince = NIODeadline.now()

  init(_ peer: PeerAddress.Peer, _ client: PeerClient) {
    self.peer = peer
    self.client = client
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  /// Sends a request, all of it in one go.
  func send(_ call: PeerCall) {
    guard let context, context.channel.isActive else { return client.fail(call, .closed) }
    self.call = call
    call.connection = self
    isSent = false
    keepsAlive = false
    var head = HTTPRequestHead(version: .http1_1, method: call.method, uri: call.target)
    head.headers = call.headers
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if let body = call.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenSuccess { [self] in
      if self.call === call { isSent = true }
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
  }

  /// Lets go of the request: its answer is not wanted any more.
  func cancel(_ call: PeerCall) {
    guard self.call === call else { return }
    self.call = nil
    close()
  }

  func close() { context?.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // What comes without a question is no answer.
    guard let call else {
      isFree = false
      return close()
    }
    switch unwrapInboundIn(data) {
    case .head(let head):
      // Nobody asked for another protocol.
      guard head.status != .switchingProtocols else { return fail(PeerFailure.malformed("it wants to talk otherwise")) }
      keepsAlive = head.isKeepAlive
      call.receiver?.head(head)
    case .body(let bytes):
      if let ready = call.receiver?.body(bytes) { pause(ready, context) }
    case .end:
      self.call = nil
      isFree = keepsAlive && isSent
      if !isFree { close() }
      call.ended()
    }
  }

  /// Only now is the connection another request's: what came behind an answer would be taken for the next one.
  func channelReadComplete(context: ChannelHandlerContext) {
    if isFree {
      isFree = false
      idleSince = .now()
      client.isIdle(self, peer)
    }
    context.fireChannelReadComplete()
  }

  /// Whether it can take a request.
  var isActive: Bool { context?.channel.isActive ?? false }

  /// Reads no more until the receiver is ready again.
  private func pause(_ ready: EventLoopFuture<Void>, _ context: ChannelHandlerContext) {
    if isWaiting { return }
    isWaiting = true
    let options = context.channel.syncOptions
    try? options?.setOption(.autoRead, value: false)
    ready.assumeIsolated().whenComplete { [self] _ in
      isWaiting = false
      guard self.context != nil else { return }
      try? options?.setOption(.autoRead, value: true)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    client.isGone(self, peer)
    let call = self.call
    self.call = nil
    call?.failed(PeerFailure.closed)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case let error as HTTPParserError where error == .invalidEOFState: fail(PeerFailure.closed)
    case let error as HTTPParserError: fail(PeerFailure.malformed("\(error)"))
    case let error as NIOSSLError: fail(PeerFailure.unreachable(Self.reason(error)))
    case is IOError, is ChannelError: fail(PeerFailure.closed)
    default: fail(PeerFailure.malformed("\(type(of: error))"))
    }
  }

  private static func reason(_ error: NIOSSLError) -> String {
    "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
      ? "nobody who is trusted vouches for its certificate" : "TLS fails"
  }

  private func fail(_ error: PeerFailure) {
    let call = self.call
    self.call = nil
    close()
    call?.failed(error)
  }
}

/// A request that is under way.
final class PeerCall {
  let peer: PeerAddress.Peer
  let method: HTTPMethod
  let target: String
  let headers: HTTPHeaders
  let body: ByteBuffer?
  private(set) var receiver: (any AnswerReceiver)?
  fileprivate(set) weak var connection: PeerConnection?

  init(
    _ peer: PeerAddress.Peer, _ method: HTTPMethod, _ target: String, _ headers: HTTPHeaders, _ body: ByteBuffer?,
    _ receiver: any AnswerReceiver
  ) {
    self.peer = peer
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    self.receiver = receiver
  }

  /// Whether nobody waits for it any more.
  var isOver: Bool { receiver == nil }

  /// Lets go of it: the receiver hears no more.
  func cancel() {
    receiver = nil
    connection?.cancel(self)
  }

  func failed(_ error: any Error) {
    let receiver = self.receiver
    self.receiver = nil
    receiver?.failed(error)
  }

  func ended() {
    let receiver = self.receiver
    self.receiver = nil
    receiver?.end()
  }
}
