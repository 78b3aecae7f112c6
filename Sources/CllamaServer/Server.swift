import Cllama
import Dispatch
import Glibc
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix

/// A sidecar as a process: listeners, signals, the watch over its configuration.
package enum Server {
  /// Why it can't serve.
  package struct Failure: Error, Sendable {
    package var message: String
  }

  /// A sidecar that serves.
  package final class Running: Sendable {
    private let loop: any EventLoop
    private let group: MultiThreadedEventLoopGroup
    private let thread: NIOThreadPool
    private let process: NIOLoopBound<ServerProcess>
    private let done: EventLoopPromise<Void>
    /// The ports of its listeners, in the order: API, CONNECT, names.
    package let ports: [Int]

    fileprivate init(_ path: String) throws {
      group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
      thread = NIOThreadPool(numberOfThreads: 1)
      thread.start()
      let loop = group.next()
      self.loop = loop
      let done = loop.makePromise(of: Void.self)
      self.done = done
      do {
        process = try loop.submit { [group, thread] in
          NIOLoopBound(
            try ServerProcess(path, loop: loop, group: group, thread: thread, done: done), eventLoop: loop)
        }.wait()
        ports = try loop.flatSubmit { [process] in process.value.listen() }.wait()
      } catch {
        done.succeed(())
        throw error
      }
    }

    /// Takes no more calls, and ends when those that run have ended.
    package func stop() { loop.execute { [process] in process.value.stop() } }

    /// Waits for the end.
    package func wait() throws {
      try done.futureResult.wait()
      try loop.flatSubmit { [process] in process.value.close() }.wait()
      try group.syncShutdownGracefully()
      try thread.syncShutdownGracefully()
    }
  }

  /// Begins to serve.
  package static func start(configuration path: String) throws(Failure) -> Running {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    do { return try Running(path) } catch let failure as Failure { throw failure } catch let failure
      as RecordFile.Failure
    { throw Failure(message: failure.message) } catch { throw Failure(message: "\(error)") }
  }

  /// Serves until a signal ends it.
  package static func run(configuration path: String) throws(Failure) {
    let running = try start(configuration: path)
    let signals = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { running.stop() }
      source.resume()
      return source
    }
    defer { withExtendedLifetime(signals) {} }
    do { try running.wait() } catch { throw Failure(message: "\(error)") }
  }
}

/// What runs on the event loop.
final class ServerProcess {
  private let loop: any EventLoop
  private let group: MultiThreadedEventLoopGroup
  private let sidecar: Sidecar
  private let done: EventLoopPromise<Void>
  private var source: ConfigurationSource
  private var channels: [any Channel] = []
  private let first: SidecarConfiguration?
  private let discovery: Discovery

  init(
    _ path: String, loop: any EventLoop, group: MultiThreadedEventLoopGroup, thread: NIOThreadPool,
    done: EventLoopPromise<Void>
  ) throws {
    self.loop = loop
    self.group = group
    self.done = done
    source = ConfigurationSource(path)
    // What can't be read as a configuration names no place for a record: that alone ends the process.
    let bytes = try RecordFile.contents(path)
    let configuration: SidecarConfiguration
    do throws(ConfigurationFailure) { configuration = try SidecarConfiguration(bytes) } catch {
      throw Server.Failure(message: "'\(path)': \(error.path.isEmpty ? "" : error.path + ": ")\(error.message)")
    }
    first = configuration
    let file = try RecordFile(configuration.log, pod: configuration.pod)
    let log = RecordLog(file, loop: loop, thread: thread)
    sidecar = Sidecar(loop: loop, log: log, client: PeerClient(loop: loop))
    discovery = Discovery(sidecar)
    let restoration = Restoration(configuration)
    sidecar.restored = restoration.calls
    sidecar.restoredDrift = restoration.drift
    log.setRun(configuration.run)
    var start = CallRecord(.start)
    start.set("version", Sidecar.version)
    start.set("instances", value: .array(configuration.instances.map { .string($0.name) }))
    log.note([start] + restoration.lost)
    if let changed = source.changed() { sidecar.take(changed) }
    sidecar.take(source.lifts)
    sidecar.take(source.acceptances)
  }

