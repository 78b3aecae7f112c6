import Cllama
import IR
import JSON
import NIOCore
import NIOHTTP1

/// What an upstream answers to one attempt, on its way to the caller.
final class UpstreamAnswer: AnswerReceiver {
  private enum Way {
    /// The head is not there yet.
    case waiting
    /// It is collected before any of it is delivered.
    case whole
    /// Its events pass one by one.
    case stream
  }

  let exchange: Exchange
  let key: UpstreamKey?
  private var way = Way.waiting
  var status = HTTPResponseStatus.ok
  var headers = HTTPHeaders()
  private var collected: [UInt8] = []
  private var receivedBytes = 0

  var isAbandoned = false
  /// Words a sentence of what was said.
  private(set) var sentenceLength: Double?
  var usage: Usage? { wholeUsage ?? watch.usage }
  var model: String? { wholeModel ?? watch.model }
  private var wholeUsage: Usage?
  private var wholeModel: String?
  var textBytes = 0
  var isScanned = false
  var judgedCalls = 0

  // What `UpstreamAnswer+Stream` works with.
  var watch = StreamWatch()
  var events = ServerEventReader()
  var gate: StreamGate?
  /// How many of the gate's notes were taken over.
  var gateNotes = 0
  /// Events that end the answer: they wait until the verdict is on the disk.
  var last: [UInt8] = []
  var isEnding = false
  /// Whole streams that somebody else judges first.
  var held: [ServerEvent] = []

  init(_ exchange: Exchange, key: UpstreamKey?) {
    self.exchange = exchange
    self.key = key
  }

  var isStream: Bool { if case .stream = way { true } else { false } }

  var pipeline: Pipeline? { exchange.pipeline }
  private var limits: SidecarConfiguration.Limits { exchange.serving?.configuration.limits ?? .init() }
  private var api: WireAPI { if case .call(let api) = exchange.route { api } else { .chat } }

  // MARK: What comes

  func head(_ head: HTTPResponseHead) {
    if isAbandoned || exchange.isOver { return }
    exchange.lastActivity = .now()
    status = head.status
    headers = Self.passed(head.headers)
    if let coding = head.headers.first(name: "content-encoding"), coding.lowercased() != "identity" {
      exchange.abandon()
      return exchange.failed(WireError(.upstream, "the upstream compressed its answer, which can't be judged"))
    }
    guard (200..<600).contains(status.code) else {
      exchange.abandon()
      return exchange.failed(WireError(.upstream, "the upstream answered with status \(status.code), which is none"))
    }
    if (300..<400).contains(status.code) {
      exchange.abandon()
      return exchange.failed(
        WireError(.upstream, "the upstream wants to send the call elsewhere (status \(status.code))"), mayRetry: false)
    }
    let type = head.headers.first(name: "content-type")?.lowercased() ?? ""
    guard status.code == 200, type.hasPrefix("text/event-stream"), api.isConversation else {
      way = .whole
      return
    }
    way = .stream
    events = ServerEventReader()
    if let pipeline, pipeline.seesAnswers { gate = StreamGate(api, pipeline, limit: limits.responseBytes) }
    // With somebody else to judge, nothing is delivered before that is done.
    if pipeline?.needsWholeAnswers != true { exchange.writeHead(status, headers) }
  }

  /// Returns a future where the upstream is to wait for the caller.
  func body(_ buffer: ByteBuffer) -> EventLoopFuture<Void>? {
    if isAbandoned || exchange.isOver { return nil }
    exchange.lastActivity = .now()
    if exchange.firstByteAt == nil {
      exchange.firstByteAt = .now()
    }
    receivedBytes += buffer.readableBytes
    guard receivedBytes <= limits.responseBytes else {
      exchange.abandonUpstream()
      let error = WireError(.upstream, "the upstream's answer has more than \(limits.responseBytes) bytes")
      exchange.isHeadDelivered ? exchange.broke(error) : exchange.settleFailure(error)
      return nil
    }
    switch way {
    case .waiting: return nil
    case .whole:
      collected += buffer.readableBytesView
      return nil
    case .stream:
      stream(buffer)
      return exchange.backpressure()
    }
  }

  func failed(_ error: any Error) {
    if isAbandoned || exchange.isOver { return }
    let reason = WireError(upstream: error)
    switch way {
    case .waiting: exchange.failed(reason)
    case .whole: exchange.failed(reason)
    case .stream: finishStream(cut: reason)
    }
  }

  func end() {
    if isAbandoned || exchange.isOver { return }
    exchange.isWatched = false
    switch way {
    case .waiting: exchange.failed(WireError(.upstream, "the upstream said nothing"))
    case .whole: whole()
    case .stream: finishStream(cut: nil)
    }
  }

  private static let known: Set<String> = [
    "content-type", "request-id", "x-request-id", "retry-after", "x-generation-id", "openai-processing-ms",
    "openai-version", "cache-control", "x-should-retry", "retry-after-ms",
  ]

