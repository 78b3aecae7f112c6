import Canonical
import Cllama
import JSON
import NIOCore
import NIOHTTP1

/// One request and what becomes of it.
///
/// The order is the promise: nothing is forwarded before the intent is on the disk, and the last byte of an answer is not
/// delivered before the verdict is.
final class Exchange {
  let sidecar: Sidecar
  let requestHead: HTTPRequestHead
  private unowned let handler: CallHandler
  private let context: ChannelHandlerContext
  let route: WireRoute
  let id: String
  let start = NIODeadline.now()

  private(set) var instance: SidecarConfiguration.Instance?
  private(set) var account: Sidecar.Account?
  /// What the caller calls the session.
  var session: String?
  /// What serves it; a configuration that comes later is for later requests.
  private(set) var serving: Sidecar.Serving?
  /// The stages that look at it: those that are served, with what the drift of the instance asks for.
  private(set) var pipeline: Pipeline?
  private var received: ByteBuffer?
  private var isHeadWritten = false
  private(set) var isOver = false
  /// Whether it was refused; the answer waits for the record.
  private var isRefused = false
  private var isCounted = false
  private var deliveredDigest = RunningDigest()
  private(set) var deliveredBytes = 0

  // What `Exchange+Call` and what follows it know.
  var request: ModelRequest?
  var choices: [ModelChoice] = []
  var attempt = 0
  var choice: ModelChoice?
  var notes: [Intervention] = []
  var recordedNotes = 0
  var forwarded: [UInt8] = []
  var estimatedTokens = 0
  /// What of the caller's headers goes on.
  var passedHeaders: [(name: String, value: String)] = []
  var reserved = Spending.Reserved()
  /// How often an upstream was asked.
  var attempts = 0
  var task: PeerCall?
  var answer: UpstreamAnswer?
  var timer: Scheduled<Void>?
  var lastActivity = NIODeadline.now()
  /// When what is asked now must have been answered.
  var deadline = NIODeadline.distantFuture
  /// Whether somebody is being waited for who may take too long.
  var isWatched = false
  var firstByteAt: NIODeadline?
  var isReserved = false
  private var writable: EventLoopPromise<Void>?
  /// What else is to be let go of when it is over.
  var onEnd: (() -> Void)?
  var status = 0

  init(_ sidecar: Sidecar, _ head: HTTPRequestHead, _ handler: CallHandler, _ context: ChannelHandlerContext) {
    self.sidecar = sidecar
    requestHead = head
    self.handler = handler
    self.context = context
    route = WireRoute(method: head.method.rawValue, target: head.uri)
    id = sidecar.nextCall()
  }

  var loop: any EventLoop { sidecar.loop }
  private var isWritable: Bool { context.channel.isWritable }

  /// Which family's shape errors have.
  var family: SidecarConfiguration.Family {
    switch route {
    case .call(let api): api.family
    case .models, .model: requestHead.headers.contains(name: "anthropic-version") ? .anthropic : .openai
    case .health, .metrics, .service, .unknown, .wrongMethod:
      requestHead.uri.utf8.starts(with: "/v1/messages".utf8) ? .anthropic : .openai
    }
  }

  /// The head is there: what can be refused now is not read any further.
  func head() {
    switch route {
    case .health, .metrics: return
    case .unknown: return refuse(WireError(.notFound, "nothing is served at this path"))
    case .wrongMethod: return refuse(WireError(.wrongMethod, "the method is not served at this path"))
    case .call, .models, .model, .service: break
    }
    serving = sidecar.serving
    guard let serving else {
      return refuse(
        WireError(.unavailable, "everything is denied: \(sidecar.reason ?? "there is no configuration yet")"))
    }
    if sidecar.isStopping { return refuse(WireError(.unavailable, "the sidecar is stopping", retryAfter: 1)) }
    guard let token = Self.token(requestHead.headers), let instance = sidecar.instance(token: token) else {
      return refuse(WireError(.unauthorized, "the token is missing or wrong"))
    }
    self.instance = instance
    account = sidecar.accounts[instance.name]
    if let name = requestHead.headers.first(name: SessionName.header) {
      guard SessionName.isSound(name) else {
        return refuse(WireError(.invalidRequest, "\(SessionName.header) must be \(SessionName.form)"))
      }
      session = name
    }
    pipeline = sidecar.pipeline(instance)
    let limit = serving.configuration.limits.requestBytes
    if let length = requestHead.headers.first(name: "content-length").flatMap({ Int($0) }), length > limit {
      return refuse(WireError(.tooLarge, "the body has more than \(limit) bytes"))
    }
    if let coding = requestHead.headers.first(name: "content-encoding"), coding.lowercased() != "identity" {
      return refuse(WireError(.invalidRequest, "a compressed body is not taken: send it as it is"))
    }
  }

