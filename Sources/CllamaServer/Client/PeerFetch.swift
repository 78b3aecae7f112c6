import Cllama
import NIOCore
import NIOHTTP1

/// A whole answer.
struct PeerResponse: Sendable {
  var status: HTTPResponseStatus
  var headers: HTTPHeaders
  var body: [UInt8]
}

/// A bounded request of the sidecar's own, whose answer is taken as a whole.
final class PeerFetch: AnswerReceiver {
  private let promise: EventLoopPromise<PeerResponse>
  private let limit: Int
  private var response = PeerResponse(status: .ok, headers: HTTPHeaders(), body: [])
  private var call: PeerCall?
  private var timer: Scheduled<Void>?

  /// Sends it.
  ///
  /// - Parameters:
  ///   - limit: most bytes of the answer.
  ///   - time: how long all of it may take.
  init(
    _ client: PeerClient, _ loop: any EventLoop, _ method: HTTPMethod, _ url: String, _ headers: HTTPHeaders,
    _ body: [UInt8]?, limit: Int, time: TimeAmount
  ) {
    promise = loop.makePromise(of: PeerResponse.self)
    self.limit = limit
    guard let address = client.address(url),
      let call = client.send(method, address, "", headers, body.map { ByteBuffer(bytes: $0) }, to: self)
    else {
      promise.fail(PeerFailure.badAddress)
      return
    }
    self.call = call
    timer = loop.assumeIsolated().scheduleTask(in: time) { [self] in cancel(.timeout) }
  }

  var result: EventLoopFuture<PeerResponse> { promise.futureResult }

  /// Lets go of it.
  func cancel(_ reason: PeerFailure = .closed) {
    call?.cancel()
    failed(reason)
  }

  func head(_ head: HTTPResponseHead) {
    response.status = head.status
    response.headers = head.headers
  }

  func body(_ buffer: ByteBuffer) -> EventLoopFuture<Void>? {
    guard response.body.count + buffer.readableBytes <= limit else {
      cancel(.tooLarge)
      return nil
    }
    response.body += buffer.readableBytesView
    return nil
  }

  func failed(_ error: any Error) {
    finish()
    promise.fail(error)
  }

  func end() {
    finish()
    promise.succeed(response)
  }

  private func finish() {
    timer?.cancel()
    timer = nil
    call = nil
  }
}
