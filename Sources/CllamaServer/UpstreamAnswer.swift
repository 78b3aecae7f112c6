import AsyncHTTPClient
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

  private let exchange: Exchange
  private let key: UpstreamKey?
  private var way = Way.waiting
  private var status = HTTPResponseStatus.ok
  private var headers = HTTPHeaders()
  private var collected: [UInt8] = []
  private var events = ServerEventReader()
  private var gate: StreamGate?
  /// Events that end the answer: they wait until the verdict is on the disk.
  private var last: [UInt8] = []
  private var isEnding = false
  private var receivedBytes = 0
  /// Whole streams that somebody else judges first.
  private var held: [ServerEvent] = []

  var isAbandoned = false
  /// Words a sentence of what was said.
  private(set) var sentenceLength: Double?
  private(set) var usage: Usage?
  private(set) var model: String?
  private(set) var textBytes = 0
  private(set) var isScanned = false
  private(set) var judgedCalls = 0
  private var failure: String?
  private var isFinished = false

  init(_ exchange: Exchange, key: UpstreamKey?) {
    self.exchange = exchange
    self.key = key
  }

  var isStream: Bool { if case .stream = way { true } else { false } }

  private var pipeline: Pipeline? { exchange.serving?.pipeline }
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
      exchange.watchTime()
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
    let reason = Self.reason(error)
    switch way {
    case .waiting: exchange.failed(reason)
    case .whole: exchange.failed(reason)
    case .stream: finishStream(cut: reason)
    }
  }

  func end() {
    if isAbandoned || exchange.isOver { return }
    exchange.timer?.cancel()
    switch way {
    case .waiting: exchange.failed(WireError(.upstream, "the upstream said nothing"))
    case .whole: whole()
    case .stream: finishStream(cut: nil)
    }
  }

  private static func reason(_ error: any Error) -> WireError {
    guard let error = error as? HTTPClientError else {
      return WireError(.upstream, "the upstream can't be reached: \(type(of: error))")
    }
    switch error {
    case .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout:
      return WireError(.upstreamTimeout, "the upstream took too long")
    case .remoteConnectionClosed: return WireError(.upstream, "the upstream closed the connection")
    default: return WireError(.upstream, "the upstream failed: \(error.shortDescription)")
    }
  }

  /// The headers that a caller gets: those that APIs document, and no cookies.
  private static func passed(_ headers: HTTPHeaders) -> HTTPHeaders {
    var passed = HTTPHeaders()
    for header in headers {
      let name = header.name.lowercased()
      let isKnown =
        [
          "content-type", "request-id", "x-request-id", "retry-after", "x-generation-id", "openai-processing-ms",
          "openai-version", "cache-control", "x-should-retry", "retry-after-ms",
        ].contains(name) || name.hasPrefix("x-ratelimit-") || name.hasPrefix("anthropic-ratelimit-")
      if isKnown { passed.add(name: name, value: header.value) }
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
    guard status.code == 200 else { return deliverError() }
    let value = try? JSONValue.strict(collected)
    usage = value.flatMap { Usage($0) }
    model = value?["model"]?.string
    textBytes = collected.count
    guard let pipeline, pipeline.seesAnswers, api.isConversation else { return deliverWhole(collected) }
    guard let value, value.members != nil else {
      return exchange.settleFailure(WireError(.upstream, "the upstream's answer is no JSON, so it can't be judged"))
    }
    if value["error"].map({ $0 != .null }) == true || value["object"]?.string == "error" {
      return deliverWhole(collected, "error")
    }
    var answer = ModelAnswer(api, body: value)
    judgedCalls = answer.calls.count
    isScanned = true
    sentenceLength = Drift.sentenceLength(
      answer.passages.filter { $0.kind == .text }.map(\.text).joined(separator: "\n"))
    do throws(Denial) { try pipeline.judge(&answer, &exchange.notes) } catch { return deny(error) }
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

  private static let unrecorded = WireError(.unavailable, "the record can't be written, so nothing is delivered")

  private func deny(_ denial: Denial) {
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

  // MARK: Streams

  private func stream(_ buffer: ByteBuffer) {
    do {
      try events.read(buffer.readableBytesView) { event in try take(event) }
    } catch let denial as Denial {
      return cut(denial)
    } catch {
      return exchange.broke(WireError(.upstream, "the upstream sent an event without an end"))
    }
    exchange.flush()
  }

  private func take(_ event: ServerEvent) throws {
    if exchange.isOver || isAbandoned { return }
    var event = event
    // The key of the upstream goes to nobody, whatever the upstream says.
    if let key, event.bytes.withUnsafeBytes({ key.isIn($0) }) {
      event =
        event.data.map { event.with(data: key.redacted($0)) }
        ?? ServerEvent(bytes: key.redacted(event.bytes), name: "", data: nil)
    }
    watch(event)
    guard let gate else {
      textBytes += event.data?.count ?? 0
      return deliver([event])
    }
    isScanned = true
    deliver(try gate.push(event))
    judgedCalls = gate.judgedCalls
    textBytes = gate.textBytes
    takeNotes(gate)
    if gate.isOverfull { throw Self.tooMuch }
    if let instance = exchange.instance, exchange.overspends(instance, textBytes) {
      exchange.broke(WireError(.budgetExceeded, "the budget is spent"), verdict: "stop")
    }
  }

  private var gateNotes = 0

  /// Takes over what the gate noted since this was last asked.
  private func takeNotes(_ gate: StreamGate) {
    exchange.notes += gate.notes.dropFirst(gateNotes)
    gateNotes = gate.notes.count
  }

  private static let tooMuch = Denial(
    Intervention(
      stage: "stream", direction: .answer, action: .deny, rule: "unbounded", reason: "too much waits to be judged",
      severity: .critical))

  /// Learns of usage, model and end; only events that can tell of them are read.
  private func watch(_ event: ServerEvent) {
    if event.isDone { isFinished = true }
    guard let data = event.data?[...], !event.isDone else { return }
    let tells =
      model == nil || ByteFinder.has(data, "\"usage\"") || ByteFinder.has(data, "\"error\"")
      || ByteFinder.has(data, "_stop\"")
      || ByteFinder.has(data, "\"response.")
      || (ByteFinder.has(data, "\"finish_reason\"") && !ByteFinder.has(data, "\"finish_reason\":null"))
    guard tells, let json = try? JSONValue.strict(Array(data)) else { return }
    if let found = Usage(json) {
      usage =
        usage.map {
          var sum = $0; sum.merge(found); return sum
        } ?? found
    }
    if model == nil {
      model = json["model"]?.string ?? json["message"]?["model"]?.string ?? json["response"]?["model"]?.string
    }
    let type = json["type"]?.string ?? ""
    if type == "message_stop" || type == "response.completed" || type == "response.incomplete"
      || type == "response.failed"
    {
      isFinished = true
    }
    if json["choices"]?.array?.contains(where: { $0["finish_reason"]?.string != nil }) == true { isFinished = true }
    if type == "error" || json["error"].map({ $0 != .null }) == true || type == "response.failed"
      || json["object"]?.string == "error"
    {
      failure =
        json["error"]?["message"]?.string ?? json["message"]?.string ?? json["response"]?["error"]?["message"]?.string
        ?? "the upstream reported an error"
    }
  }

  private func deliver(_ events: [ServerEvent]) {
    for event in events {
      if pipeline?.needsWholeAnswers == true {
        held.append(event)
      } else if isEnding || Self.isLast(event) {
        // The last event, and what comes behind it, waits for the verdict.
        isEnding = true
        last += event.bytes
      } else {
        exchange.write(event.bytes)
      }
    }
  }

  private static func isLast(_ event: ServerEvent) -> Bool {
    guard let data = event.data?[...] else { return false }
    return event.isDone || ByteFinder.has(data, "\"message_stop\"") || ByteFinder.has(data, "\"response.completed\"")
      || ByteFinder.has(data, "\"response.incomplete\"") || ByteFinder.has(data, "\"response.failed\"")
  }

  /// Nothing more comes.
  private func finishStream(cut reason: WireError?) {
    do {
      if let gate {
        deliver(try gate.finish())
        takeNotes(gate)
      }
    } catch { return cut(error) }
    var verdict = exchange.notes.contains { $0.direction == .answer && $0.action != .observe } ? "modify" : "allow"
    var why = failure
    if failure != nil { verdict = "error" }
    if reason != nil || !isFinished || events.isInside {
      verdict = failure == nil ? "incomplete" : "error"
      why = why ?? reason?.message ?? "the upstream ended in the middle"
    }
    if pipeline?.needsWholeAnswers == true { return evaluateHeld(verdict, why) }
    let isCut = reason != nil || events.isInside
    // Half an event passes only where nobody is to judge it; a broken end is shown as what it is.
    if gate == nil { last += events.rest() }
    exchange.count(last)
    exchange.settle(verdict, why).assumeIsolated().whenComplete { [self] result in
      if case .failure = result { return exchange.end(isBroken: true) }
      exchange.write(last, isCounted: true)
      exchange.end(isBroken: isCut)
    }
  }

  private func cut(_ denial: Denial) {
    if let gate {
      takeNotes(gate)
    }
    exchange.notes.append(denial.intervention)
    if !exchange.isHeadDelivered {
      exchange.abandonUpstream()
      return deny(denial)
    }
    exchange.broke(denial.wireError, verdict: "deny")
  }

  // MARK: Streams that somebody else judges

  private func evaluateHeld(_ verdict: String, _ why: String?) {
    let texts = held.compactMap(\.data).map { String(decoding: $0, as: UTF8.self) }
    let document: JSONValue = ["events": .array(texts.map { .string($0) })]
    ask(pipeline?.evaluators.map(\.evaluator).filter(\.seesAnswers) ?? [], document, verdict, why)
  }

  private func ask(_ evaluators: [EvaluatorSetting], _ document: JSONValue, _ verdict: String, _ why: String?) {
    guard let first = evaluators.first else {
      exchange.settle(verdict, why, status: Int(status.code)).assumeIsolated().whenComplete { [self] result in
        if case .failure = result { return exchange.deliver(Self.unrecorded) }
        exchange.writeHead(status, headers)
        for event in held { exchange.write(event.bytes) }
        exchange.end()
      }
      return
    }
    exchange.evaluate(first, .answer, document).assumeIsolated().whenSuccess { [self] found in
      if exchange.isOver { return }
      // A stream can't be written anew: what would amend it denies it.
      guard found.action == .allow else { return deny(exchange.denial(first, .answer, found)) }
      ask(Array(evaluators.dropFirst()), document, verdict, why)
    }
  }
}
