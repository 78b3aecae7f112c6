import Cllama
import NIOCore

extension SinkWorker {
  func send() {
    timer?.cancel()
    timer = nil
    step = .working
    if batch.isEmpty { return next() }
    if isClosing { return bury(batch + rest, "the sidecar stopped") }
    attempt += 1
    switch setting.destination {
    case .standardOutput: write { [output] in try output.write($0) }
    case .file(let target):
      let file = LineFile(path: target.path, .rotated(bytes: target.bytes, kept: target.kept))
      write { try file.append($0) }
    case .server(let target): post(target)
    }
  }

  private func write(_ body: @escaping @Sendable ([UInt8]) throws -> Void) {
    run { [batch] in
      try body(batch.flatMap { $0.text + [0x0A] })
    } then: { [self] result in
      switch result {
      case .success: took(.delivered)
      case .failure(let error): took(.again(reason: Self.text(error), afterMilliseconds: nil))
      }
    }
  }

  private func post(_ target: SinkSetting.ServerTarget) {
    run { [batch] in
      try SinkRequest(target, batch)
    } then: { [self] result in
      if step == .over { return }
      switch result {
      case .success(let request):
        if isClosing { return again("nothing was sent", nil) }
        sender.send(request, target.api, count: batch.count, timeout: setting.timeoutMilliseconds).assumeIsolated()
          .whenSuccess { [self] in took($0) }
      case .failure(let error): took(.again(reason: Self.text(error), afterMilliseconds: nil))
      }
    }
  }

  private static func text(_ error: any Error) -> String {
    switch error {
    case let failure as RecordFile.Failure: failure.message
    case let failure as ConfigurationFailure: "\(failure.path): \(failure.message)"
    default: "\(error)"
    }
  }

  /// What became of an attempt.
  private func took(_ outcome: SinkOutcome) {
    if step == .over { return }
    if outcome != .delivered { counts.failures += 1 }
    switch outcome {
    case .delivered:
      counts.sent += batch.count
      next()
    case .again(let reason, let asked): again(reason, asked)
    case .refused(let reason): bury(batch, reason)
    case .tooLarge(let reason):
      guard batch.count > 1 else { return bury(batch, reason) }
      let half = batch.count / 2
      rest = batch[half...] + rest
      batch = Array(batch[..<half])
      attempt = 0
      send()
    case .partly(let places, let refused, let reason):
      let bad = refused.map { batch[$0] }
      let good = places.map { batch[$0] }
      counts.sent += batch.count - bad.count - good.count
      batch = good
      if bad.isEmpty { return again(reason, nil) }
      bury(bad, reason, leaving: { $0.batch.isEmpty ? $0.next() : $0.again(reason, nil) })
    }
  }

  func again(_ reason: String, _ asked: Int?) {
    if isClosing { return bury(batch + rest, "the sidecar stopped: \(reason)") }
    if attempt >= setting.attempts { return bury(batch, reason) }
    waitAndSend(asked)
  }

  /// Waits for the next attempt.
  private func waitAndSend(_ asked: Int? = nil) {
    step = .pausing
    pause(
      SinkPause.milliseconds(
        base: setting.backoffMilliseconds, attempt: attempt, asked: asked, chance: .random(in: 0...1))
    ) { $0.send() }
    spill()
  }

  /// Puts records to the dead letters. Where that is impossible they stay, and are tried again once in a while.
  func bury(
    _ events: [SinkEvent], _ reason: String, leaving then: ((SinkWorker) -> Void)? = nil
  ) {
    step = .working
    run { [letters, setting, attempt] in
      let now = RecordTime.now
      try letters.append(
        events.flatMap {
          DeadLetter.line($0, sink: setting.name, reason: reason, attempts: attempt, now: now)
        })
    } then: { [self] result in
      if step == .over { return }
      switch result {
      case .success:
        counts.dead += events.count
        if let then { return then(self) }
        if events.count > batch.count { rest = [] }
        next()
      case .failure:
        counts.failures += 1
        if stopped != nil, isClosing { return finish() }
        if then != nil { batch = events + batch }
        waitAndSend()
      }
    }
  }
}
