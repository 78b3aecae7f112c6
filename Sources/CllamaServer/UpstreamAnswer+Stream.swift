import Cllama
import IR
import JSON
import NIOCore
import NIOHTTP1

/// Answers that come as events.
extension UpstreamAnswer {
  func stream(_ buffer: ByteBuffer) {
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
    watch.see(event)
    guard let gate else {
      textBytes += event.data?.count ?? 0
      deliver([event])
      return stopIfSpent()
    }
    isScanned = true
    deliver(try gate.push(event))
    judgedCalls = gate.judgedCalls
    textBytes = gate.textBytes
    takeNotes(gate)
    if gate.isOverfull { throw Self.tooMuch }
    stopIfSpent()
  }

  private func stopIfSpent() {
    if exchange.overspends(textBytes) {
      exchange.broke(WireError(.budgetExceeded, "the budget is spent"), verdict: "stop")
    }
  }

  /// Takes over what the gate noted since this was last asked.
  private func takeNotes(_ gate: StreamGate) {
    exchange.notes += gate.notes.dropFirst(gateNotes)
    gateNotes = gate.notes.count
  }

  private static let tooMuch = Denial(
    Intervention(
      stage: "stream", direction: .answer, action: .deny, rule: "unbounded", reason: "too much waits to be judged",
      severity: .critical))

  private func deliver(_ events: [ServerEvent]) {
    for event in events {
      if pipeline?.needsWholeAnswers == true {
        held.append(event)
      } else if isEnding || StreamWatch.isLast(event) {
        // The last event, and what comes behind it, waits for the verdict.
        isEnding = true
        last += event.bytes
      } else {
        exchange.write(event.bytes)
      }
    }
  }

  /// Nothing more comes.
  func finishStream(cut reason: WireError?) {
    do {
      if let gate {
        deliver(try gate.finish())
        takeNotes(gate)
      }
    } catch { return cut(error) }
    var verdict = exchange.notes.contains { $0.direction == .answer && $0.action != .observe } ? "modify" : "allow"
    let failure = watch.failure
    var why = failure
    if failure != nil { verdict = "error" }
    if reason != nil || !watch.isFinished || events.isInside {
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
