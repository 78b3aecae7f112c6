import NIOCore

/// Sends what is written within one turn of the event loop at once: the head and the body of a request are flushed one by one,
/// and each flush is a call of the system and a packet.
final class FlushCoalescer: ChannelOutboundHandler {
  typealias OutboundIn = NIOAny
  typealias OutboundOut = NIOAny

  private var isScheduled = false

  func flush(context: ChannelHandlerContext) {
    if isScheduled { return }
    isScheduled = true
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.execute {
      let (handler, context) = bound.value
      handler.isScheduled = false
      context.flush()
    }
  }

  /// What waits goes out before the connection ends.
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if isScheduled { context.flush() }
    context.close(mode: mode, promise: promise)
  }
}