  func listen() -> EventLoopFuture<[Int]> {
    guard let configuration = first else { return loop.makeSucceededFuture([]) }
    let sidecar = NIOLoopBound(sidecar, eventLoop: loop)
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = 16 << 10
    limits.maxHeaderListSize = 64 << 10
    limits.maxHeaderFieldCount = 100
    let decoder = limits
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: decoder)
          try channel.pipeline.syncOperations.addHandler(CallHandler(sidecar.value))
        }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 16)
    var bindings: [EventLoopFuture<any Channel>] = []
    if configuration.listen.api > 0 {
      bindings.append(bootstrap.bind(host: configuration.listen.address, port: configuration.listen.api))
    }
    if let socket = configuration.socket {
      bindings.append(
        bootstrap.bind(unixDomainSocketPath: socket, cleanupExistingSocketFile: true).map { channel in
          // Only its claw has the folder; that is another user, and shows a token as everybody does.
          _ = chmod(socket, 0o666)
          return channel
        })
    }
    if configuration.listen.connect > 0 {
      bindings.append(
        connectBootstrap(decoder).bind(host: configuration.listen.address, port: configuration.listen.connect))
    }
    if configuration.listen.dns > 0 {
      bindings.append(
        DatagramBootstrap(group: group)
          .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
              try channel.pipeline.syncOperations.addHandler(NameServer(sidecar.value))
            }
          }
          .bind(host: configuration.listen.address, port: configuration.listen.dns))
    }
    let places =
      "\(configuration.listen.address), ports \([configuration.listen.api, configuration.listen.connect, configuration.listen.dns].filter { $0 > 0 }.map(String.init).joined(separator: ", "))"
    return EventLoopFuture.whenAllSucceed(bindings, on: loop).flatMapErrorThrowing { error in
      guard let error = error as? IOError else { throw error }
      throw Server.Failure(message: "can't listen on \(places): \(String(cString: strerror(error.errnoCode)))")
    }.assumeIsolated().map { [self] bound in
      channels = bound
      watch()
      discovery.run()
      return bound.map { $0.localAddress?.port ?? 0 }
    }.nonisolated()
  }

  private func connectBootstrap(_ limits: NIOHTTPDecoderLimitConfiguration) -> ServerBootstrap {
    let sidecar = NIOLoopBound(sidecar, eventLoop: loop)
    return ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(
              leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop,
              limitConfiguration: limits))
          let encoder = HTTPResponseEncoder()
          try channel.pipeline.syncOperations.addHandlers([
            encoder, decoder, ConnectHandler(sidecar.value, decoder: decoder, encoder: encoder),
          ])
        }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
  }

  /// Looks once a second whether the configuration changed.
  private func watch() {
    loop.assumeIsolated().scheduleTask(in: .seconds(1)) { [self] in
      if sidecar.isStopping { return }
      if let changed = source.changed() {
        sidecar.take(changed)
        discovery.run()
      }
      sidecar.take(source.lifts)
      sidecar.take(source.acceptances)
      watch()
    }
  }

  /// Takes no more connections, finishes what runs, and ends; a second signal ends it at once.
  func stop() {
    if sidecar.isStopping { return done.succeed(()) }
    for channel in channels { channel.close(promise: nil) }
    sidecar.stop().assumeIsolated().whenComplete { [self] _ in
      sidecar.log.append([CallRecord(.stop)]).assumeIsolated().whenComplete { [self] _ in
        sidecar.sinks.stop().whenComplete { [done] _ in done.succeed(()) }
      }
    }
  }

  func close() -> EventLoopFuture<Void> {
    sidecar.sinks.close()
    sidecar.client.close()
    return loop.makeSucceededVoidFuture()
  }
}
