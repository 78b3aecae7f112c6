import AsyncHTTPClient
import Canonical
import Cllama
import NIOCore
import NIOHTTP1

/// A batch as it is sent to a server.
struct SinkRequest: Sendable {
  var url: String
  var headers: HTTPHeaders
  var body: [UInt8]

  /// Writes records as the server wants them. Secrets are read each time, so that new ones count without a restart.
  init(_ target: SinkSetting.ServerTarget, _ events: [SinkEvent], pod: String) throws(ConfigurationFailure) {
    // A webhook's address is asked as it is.
    url = target.api == .webhook ? target.url + target.api.path : WebAddress.join(target.url, target.api.path)
    body = target.api.body(events, pod: pod, index: target.index, version: Sidecar.version)
    headers = ["content-type": target.api.contentType, "user-agent": "cllama/\(Sidecar.version)"]
    if let file = target.tokenFile {
      headers.add(name: "authorization", value: "\(target.api.scheme) \(try UpstreamKey(file: file).text)")
    }
    if let file = target.secretFile {
      let code = MessageCode.sha256(body, key: Array(try UpstreamKey(file: file).text.utf8))
      headers.add(name: "x-cllama-signature-256", value: "sha256=\(Digest.hexadecimal(code))")
    }
  }
}

/// Sends batches to a server, one at a time.
///
/// Belongs to one event loop.
final class SinkSender {
  private let client: HTTPClient
  private let loop: any EventLoop
  private var task: HTTPClient.Task<HTTPClient.Response>?

  init(_ client: HTTPClient, loop: any EventLoop) {
    self.client = client
    self.loop = loop
  }

  /// Sends a batch; the future does not fail.
  ///
  /// - Parameter count: how many records are in it.
  func send(
    _ request: SinkRequest, _ api: SinkAPI, count: Int, timeout milliseconds: Int
  ) -> EventLoopFuture<SinkOutcome> {
    let outgoing: HTTPClient.Request
    do {
      outgoing = try HTTPClient.Request(
        url: request.url, method: .POST, headers: request.headers, body: .byteBuffer(ByteBuffer(bytes: request.body)))
    } catch { return loop.makeSucceededFuture(.refused(reason: "the address can't be used")) }
    // Ten thousand items of a bulk have about a megabyte.
    let collector = ResponseAccumulator(request: outgoing, maxBodySize: 16 << 20)
    let task = client.execute(
      request: outgoing, delegate: collector, eventLoop: .delegate(on: loop),
      deadline: .now() + .milliseconds(Int64(milliseconds)))
    self.task = task
    return task.futureResult.map { response in
      SinkOutcome(
        api, status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"),
        body: response.body.map { Array($0.readableBytesView) } ?? [], count: count, now: RecordTime.now)
    }.recover { .again(reason: "no answer: \("\($0)".prefix(200))", afterMilliseconds: nil) }
  }

  /// Lets go of what is being sent.
  func cancel() { task?.cancel() }
}
