import Cllama
import NIOCore

/// Answers every question for a name with "there is none", at once, and writes down that it was asked.
///
/// Names of the pod are the engine's business and never come here; for the world there is the sidecar itself.
final class NameServer: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias OutboundOut = AddressedEnvelope<ByteBuffer>

  private let sidecar: Sidecar
  /// When a name was last written down: a claw that asks all day fills no disk.
  private var noted: [String: Int] = [:]
  /// How long a name that was written down is not again, in milliseconds.
  private static let pause = 60_000
  private static let mostNames = 1_024

  init(_ sidecar: Sidecar) { self.sidecar = sidecar }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let envelope = unwrapInboundIn(data)
    guard sidecar.isClient(envelope.remoteAddress) else { return }
    guard let question = NameQuestion(Array(envelope.data.readableBytesView)) else { return }
    let answer = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: question.refusal))
    context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    sidecar.metrics.countName()
    let now = RecordTime.now
    if let last = noted[question.name], now - last < Self.pause { return }
    if noted.count >= Self.mostNames { noted = noted.filter { now - $0.value < Self.pause } }
    guard noted.count < Self.mostNames else { return }
    noted[question.name] = now
    var record = CallRecord(.name)
    let instances = sidecar.serving?.configuration.instances ?? []
    record.set("gen_ai.agent.id", instances.count == 1 ? instances[0].name : nil)
    record.set("verdict", "deny")
    record.set("name", question.name)
    record.set("query_type", Int(question.type))
    record.set("peer", envelope.remoteAddress.ipAddress)
    sidecar.log.note([record])
  }
}
