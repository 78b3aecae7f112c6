import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// The page's server, on the loopback interface alone.
package final class DashServer: Sendable {
  /// Why it can't serve.
  package struct Failure: Error, Sendable {
    package var message: String
  }

  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  package let port: Int
  /// What opens the page, and programs send as `Authorization: Bearer`.
  package let token: String

  /// The link for a person: who has it, sees the page.
  package var link: String { "http://127.0.0.1:\(port)/?token=\(token)" }

  /// Begins to serve; `asker.run()` has to be called too, or nothing is ever known.
  ///
  /// - Parameter port: 0 for any that is free.
  /// - Parameter pause: milliseconds between two times that claw is asked.
  /// - Parameter heartbeat: milliseconds after which a viewer that says nothing is asked whether it is there.
  package init(port: Int, asker: Asker, pause: Int = 2_000, heartbeat: Int = 20_000) throws(Failure) {
    signal(SIGPIPE, SIG_IGN)
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let box = NIOLoopBoundBox.makeEmptyBox(valueType: Dashboard.self, eventLoop: loop)
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = 8 << 10
    limits.maxHeaderListSize = 32 << 10
    limits.maxHeaderFieldCount = 100
    let decoder = limits
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 64)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try Self.arrange(channel, box.value, decoder) }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    do {
      let channel = try bootstrap.bind(host: "127.0.0.1", port: port).wait()
      let bound = channel.localAddress?.port ?? port
      self.channel = channel
      self.port = bound
      token = try loop.submit {
        let dashboard = Dashboard(
          port: bound, asker: asker, loop: loop, pause: .milliseconds(Int64(pause)),
          heartbeat: .milliseconds(Int64(heartbeat)))
        box.value = dashboard
        return dashboard.gate.token
      }.wait()
    } catch {
      try? group.syncShutdownGracefully()
      throw Failure(message: "port \(port) of 127.0.0.1 can't be listened at: \(Self.reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
  }

  private static func arrange(
    _ channel: any Channel, _ dashboard: Dashboard?, _ limits: NIOHTTPDecoderLimitConfiguration
  ) throws {
    guard let dashboard else { throw ChannelError.ioOnClosedChannel }
    let gate = dashboard.gate
    let bound = NIOLoopBound(dashboard, eventLoop: channel.eventLoop)
    let upgrader = NIOWebSocketServerUpgrader(
      maxFrameSize: LiveHandler.limit,
      shouldUpgrade: { channel, head in
        let mayEnter =
          Route(head.uri) == .live && head.method == .GET
          && gate.verdict(head.headers, needsOrigin: true) == .welcome
        return channel.eventLoop.makeSucceededFuture(mayEnter ? HTTPHeaders() : nil)
      },
      upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(LiveHandler(bound.value))
        }
      })
    let handler = DashHandler(dashboard)
    let own = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
      withPipeliningAssistance: true,
      withServerUpgrade: (
        upgraders: [upgrader],
        completionHandler: { context in
          context.pipeline.syncOperations.removeHandler(own.value, promise: nil)
        }
      ), withErrorHandling: true, withOutboundHeaderValidation: true, withEncoderConfiguration: .init(),
      withDecoderLimitConfiguration: limits)
    try channel.pipeline.syncOperations.addHandler(handler)
  }

  /// Closes everything.
  package func stop() {
    try? channel.close().wait()
    try? group.syncShutdownGracefully()
  }
}
