import Canonical
import Cllama
import IR
import JSON
import NIOCore
import NIOHTTP1

extension Exchange {
  /// A call of a model, its body whole.
  func call(_ api: WireAPI, _ bytes: [UInt8]) {
    guard let serving, let pipeline, let account else { return }
    let limits = serving.configuration.limits
    let now = RecordTime.now
    do throws(WireError) {
      if account.running >= limits.concurrent {
        throw WireError(.rateLimited, "\(limits.concurrent) calls are under way", retryAfter: 1)
      }
      if let wait = account.rate.take(now: now) {
        throw WireError(.rateLimited, "more than \(limits.requestsPerMinute) requests in a minute", retryAfter: wait)
      }
      if let refusal = account.spending.refusal(now: now) { throw refusal }
      var request = try ModelRequest(api, bytes)
      for header in requestHead.headers where Self.passed.contains(header.name.lowercased()) {
        passedHeaders.append(header)
      }
      request.headers = passedHeaders.map(\.value)
      choices = try ModelChoice.choices(request.model, family: api.family, serving.configuration)
      let configuration = serving.configuration
      if configuration.budget.dollars != nil,
        choices.contains(where: { configuration.price(of: $0.reference) == nil })
      {
        throw WireError(
          .budgetExceeded, "the budget is in dollars, and nobody said what the model costs", parameter: "model")
      }
      estimatedTokens = Usage.estimate(bytes: bytes.count)
      let most = Usage(input: estimatedTokens, output: request.mostTokens ?? 0)
      let price = choices.first.flatMap { configuration.price(of: $0.reference) }
      reserved = Spending.Reserved(tokens: most.total, cost: most.cost(price) ?? .zero)
      if request.body["background"]?.bool == true, pipeline.seesAnswers {
        throw WireError(.denied, "answers in the background can't be judged", parameter: "background")
      }
      self.request = request
      if session == nil, api == .responses { session = SessionName.conversation(request.body) }
    } catch { return refuse(error) }
    forwarded = bytes
    enter()
    judge(from: 0, evaluator: 0)
  }

  /// Lets the stages look at the request, and whoever is asked between them.
  private func judge(from position: Int, evaluator index: Int) {
    guard let pipeline, var request else { return }
    let evaluators = pipeline.evaluators
    let end = index < evaluators.count ? evaluators[index].position : pipeline.stages.count
    do throws(Denial) { try pipeline.judge(&request, stages: position..<end, &notes) } catch {
      notes.append(error.intervention)
      return refuse(error.wireError)
    }
    self.request = request
    guard index < evaluators.count else { return intend() }
    let evaluator = evaluators[index].evaluator
    guard evaluator.seesRequests else { return judge(from: end, evaluator: index + 1) }
    evaluate(evaluator, .request, request.body).assumeIsolated().whenSuccess { [self] verdict in
      if isOver { return }
      switch verdict.action {
      case .allow: break
      case .deny:
        let denial = denial(evaluator, .request, verdict)
        notes.append(denial.intervention)
        return refuse(denial.wireError)
      case .amend:
        notes.append(amendment(evaluator, .request, request.body, verdict))
        if let body = verdict.body { self.request?.body = body }
        self.request?.isChanged = true
      }
      judge(from: end, evaluator: index + 1)
    }
  }