  /// `Authorization: Bearer …` or `x-api-key`. Two that differ are none.
  private static func token(_ headers: HTTPHeaders) -> Substring.UTF8View? {
    var found: [Substring] = headers["x-api-key"].map { $0[...] }
    for value in headers["authorization"] {
      guard value.prefix(7).lowercased() == "bearer " else { return nil }
      found.append(value.dropFirst(7))
    }
    guard let first = found.first, found.allSatisfy({ $0.utf8.elementsEqual(first.utf8) }) else { return nil }
    return first.utf8
  }

  func body(_ bytes: ByteBuffer) {
    if isOver || isRefused { return }
    let count = (received?.readableBytes ?? 0) + bytes.readableBytes
    if let limit = serving?.configuration.limits.requestBytes, count > limit {
      return refuse(WireError(.tooLarge, "the body has more than \(limit) bytes"))
    }
    if received == nil {
      received = bytes
    } else {
      received?.writeImmutableBuffer(bytes)
    }
  }

  /// The request is there as a whole.
  func begin() {
    if isOver || isRefused { return }
    switch route {
    case .health: health()
    case .metrics:
      let text = sidecar.metrics.text(
        running: sidecar.runningCount, isServing: sidecar.serving != nil, log: sidecar.log,
        sinks: sidecar.sinks)
      deliver(.ok, "text/plain; version=0.0.4; charset=utf-8", Array(text.utf8))
    case .models: models(nil)
    case .model(let name): models(name)
    case .call(let api): call(api, received.map { Array($0.readableBytesView) } ?? [])
    case .service(let name, let path): service(name, path, received)
    case .unknown, .wrongMethod: return
    }
  }

  /// Counts the call as one that runs.
  func enter() {
    guard let account, !isCounted else { return }
    isCounted = true
    sidecar.begin(account)
  }

  // MARK: Answers

  /// Refuses the request, before anything was forwarded.
  func refuse(_ error: WireError) {
    if isOver || isRefused { return }
    isRefused = true
    status = error.kind.status
    var record = CallRecord(.refusal)
    identify(&record)
    record.set("verdict", "deny")
    record.set("reason", error.message)
    record.set("http.response.status_code", status)
    // What a stage refused counts as drift; what a limit refused does not.
    let drifted =
      error.kind == .denied && !notes.isEmpty
      ? instance.map { sidecar.drifted($0.name, Drift.Call(notes)) } ?? [] : []
    // Who has no token could fill the disk with refusals: those are counted, and told once a second.
    let isWorthALine = instance != nil || sidecar.mayNoteStranger()
    let records = unrecordedNotes() + (isWorthALine ? [record] : []) + drifted
    sidecar.metrics.count(apiName, status: status, milliseconds: elapsed, firstByte: nil)
    guard instance != nil else {
      if !records.isEmpty { sidecar.log.note(records) }
      return deliver(error)
    }
    sidecar.log.append(records).assumeIsolated().whenComplete { [self] _ in deliver(error) }
  }

  func deliver(_ error: WireError) {
    var headers = HTTPHeaders()
    if let seconds = error.retryAfter { headers.add(name: "retry-after", value: String(seconds)) }
    deliver(
      HTTPResponseStatus(statusCode: error.kind.status), "application/json", Array(error.body(family).text().utf8),
      headers)
  }

