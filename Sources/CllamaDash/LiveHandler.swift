import NIOCore
import NIOWebSocket

/// One WebSocket: sends what is new, answers pings, and hears nothing else.
final class LiveHandler: ChannelInboundHandler, Viewer {
  typealias InboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  /// Longest frame that is taken, in bytes.
  static let limit = 4_096
  private let dashboard: Dashboard
  private var context: ChannelHandlerContext?
  private var bookmark = Bookmark()
  private var task: RepeatedTask?
  private var isClosing = false
  private var isAlive = true

  init(_ dashboard: Dashboard) { self.dashboard = dashboard }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    task = context.eventLoop.scheduleRepeatedTask(initialDelay: dashboard.heartbeat, delay: dashboard.heartbeat) { _ in
      bound.value.beat()
    }
    guard dashboard.live.add(self) else { return close(.unexpectedServerError, "too many look already") }
    changed()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    changed()
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !(error is NIOWebSocketError) { context.close(promise: nil) }
  }

  func changed() {
    guard let context, !isClosing else { return }
    // What can't be sent now is still new when there is room.
    guard context.channel.isWritable else { return }
    for message in dashboard.live.news(&bookmark) { send(.text, ByteBuffer(string: message)) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    isAlive = true
    if isClosing {
      if frame.opcode == .connectionClose { context.close(promise: nil) }
      return
    }
    // RFC 6455, 5.1 and 5.2: clients mask, and no extension was agreed on.
    guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
      return close(.protocolError, "a frame is not masked, or has bits that mean nothing here")
    }
    switch frame.opcode {
    case .ping: send(.pong, frame.unmaskedData)
    case .connectionClose:
      // The code comes back, nothing else.
      isClosing = true
      var data = frame.unmaskedData
      let code = data.readSlice(length: min(2, data.readableBytes)) ?? ByteBuffer()
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      send(.connectionClose, code).whenComplete { _ in bound.value.close(promise: nil) }
    case .pong, .text, .binary, .continuation: break
    default: close(.protocolError, "a frame of a kind that there is not")
    }
  }

  @discardableResult
  private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> EventLoopFuture<Void> {
    guard let context else { return dashboard.loop.makeSucceededVoidFuture() }
    return context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: data)))
  }

  /// Asks whether the other side is there; closes if it did not answer the last time.
  private func beat() {
    guard let context else { return }
    if !isAlive || isClosing { return context.close(promise: nil) }
    isAlive = false
    send(.ping, ByteBuffer())
  }

  private func close(_ code: WebSocketErrorCode, _ reason: String) {
    isClosing = true
    var data = ByteBuffer()
    data.write(webSocketErrorCode: code)
    data.writeString(reason)
    send(.connectionClose, data)
  }

  private func end() {
    context = nil
    task?.cancel()
    task = nil
    dashboard.live.remove(self)
  }
}
