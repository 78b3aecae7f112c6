import Cllama
import JSON
import NIOCore
import NIOHTTP1

/// One connection that asks over HTTP: answers, or goes on as a stream of events.
final class DashHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let dashboard: Dashboard
  private var head: HTTPRequestHead?
  private var stream: EventFeed?
  private var timer: Scheduled<Void>?
  /// How long a request may take to come, and a connection may be silent.
  private static let patience = TimeAmount.seconds(60)

  init(_ dashboard: Dashboard) { self.dashboard = dashboard }

  func channelActive(context: ChannelHandlerContext) {
    limit(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    // No request has anything to say in a body.
    case .body: break
    case .end:
      guard let head else { return }
      self.head = nil
      limit(context)
      serve(head, context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { stream?.changed() }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // An upgrade that was refused is answered like any other request.
    if error is HTTPParserError || error is IOError { context.close(promise: nil) }
  }

  private func end() {
    timer?.cancel()
    timer = nil
    stream?.end()
    stream = nil
  }

  private func limit(_ context: ChannelHandlerContext) {
    timer?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: Self.patience) {
      let (handler, context) = bound.value
      if handler.stream == nil { context.close(promise: nil) }
    }
  }

  // MARK: Answers

  private func serve(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let route = Route(head.uri)
    if case .page(let token?)? = route, dashboard.gate.origin(head.headers, isNavigation: true) == .welcome,
      dashboard.gate.isToken(token)
    {
      return send(Reply.entered(dashboard.gate.cookie), head, context)
    }
    switch dashboard.gate.verdict(
      head.headers, isNavigation: route?.isNavigation ?? false, needsOrigin: route == .live)
    {
    case .welcome: break
    case .unknown:
      return send(route?.isNavigation == true ? .locked : .failure(.unauthorized, "no token"), head, context)
    case .foreign(let reason): return send(.failure(.forbidden, reason), head, context)
    }
    guard let route else { return send(.failure(.notFound, "there is no such path"), head, context) }
    guard head.method == .GET || head.method == .HEAD else {
      var reply = Reply.failure(.methodNotAllowed, "everything here is only looked at")
      reply.headers = [("allow", "GET, HEAD")]
      return send(reply, head, context)
    }
    switch route {
    case .events(let after):
      let id = head.headers["last-event-id"].first ?? after
      return open(head, context) { EventFeed.Calls($0, last: $0.live.number(id)) }
    case .logs, .node, .nodeMetrics, .workload, .document, .calls: break
    case .page, .asset, .health, .live: return send(dashboard.reply(route), head, context)
    }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    dashboard.gatherer.refresh().whenComplete { _ in
      let (handler, context) = bound.value
      guard context.channel.isActive else { return }
      if case .logs(let id) = route, let service = handler.dashboard.service(id) {
        return handler.open(head, context) { EventFeed.Logs($0, service: service) }
      }
      handler.send(handler.dashboard.reply(route), head, context)
    }
  }

  private func send(_ reply: Reply, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    var headers = dashboard.headers(reply.type)
    for (name, value) in reply.headers { headers.add(name: name, value: value) }
    headers.add(name: "content-length", value: String(reply.body.count))
    if !head.isKeepAlive { headers.add(name: "connection", value: "close") }
    context.write(
      wrapOutboundOut(.head(.init(version: .http1_1, status: reply.status, headers: headers))), promise: nil)
    if head.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))), promise: nil)
    }
    let done = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    if !head.isKeepAlive {
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      done.whenComplete { _ in bound.value.close(promise: nil) }
    }
  }

  /// Goes on as a stream of events.
  private func open(
    _ head: HTTPRequestHead, _ context: ChannelHandlerContext, _ content: (Dashboard) -> any EventFeed.Content
  ) {
    guard head.method == .GET else {
      return send(Reply(status: .ok, type: EventFeed.type, body: []), head, context)
    }
    let feed = EventFeed(dashboard, content(dashboard)) { [unowned self] text in
      guard context.channel.isWritable else { return false }
      if text.isEmpty { return true }
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
      return true
    }
    stream = feed
    guard dashboard.live.count < Live.limit, dashboard.mayOpen(feed) else {
      stream = nil
      return send(.failure(.serviceUnavailable, "too many look already"), head, context)
    }
    timer?.cancel()
    timer = nil
    let headers = dashboard.headers(EventFeed.type)
    context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .ok, headers: headers))), promise: nil)
    feed.begin(context.eventLoop)
  }
}
