import Cllama
import IR
import NIOCore
import NIOHTTP1
import NIOPosix

/// Lets out what a claw declared: CONNECT to a host that a surface names and the policy allows, and nothing else.
final class ConnectHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let sidecar: Sidecar
  private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
  private let encoder: HTTPResponseEncoder
  private var isDecided = false
  private var timer: Scheduled<Void>?

  init(_ sidecar: Sidecar, decoder: ByteToMessageHandler<HTTPRequestDecoder>, encoder: HTTPResponseEncoder) {
    self.sidecar = sidecar
    self.decoder = decoder
    self.encoder = encoder
  }

  func channelActive(context: ChannelHandlerContext) {
    // What is on the sidecar's other networks, such as a provider, is no claw: it is told nothing.
    guard sidecar.isClient(context.remoteAddress) else {
      isDecided = true
      sidecar.noteStranger(context.remoteAddress, "CONNECT is not served on this network")
      return context.close(promise: nil)
    }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: .seconds(15)) { bound.value.close(promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data), !isDecided else { return }
    isDecided = true
    timer?.cancel()
    guard head.method == .CONNECT else {
      return refuse(context, .methodNotAllowed, head.uri, "only CONNECT is served here")
    }
    guard let target = ConnectTarget(head.uri) else {
      return refuse(context, .badRequest, head.uri, "this is no host with a port")
    }
    guard let serving = sidecar.serving, !sidecar.isStopping else {
      return refuse(context, .serviceUnavailable, head.uri, sidecar.reason ?? "the sidecar is stopping")
    }
    guard target.isDeclared(serving.configuration.egress) else {
      return refuse(context, .forbidden, head.uri, "no surface of the claw declares it")
    }
    if sidecar.accounts.contains(where: { $0.value.drift.level == .quarantined }) {
      return refuse(context, .forbidden, head.uri, "the claw is under quarantine")
    }
    if let reason = serving.pipeline.refusal(host: target.host, port: target.port) {
      return refuse(context, .forbidden, head.uri, reason)
    }
    connect(context, target)
  }

  private func record(_ target: String, _ verdict: String, _ reason: String?) -> CallRecord {
    var record = CallRecord(.egress)
    let instances = sidecar.serving?.configuration.instances ?? []
    record.set("gen_ai.agent.id", instances.count == 1 ? instances[0].name : nil)
    record.set("verdict", verdict)
    record.set("target", String(target.prefix(300)))
    record.set("reason", reason)
    sidecar.metrics.countConnection(verdict)
    return record
  }

  private func refuse(
    _ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ target: String, _ reason: String
  ) {
    sidecar.log.note([record(target, "deny", reason)])
    let body = Array("cllama: \(reason)\n".utf8)
    let headers: HTTPHeaders = [
      "content-type": "text/plain", "content-length": String(body.count), "connection": "close",
    ]
    context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil) }
  }

  private func connect(_ context: ChannelHandlerContext, _ target: ConnectTarget) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let name = "\(target.host):\(target.port)"
    // Written down before a byte goes out.
    sidecar.log.append([record(name, "allow", nil)]).flatMap {
      ClientBootstrap(group: bound.value.1.eventLoop)
        .connectTimeout(.seconds(10))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .connect(host: target.host, port: target.port)
    }.assumeIsolated().whenComplete { result in
      let (handler, context) = bound.value
      switch result {
      case .failure:
        handler.refuse(context, .badGateway, name, "the host can't be reached")
      case .success(let peer):
        // A name that leads inside leads nowhere: whoever owns it could point it at the pod's own network.
        guard !Self.isInside(peer.remoteAddress) else {
          peer.close(promise: nil)
          return handler.refuse(context, .forbidden, name, "the name leads to an address inside")
        }
        handler.join(context, peer)
      }
    }
  }

  private static func isInside(_ address: SocketAddress?) -> Bool {
    guard let address, let bytes = address.addressBytes else { return true }
    return bytes.count == 4 ? InsideAddress.isInside(UInt32(bigEndian: bytes)) : InsideAddress.isInside(bytes)
  }

  private func join(_ context: ChannelHandlerContext, _ peer: any Channel) {
    let pair = Tunnel.pair(sidecar)
    context.writeAndFlush(
      wrapOutboundOut(
        .head(.init(version: .http1_1, status: .custom(code: 200, reasonPhrase: "Connection established")))),
      promise: nil)
    let operations = context.pipeline.syncOperations
    let bound = NIOLoopBound(pair, eventLoop: context.eventLoop)
    let peerOperations = peer.pipeline.syncOperations
    do {
      try operations.addHandler(bound.value.0)
      try peerOperations.addHandler(bound.value.1)
    } catch {
      peer.close(promise: nil)
      return context.close(promise: nil)
    }
    // What the caller sent behind its request goes through the tunnel.
    context.pipeline.syncOperations.removeHandler(encoder, promise: nil)
    context.pipeline.syncOperations.removeHandler(decoder, promise: nil)
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }
}

/// Two ends of a connection that are one: what comes at one goes out at the other, as fast as that takes it.
final class Tunnel: ChannelDuplexHandler {
  typealias InboundIn = NIOAny
  typealias OutboundIn = NIOAny
  typealias OutboundOut = NIOAny

  private var other: Tunnel?
  private var context: ChannelHandlerContext?
  private var isReadPending = false

  static func pair(_ sidecar: Sidecar) -> (Tunnel, Tunnel) {
    let (one, two) = (Tunnel(), Tunnel())
    one.other = two
    two.other = one
    return (one, two)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    other = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { other?.context?.write(data, promise: nil) }
  func channelReadComplete(context: ChannelHandlerContext) { other?.context?.flush() }

  func channelInactive(context: ChannelHandlerContext) {
    other?.context?.close(promise: nil)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { other?.becameReady() }
    context.fireChannelWritabilityChanged()
  }

  func read(context: ChannelHandlerContext) {
    if other?.context?.channel.isWritable == false {
      isReadPending = true
    } else {
      context.read()
    }
  }

  private func becameReady() {
    guard isReadPending else { return }
    isReadPending = false
    context?.read()
  }
}