  /// The headers that a caller gets: those that APIs document, and no cookies.
  private static func passed(_ headers: HTTPHeaders) -> HTTPHeaders {
    var passed = HTTPHeaders()
    passed.reserveCapacity(8)
    for header in headers {
      let name = header.name.lowercased()
      if known.contains(name) || name.hasPrefix("x-ratelimit-") || name.hasPrefix("anthropic-ratelimit-") {
        passed.add(name: name, value: header.value)
      }
    }
    return passed
  }

  // MARK: Whole answers

  private func whole() {
    if status.code == 429 || status.code >= 500, exchange.mayTryAgain {
      let after = headers.first(name: "retry-after").flatMap { Int($0) }
      exchange.abandon()
      return exchange.failed(
        WireError(.upstream, "the upstream answered with status \(status.code)"), retryAfter: after)
    }
    if let key { collected = key.redacted(collected) }
    guard (200..<300).contains(status.code) else { return deliverError() }
    let value = try? JSONValue.strict(collected)
    wholeUsage = value.flatMap { Usage($0) }
    wholeModel = value?["model"]?.string
    textBytes = collected.count
    guard let pipeline, pipeline.seesAnswers, api.isConversation else { return deliverWhole(collected) }
    guard let value, value.members != nil else {
      return exchange.settleFailure(WireError(.upstream, "the upstream's answer is no JSON, so it can't be judged"))
    }
    let isError =
      value["error"].map { $0 != .null && !($0.members?.isEmpty ?? false) } == true
      || value["object"]?.string == "error"
    judge(value, verdict: isError ? "error" : nil)
  }

  /// Lets the stages look at a whole answer, and delivers what is left of it.
  private func judge(_ value: JSONValue, verdict: String?) {
    guard let pipeline else { return }
    var answer = ModelAnswer(api, body: value)
    isScanned = true
    var sentences = SentenceCount()
    for passage in answer.passages where passage.kind == .text { sentences.add(passage.text) }
    sentenceLength = sentences.wordsPerSentence
    do throws(Denial) { judgedCalls = try pipeline.judge(&answer, &exchange.notes) } catch {
      judgedCalls = answer.calls.count
      return deny(error)
    }
    if let verdict { return deliverWhole(answer.isChanged ? Array(answer.body.text().utf8) : collected, verdict) }
    evaluate(answer, 0)
  }

  private func deliverError() {
    // An error whose text is not the API's is put into its shape: nothing of the upstream's own pages passes.
    let isJSON = (try? JSONValue.strict(collected))?.members != nil
    if !isJSON {
      let text = String(decoding: collected.prefix(500), as: UTF8.self)
      let error = WireError(.upstream, "the upstream answered with status \(status.code): \(text)")
      collected = Array(error.body(exchange.family).text().utf8)
      headers.replaceOrAdd(name: "content-type", value: "application/json")
    }
    // An error may say what an answer may not.
    if let pipeline, pipeline.seesAnswers, api.isConversation, let value = try? JSONValue.strict(collected) {
      return judge(value, verdict: "error")
    }
    deliverWhole(collected, "error")
  }

  private func deliverWhole(_ body: [UInt8], _ verdict: String? = nil) {
    exchange.status = Int(status.code)
    let done =
      verdict ?? (exchange.notes.contains { $0.direction == .answer && $0.action != .observe } ? "modify" : "allow")
    exchange.count(body)
    exchange.settle(done, status: Int(status.code)).assumeIsolated().whenComplete { [self] result in
      if case .failure = result { return exchange.deliver(Self.unrecorded) }
      exchange.deliver(status, "", body, headers, isCounted: true)
    }
  }

  static let unrecorded = WireError(.unavailable, "the record can't be written, so nothing is delivered")

  func deny(_ denial: Denial) {
    exchange.notes.append(denial.intervention)
    let error = denial.wireError
    exchange.settle("deny", denial.intervention.reason, status: error.kind.status).assumeIsolated().whenComplete {
      [self] _ in
      exchange.deliver(error)
    }
  }

  private func evaluate(_ answer: ModelAnswer, _ index: Int) {
    let evaluators = pipeline?.evaluators.filter(\.evaluator.seesAnswers) ?? []
    guard index < evaluators.count else {
      return deliverWhole(answer.isChanged ? Array(answer.body.text().utf8) : collected)
    }
    let evaluator = evaluators[index].evaluator
    exchange.evaluate(evaluator, .answer, answer.body).assumeIsolated().whenSuccess { [self] verdict in
      if exchange.isOver { return }
      var answer = answer
      switch verdict.action {
      case .allow: break
      case .deny: return deny(exchange.denial(evaluator, .answer, verdict))
      case .amend:
        exchange.notes.append(exchange.amendment(evaluator, .answer, answer.body, verdict))
        if let body = verdict.body { answer.body = body }
        answer.isChanged = true
      }
      evaluate(answer, index + 1)
    }
  }
}