  /// A whole answer.
  ///
  /// - Parameter isCounted: whether `count` was told of the body already.
  func deliver(
    _ status: HTTPResponseStatus, _ type: String, _ body: [UInt8], _ headers: HTTPHeaders = HTTPHeaders(),
    isCounted: Bool = false
  ) {
    if isOver { return }
    var headers = headers
    if !type.isEmpty { headers.replaceOrAdd(name: "content-type", value: type) }
    // A body that the status has no room for would be read as the next answer.
    let hasBody = status.mayHaveResponseBody
    if hasBody { headers.replaceOrAdd(name: "content-length", value: String(body.count)) }
    writeHead(status, headers)
    if hasBody { write(body, isCounted: isCounted) }
    end()
  }

  func writeHead(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
    if isOver || isHeadWritten { return }
    isHeadWritten = true
    self.status = Int(status.code)
    var headers = headers
    if !keepsAlive { headers.replaceOrAdd(name: "connection", value: "close") }
    headers.replaceOrAdd(name: "x-cllama-call", value: id)
    context.write(
      NIOAny(HTTPServerResponsePart.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
  }

  /// Counts bytes as said before they are written, where the verdict must be on the disk first.
  func count(_ bytes: [UInt8]) {
    deliveredDigest.add(bytes)
    deliveredBytes += bytes.count
  }

  func write(_ bytes: [UInt8], isCounted: Bool = false) {
    if isOver || bytes.isEmpty { return }
    if !isCounted { count(bytes) }
    context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
  }

  func flush() { if !isOver { context.flush() } }

  var isHeadDelivered: Bool { isHeadWritten }
  var digestOfDelivered: String { Digest.hexadecimal(deliveredDigest.value) }

  /// Ends the answer. A broken one closes the connection, so that nobody takes it for whole.
  func end(isBroken: Bool = false) {
    if isOver { return }
    isOver = true
    release()
    if isBroken {
      context.flush()
      context.close(promise: nil)
      return
    }
    context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: nil)
    handler.finished(keepsAlive: keepsAlive, context)
  }

  private var keepsAlive: Bool { requestHead.isKeepAlive && !sidecar.isStopping && !handler.isReceiving }

  /// Gives back what the exchange holds.
  private func release() {
    timer?.cancel()
    timer = nil
    task?.cancel()
    task = nil
    answer = nil
    onEnd?()
    onEnd = nil
    writable?.succeed(())
    writable = nil
    if isCounted, let account {
      isCounted = false
      sidecar.end(account)
    }
  }

  /// A future where whoever speaks is to wait for the caller; nil where the caller keeps up.
  func backpressure() -> EventLoopFuture<Void>? {
    if isOver || isWritable { return nil }
    let promise = writable ?? loop.makePromise(of: Void.self)
    writable = promise
    return promise.futureResult
  }

  func becameWritable() {
    writable?.succeed(())
    writable = nil
  }

  /// The caller is gone: the upstream is not to work on for nobody.
  func callerVanished() {
    if isOver { return }
    if isReserved { settle("cancelled", "the caller went away") }
    isOver = true
    release()
  }

  var elapsed: Int { Int((NIODeadline.now() - start).nanoseconds / 1_000_000) }

  var apiName: String { if case .call(let api) = route { api.rawValue } else { "other" } }

  func identify(_ record: inout CallRecord) {
    record.set("call", id)
    record.set("gen_ai.agent.id", instance?.name)
    record.set("gen_ai.conversation.id", session)
    if case .call(let api) = route {
      record.set("api", api.rawValue)
      record.set("gen_ai.operation.name", api.operation)
    }
  }

  /// Records of what stages did since this was last asked.
  func unrecordedNotes() -> [CallRecord] {
    let fresh = notes[recordedNotes...]
    recordedNotes = notes.count
    return fresh.map { note in
      sidecar.metrics.count(note)
      var record = CallRecord(note)
      identify(&record)
      return record
    }
  }
}
