import Cllama
import NIOCore

extension SinkWorker {
  /// Begins what can begin now.
  func consider() {
    spill()
    guard step == .waiting, !isSpilling else { return }
    guard unread > 0 else {
      // What went to the dead letters while a batch was stuck is done with too.
      if savedSequence != reader.sequence { return save() }
      if stopped != nil { finish() }
      return
    }
    let isFull = unread >= setting.batch.count || unreadBytes >= setting.batch.bytes
    if isFull || stopped != nil || setting.batch.milliseconds == 0 { return fill() }
    if timer == nil { pause(setting.batch.milliseconds) { if $0.step == .waiting { $0.fill() } } }
  }

  private func fill() {
    timer?.cancel()
    timer = nil
    step = .working
    // What only goes to the dead letters goes there in large parts: there is little time.
    let (count, bytes) = isClosing ? (10_000, 4 << 20) : (setting.batch.count, setting.batch.bytes)
    read(count, bytes, burying: nil) { [self] reading in
      guard let reading, reading.count > 0 else {
        // The record can't be read, or is gone.
        counts.failures += 1
        step = .waiting
        if stopped != nil { return finish() }
        return pause(1_000) { $0.consider() }
      }
      batch = reading.events
      heldBytes = reading.bytes
      attempt = 0
      send()
    }
  }

  /// Reads on, and puts what is no record to the dead letters.
  ///
  /// - Parameter reason: why everything goes to the dead letters; nil if it does not.
  private func read(
    _ count: Int, _ bytes: Int, burying reason: String?, then: @escaping (RecordReader.Reading?) -> Void
  ) {
    let durable = mark.sequence
    run { [reader, letters, setting] in
      var reader = reader
      let reading = try reader.read(through: durable, count: count, bytes: bytes)
      let now = RecordTime.now
      var lines = reading.unreadable.flatMap { DeadLetter.line(unreadable: $0, sink: setting.name, now: now) }
      if let reason {
        for event in reading.events {
          lines += DeadLetter.line(event, sink: setting.name, reason: reason, attempts: 0, now: now)
        }
      }
      if !lines.isEmpty { try letters.append(lines) }
      return (reader, reading)
    } then: { [self] result in
      guard step != .over else { return }
      guard case .success((let next, let reading)) = result else { return then(nil) }
      reader = next
      readBytes = unread == 0 ? mark.bytes : readBytes + reading.bytes
      counts.lost += reading.lost
      counts.dead += reading.unreadable.count + (reason == nil ? 0 : reading.events.count)
      then(reading)
    }
  }

  /// The batch is done with.
  func next() {
    batch = []
    attempt = 0
    if !rest.isEmpty {
      (batch, rest) = (rest, [])
      return send()
    }
    heldBytes = 0
    save()
  }

  /// Remembers how far it is.
  private func save() {
    step = .working
    savedSequence = reader.sequence
    let position = SinkPosition(sequence: reader.sequence, policy: reader.policy)
    run { [folder, setting] in
      try position.save(folder, setting.name)
    } then: { [self] result in
      if step == .over { return }
      if case .failure = result { counts.failures += 1 }
      step = .waiting
      consider()
    }
  }

  /// Puts what does not fit into the queue to the dead letters, while a batch is stuck.
  func spill() {
    guard !isSpilling, !batch.isEmpty, step != .over, unread > 0 else { return }
    let more = (count: waiting - setting.queue, bytes: unreadBytes + heldBytes - queueBytes)
    guard more.count > 0 || more.bytes > 0 else { return }
    isSpilling = true
    let count = more.bytes > 0 ? 1_000 : min(more.count, 1_000)
    let bytes = more.count > 0 ? 1 << 20 : min(more.bytes, 1 << 20)
    read(count, bytes, burying: "more than \(setting.queue) records wait") { [self] reading in
      guard reading != nil else {
        // No room for dead letters either: the record keeps them as long as it can.
        counts.failures += 1
        _ = loop.assumeIsolated().scheduleTask(in: .seconds(1)) { [self] in
          isSpilling = false
          consider()
        }
        return
      }
      isSpilling = false
      consider()
    }
  }
}