  /// Writes down what is about to be asked; then asks.
  private func intend() {
    guard let request, let serving, let pipeline, let first = choices.first, let account else { return }
    if request.isChanged { forwarded = Array(request.body.text().utf8) }
    var records = unrecordedNotes()
    var record = CallRecord(.request)
    identify(&record)
    record.set("gen_ai.request.model", request.model)
    record.set("gen_ai.provider.name", first.upstream.name)
    record.set("model_used", first.reference)
    record.set("stream", request.isStream)
    record.set("request_bytes", forwarded.count)
    record.set("request_sha256", Digest.sha256Hex(forwarded))
    record.set("stages", value: serving.stageNames)
    if serving.configuration.log.bodies == .redacted {
      record.set("request_body", value: request.body)
    }
    records.append(record)
    account.spending.begin(reserved)
    isReserved = true
    let delay = pipeline.delay
    sidecar.log.append(records).assumeIsolated().whenComplete { [self] result in
      if isOver { return giveBack() }
      if case .failure = result {
        giveBack()
        return deliver(WireError(.unavailable, "the record can't be written, so nothing is forwarded"))
      }
      if delay == 0 { return ask() }
      var note = CallRecord(
        Intervention(
          stage: "obfuscation", direction: .request, action: .delay, rule: "obfuscation.jitter",
          reason: "\(delay) ms", severity: .info))
      identify(&note)
      sidecar.log.note([note])
      timer = loop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(delay))) { [self] in ask() }
    }
  }

  /// Takes back what was reserved: nothing was asked.
  private func giveBack() {
    guard isReserved else { return }
    isReserved = false
    account?.spending.takeBack(reserved)
  }

  /// What of a caller's headers goes on: what the APIs document.
  private static let passed: Set<String> = [
    "anthropic-version", "anthropic-beta", "openai-beta", "idempotency-key", "accept",
  ]

  /// Asks the upstream whose turn it is.
  func ask() {
    if isOver { return }
    guard let serving, let choice = choices.first, let request, case .call(let api) = route else { return }
    self.choice = choice
    let body = Self.body(forwarded, model: choice.model, asked: request.model)
    var headers = HTTPHeaders()
    headers.reserveCapacity(8)
    for header in passedHeaders { headers.add(name: header.name, value: header.value) }
    headers.add(name: "content-type", value: "application/json")
    headers.add(name: "accept-encoding", value: "identity")
    headers.add(name: "user-agent", value: Sidecar.userAgent)
    let key = serving.keys[choice.upstream.name]
    switch choice.upstream.keyHeader {
    case .bearer: headers.add(name: "authorization", value: "Bearer \(key?.text ?? "")")
    case .apiKey: headers.add(name: "x-api-key", value: key?.text ?? "")
    case .none: break
    }
    let answer = UpstreamAnswer(self, key: key)
    self.answer = answer
    guard let address = sidecar.client.address(choice.upstream.url),
      let sent = sidecar.client.send(
        .POST, address, api.upstreamPath, headers, ByteBuffer(bytes: body), to: answer)
    else { return settleFailure(WireError(.upstream, "the upstream's address can't be used")) }
    task = sent
    attempts += 1
    lastActivity = .now()
    deadline = lastActivity + .seconds(Int64(serving.configuration.limits.totalSeconds))
    isWatched = true
  }

  /// The body with the upstream's own name of the model, all other bytes as they are.
  static func body(_ bytes: [UInt8], model: String, asked: String?) -> [UInt8] {
    if let asked, asked.utf8.elementsEqual(model.utf8) { return bytes }
    var place: Range<Int>?
    var isEmpty = true
    bytes.withUnsafeBufferPointer { buffer in
      var cursor = JSONCursor(buffer, maximumDepth: 130)
      try? cursor.object { cursor, decoded, raw throws(JSONFailure) in
        isEmpty = false
        let isModel = decoded?.elementsEqual("model".utf8) ?? raw.elementsEqual("model".utf8)
        let range = try cursor.skip()
        if isModel { place = range }
      }
    }
    let name = Array(JSONValue.string(model).text().utf8)
    if let place { return bytes[..<place.lowerBound] + name + bytes[place.upperBound...] }
    guard let brace = bytes.firstIndex(of: 0x7B) else { return bytes }
    return bytes[...brace] + Array("\"model\":".utf8) + name + (isEmpty ? [] : [0x2C]) + bytes[(brace + 1)...]
  }

  // MARK: Time

  /// Ends the call when the upstream says nothing for too long, or is not done in time.
  func tick(_ now: NIODeadline) {
    guard isWatched, !isOver, let limits = serving?.configuration.limits else { return }
    if case .service = route {
      guard now >= deadline else { return }
      return isHeadDelivered
        ? end(isBroken: true) : deliver(WireError(.upstreamTimeout, "the service took too long"))
    }
    let allowed = TimeAmount.seconds(Int64(firstByteAt == nil ? limits.firstByteSeconds : limits.idleSeconds))
    let isLate = now >= deadline
    guard isLate || now - lastActivity >= allowed else { return }
    isHeadDelivered ? abandonUpstream() : abandon()
    let what = isLate ? "took too long" : "said nothing for too long"
    failed(WireError(.upstreamTimeout, "the upstream \(what)"), mayRetry: !isLate)
  }

  /// Lets go of what is asked.
  func abandon() {
    answer?.isAbandoned = true
    answer = nil
    task?.cancel()
    task = nil
    isWatched = false
  }

  // MARK: Failures before the first byte

  /// The upstream failed: asks again, or the next one, as long as nothing was delivered.
  func failed(_ error: WireError, retryAfter: Int? = nil, mayRetry: Bool = true) {
    if isOver { return }
    guard !isHeadDelivered, mayRetry, let retry = serving?.configuration.retry else { return settleFailure(error) }
    attempt += 1
    if attempt >= retry.attempts {
      guard choices.count > 1 else { return settleFailure(error) }
      choices.removeFirst()
      attempt = 0
    }
    sidecar.metrics.countRetry()
    // Doubled each time; what the upstream asks for counts, if it is not too long.
    var pause = retry.backoffMilliseconds << min(attempt, 6)
    if let retryAfter, attempt > 0 { pause = max(pause, min(retryAfter, 10) * 1_000) }
    isWatched = false
    timer = loop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(pause))) { [self] in ask() }
  }

  /// Nothing more can be tried.
  func settleFailure(_ error: WireError) {
    if isHeadDelivered { return broke(error) }
    settle("error", error.message, status: error.kind.status).assumeIsolated().whenComplete { [self] _ in deliver(error)
    }
  }

  // MARK: The verdict

  /// Writes down what became of the call, and what it cost.
  @discardableResult
  func settle(_ verdict: String, _ reason: String? = nil, status: Int? = nil) -> EventLoopFuture<Void> {
    guard isReserved, let instance, let account else { return loop.makeSucceededVoidFuture() }
    isReserved = false
    let now = RecordTime.now
    let price = choice.flatMap { serving?.configuration.price(of: $0.reference) }
    var counted = answer?.usage
    if counted?.total == 0 { counted = nil }
    if counted == nil, let answer, verdict != "error" || answer.textBytes > 0 {
      // What nobody counted is counted by its size, so that a budget holds all the same.
      counted = Usage(
        input: estimatedTokens, output: Usage.estimate(bytes: answer.textBytes), isEstimated: true)
    }
    let cost = counted?.cost(price)
    account.spending.end(reserved, usage: counted, cost: cost, now: now)
    account.activity.add(cost: cost, now: now)
    sidecar.metrics.count(counted, cost)
    let drifted = sidecar.drifted(instance.name, Drift.Call(notes, sentenceLength: answer?.sentenceLength))
    let firstByte = firstByteAt.map { Int(($0 - start).nanoseconds / 1_000_000) }
    sidecar.metrics.count(apiName, status: status ?? self.status, milliseconds: elapsed, firstByte: firstByte)
    var records = unrecordedNotes()
    var record = CallRecord(.response)
    identify(&record)
    record.set("verdict", verdict)
    record.set("reason", reason)
    record.set("http.response.status_code", status ?? self.status)
    record.set("gen_ai.provider.name", choice?.upstream.name)
    record.set("model_used", choice?.reference)
    record.set("gen_ai.response.model", answer?.model)
    record.set("attempts", attempts)
    record.set(counted, cost: cost)
    record.set("latency_ms", elapsed)
    record.set("first_byte_ms", firstByte)
    record.set("response_bytes", deliveredBytes)
    if deliveredBytes > 0 { record.set("response_sha256", digestOfDelivered) }
    if let answer {
      record.set("scanned", answer.isScanned)
      if answer.judgedCalls > 0 { record.set("judged_calls", answer.judgedCalls) }
    }
    records.append(record)
    return sidecar.log.append(records + drifted)
  }

  /// An answer that began can't be finished: the caller is told in the stream, and the connection is closed.
  func broke(_ error: WireError, verdict: String = "error") {
    if isOver { return }
    abandonUpstream()
    settle(verdict, error.message).assumeIsolated().whenComplete { [self] _ in
      if isOver { return }
      if case .call(let api) = route, answer?.isStream == true { write(error.event(api)) }
      flush()
      end(isBroken: true)
    }
  }

  /// Stops the upstream, and keeps what is known of its answer.
  func abandonUpstream() {
    answer?.isAbandoned = true
    task?.cancel()
    task = nil
    isWatched = false
  }
}
