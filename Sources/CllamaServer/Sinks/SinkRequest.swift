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
  private let client: PeerClient
  private let loop: any EventLoop
  private var fetch: PeerFetch?

  init(_ client: PeerClient, loop: any EventLoop) {
    self.client = client
    self.loop = loop
  }

  /// Sends a batch; the future does not fail.
  ///
  /// - Parameter count: how many records are in it.
  func send(
    _ request: SinkRequest, _ api: SinkAPI, count: Int, timeout milliseconds: Int
  ) -> EventLoopFuture<SinkOutcome> {
    guard client.address(request.url) != nil else {
      return loop.makeSucceededFuture(.refused(reason: "the address can't be used"))
    }
    // Ten thousand items of a bulk have about a megabyte.
    let fetch = PeerFetch(
      client, loop, .POST, request.url, request.headers, request.body, limit: 16 << 20,
      time: .milliseconds(Int64(milliseconds)))
    self.fetch = fetch
    return fetch.result.map { response in
      SinkOutcome(
        api, status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"),
        body: response.body, count: count, now: RecordTime.now)
    }.recover { .again(reason: "no answer: \("\($0)".prefix(200))", afterMilliseconds: nil) }
  }

  /// Lets go of what is being sent.
  func cancel() { fetch?.cancel() }
}
