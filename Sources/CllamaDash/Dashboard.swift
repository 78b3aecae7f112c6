import Cllama
import JSON
import NIOCore
import NIOHTTP1

/// Everything of the page that connections share. Belongs to one event loop.
final class Dashboard {
  let gate: Gate
  let asker: Asker
  let gatherer: Gatherer
  let live: Live
  let loop: any EventLoop
  /// How long it is waited before claw is asked again.
  let pause: TimeAmount
  /// After which time a viewer that says nothing is asked whether it is there.
  let heartbeat: TimeAmount
  private var logs: Set<ObjectIdentifier> = []

  init(port: Int, asker: Asker, loop: any EventLoop, pause: TimeAmount, heartbeat: TimeAmount) {
    gate = Gate(port: port)
    self.asker = asker
    self.loop = loop
    self.pause = pause
    self.heartbeat = heartbeat
    gatherer = Gatherer(asker, loop: loop, pause: pause)
    live = Live(gatherer)
  }

  /// Whether there is room for one more stream.
  func mayOpen(_ feed: EventFeed) -> Bool {
    guard feed.content is EventFeed.Logs else { return true }
    guard logs.count < EventFeed.Logs.limit else { return false }
    logs.insert(ObjectIdentifier(feed))
    return true
  }

  func closed(_ feed: EventFeed) { logs.remove(ObjectIdentifier(feed)) }

  /// What `claw logs` is to be asked for: a container or service that the pod has.
  func service(_ id: String) -> String? {
    let names = gatherer.picture.nodes.map(\.id) + gatherer.picture.workloads.compactMap { $0["id"]?.string }
    return names.first { $0.utf8.elementsEqual(id.utf8) }
  }

  /// What is answered.
  func reply(_ route: Route) -> Reply {
    let picture = gatherer.picture
    let now = RecordTime.now
    switch route {
    case .page: return Reply(status: .ok, type: Reply.html, body: Asset.page)
    case .asset(let asset): return Reply(status: .ok, type: asset.type, body: asset.bytes)
    case .health: return .json(["ok": true, "viewers": JSONValue(live.count)])
    case .document(let document):
      let value = picture.document(document, now: now)
      return value == .null ? .failure(.serviceUnavailable, "it could not be found out yet") : .json(value)
    case .node(let id):
      guard let node = picture.nodes.first(where: { $0.id.utf8.elementsEqual(id.utf8) }) else { return .missing }
      return .json(node.document)
    case .nodeMetrics(let id): return picture.metrics(id, now: now).map { .json($0) } ?? .missing
    case .workload(let id):
      return picture.workloads.first { $0["id"]?.string?.utf8.elementsEqual(id.utf8) == true }.map { .json($0) }
        ?? .missing
    case .calls(let filter):
      let calls = picture.calls.matching(
        claw: filter.claw, kind: filter.kind, verdict: filter.verdict, limit: filter.limit)
      return .json(.array(calls.map { $0.document(live.epoch) }))
    case .live:
      var reply = Reply.failure(.upgradeRequired, "this is a WebSocket")
      reply.headers = [("upgrade", "websocket")]
      return reply
    case .logs, .events: return .missing
    }
  }

  /// What every answer says: nothing is kept, nothing from elsewhere is loaded, nobody shows it in a frame.
  func headers(_ type: String) -> HTTPHeaders {
    let sockets = gate.hosts.map { "ws://\($0)" }.joined(separator: " ")
    return [
      "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff",
      "x-frame-options": "DENY", "referrer-policy": "no-referrer", "cross-origin-resource-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        + "connect-src 'self' \(sockets); base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'",
    ]
  }
}

/// An answer.
struct Reply {
  static let html = "text/html; charset=utf-8"
  var status: HTTPResponseStatus
  var type: String
  var body: [UInt8]
  var headers: [(String, String)] = []

  static func json(_ value: JSONValue) -> Reply {
    Reply(status: .ok, type: "application/json", body: Array(value.text().utf8))
  }

  static func failure(_ status: HTTPResponseStatus, _ message: String) -> Reply {
    let value: JSONValue = ["error": ["status": JSONValue(Int(status.code)), "message": .string(message)]]
    return Reply(status: status, type: "application/json", body: Array(value.text().utf8))
  }

  static var missing: Reply { failure(.notFound, "the pod has none of that name") }

  /// The first answer to whoever has the link. A redirect would lose the cookie where the link stood in another page.
  static func entered(_ cookie: String) -> Reply {
    let text = page("claw dash", "<p><a href=\"/\">Go on to the pod</a></p>")
    return Reply(
      status: .ok, type: html, body: Array(text.utf8), headers: [("set-cookie", cookie), ("refresh", "0; url=/")])
  }

  /// What a person gets who has no link.
  static var locked: Reply {
    let text = page(
      "This page is locked",
      "<p>Open the link that <code>claw dash</code> printed: it has the key. A page that was opened before claw dash "
        + "was started again needs the new one.</p>")
    return Reply(status: .unauthorized, type: html, body: Array(text.utf8))
  }

  private static func page(_ title: String, _ body: String) -> String {
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
      + "<meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"/icon.svg\">"
      + "<title>\(title)</title><main><h1>\(title)</h1>\(body)</main></html>"
  }
}
