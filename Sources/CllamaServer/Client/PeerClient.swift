import Cllama
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Asks upstreams, services, evaluators and the servers of sinks over HTTP/1.1: connections stay open and are used again, the
/// last one first. Redirects are not followed, nothing is decompressed, and nothing is sent twice.
///
/// Belongs to one event loop, as everything of a sidecar.
final class PeerClient {
  private struct Pool {
    /// Those that wait for a request, the last one used at the end.
    var idle: [PeerConnection] = []
    /// How many there are, with those that are being made.
    var count = 0
    /// What waits for a connection, in the order in which it came.
    var waiting: [PeerCall] = []
  }

  private let loop: any EventLoop
  private var pools: [PeerAddress.Peer: Pool] = [:]
  private var addresses: [String: PeerAddress] = [:]
  private var secure: NIOSSLContext?
  private var sweep: Scheduled<Void>?
  private var isClosed = false
  /// How many connections there may be to one peer.
  var most = 64

  private static let idleTime = TimeAmount.seconds(60)
  private static let connectTime = TimeAmount.seconds(10)
  private static let mostAddresses = 1_024

  init(loop: any EventLoop) { self.loop = loop }

  /// An address by its text, which is read once; nil for what is none.
  func address(_ text: String) -> PeerAddress? {
    if let known = addresses[text] { return known }
    guard let address = PeerAddress(text) else { return nil }
    if addresses.count >= Self.mostAddresses { addresses = [:] }
    addresses[text] = address
    return address
  }

  /// Sends a request; nil if it can't be one.
  ///
  /// - Parameter headers: without `host`, `content-length` and those of the connection.
  func send(
    _ method: HTTPMethod, _ address: PeerAddress, _ path: String, _ headers: HTTPHeaders, _ body: ByteBuffer?,
    to receiver: any AnswerReceiver
  ) -> PeerCall? {
    let target = address.target(path)
    guard !isClosed, PeerAddress.isVisible(target) else { return nil }
    var headers = headers
    headers.add(name: "host", value: address.authority)
    if let body {
      headers.add(name: "content-length", value: String(body.readableBytes))
    } else if method != .GET, method != .HEAD {
      headers.add(name: "content-length", value: "0")
    }
    let call = PeerCall(address.peer, method, target, headers, body, receiver)
    begin(call)
    return call
  }

  private func begin(_ call: PeerCall) {
    if let connection = pools[call.peer]?.idle.popLast() { return connection.send(call) }
    if pools[call.peer]?.count ?? 0 < most { return connect(call) }
    pools[call.peer, default: Pool()].waiting.append(call)
  }

  // MARK: Connections

  private func connect(_ call: PeerCall) {
    let peer = call.peer
    let context: NIOSSLContext?
    do { context = peer.isSecure ? try secureContext() : nil } catch {
      return fail(call, .unreachable("there are no roots of trust: \(error)"))
    }
    pools[peer, default: Pool()].count += 1
    let connection = NIOLoopBound(PeerConnection(peer, self), eventLoop: loop)
    ClientBootstrap(group: loop)
      .connectTimeout(Self.connectTime)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.maxMessagesPerRead, value: 16)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let context {
            let name = peer.host.utf8.contains(0x3A) || Self.isNumeric(peer.host) ? nil : peer.host
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
          }
          try pipeline.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
          try pipeline.addHandler(connection.value)
        }
      }
      .connect(host: peer.host, port: peer.port).assumeIsolated().whenComplete { [self] result in
        switch result {
        case .success:
          // Who asked may be gone; then it is the next one's.
          if call.isOver { isIdle(connection.value, peer) } else { connection.value.send(call) }
        case .failure(let error):
          pools[peer]?.count -= 1
          call.failed(PeerFailure.unreachable(Self.reason(error)))
          next(peer)
        }
      }
  }

  /// Fails a request in the next turn of the loop: who sent it knows of it by then.
  func fail(_ call: PeerCall, _ failure: PeerFailure) {
    loop.assumeIsolated().execute { call.failed(failure) }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      error.dnsAError != nil && error.connectionErrors.isEmpty ? "its name leads nowhere" : "nothing listens there"
    case ChannelError.connectTimeout: "it does not answer"
    default: "\(type(of: error))"
    }
  }

  private static func isNumeric(_ host: String) -> Bool { host.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E } }

  /// Made when the first peer wants it: roots of trust take time and memory. `SSL_CERT_FILE` names other roots than the
  /// system's, as it does for OpenSSL.
  private func secureContext() throws -> NIOSSLContext {
    if let secure { return secure }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.applicationProtocols = ["http/1.1"]
    if let file = getenv("SSL_CERT_FILE").map({ String(cString: $0) }), !file.isEmpty {
      configuration.trustRoots = .file(file)
    }
    let made = try NIOSSLContext(configuration: configuration)
    secure = made
    return made
  }

  /// A connection is free again.
  func isIdle(_ connection: PeerConnection, _ peer: PeerAddress.Peer) {
    guard connection.isActive else { return }
    if isClosed { return connection.close() }
    while let call = pools[peer]?.waiting.first {
      pools[peer]?.waiting.removeFirst()
      if !call.isOver { return connection.send(call) }
    }
    pools[peer]?.idle.append(connection)
    watch()
  }

  /// A connection has ended.
  func isGone(_ connection: PeerConnection, _ peer: PeerAddress.Peer) {
    pools[peer]?.count -= 1
    pools[peer]?.idle.removeAll { $0 === connection }
    next(peer)
  }

  /// Makes room for what waits.
  private func next(_ peer: PeerAddress.Peer) {
    guard let pool = pools[peer] else { return }
    if pool.count == 0, pool.waiting.isEmpty { pools[peer] = nil }
    while let call = pools[peer]?.waiting.first, pools[peer]?.count ?? 0 < most {
      pools[peer]?.waiting.removeFirst()
      if !call.isOver { connect(call) }
    }
  }

  /// Closes what nobody used for a while.
  private func watch() {
    if sweep != nil { return }
    sweep = loop.assumeIsolated().scheduleTask(in: Self.idleTime) { [self] in
      sweep = nil
      let oldest = NIODeadline.now() - Self.idleTime
      // Those at the beginning were used longest ago; a closed one goes by `isGone`.
      for pool in pools.values {
        for connection in pool.idle where connection.idleSince <= oldest { connection.close() }
      }
      if pools.values.contains(where: { !$0.idle.isEmpty }) { watch() }
    }
  }

  /// Takes no more requests, and closes what is idle; what runs has ended before.
  func close() {
    isClosed = true
    sweep?.cancel()
    sweep = nil
    for pool in pools.values {
      for call in pool.waiting { call.cancel() }
      for connection in pool.idle { connection.close() }
    }
  }
}
