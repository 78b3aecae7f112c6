import Canonical

/// An event that may be recorded, made ready for the moment when its place is known.
struct PreparedEvent: Sendable {
  let runId: String
  let eventId: String
  let type: String
  let payload: [UInt8]
  /// Whether somebody chose its identity, so that it may be there already.
  let hasGivenID: Bool
  /// Whether it begins a run whose identity was made up for it, so that there is none yet.
  let startsOwnRun: Bool
  /// The hashed bytes before and behind the number of `seq`.
  private let head: [UInt8]
  private let rest: [UInt8]
  private let eventIdRange: Range<Int>
  private let runIdRange: Range<Int>
  private let payloadRange: Range<Int>
  private let tsLength: Int
  /// What a repetition must agree on, beside type and payload.
  private let actor: [UInt8]
  private let givenTime: String?

  /// - Parameters:
  ///   - draft: what passed the check.
  ///   - actor: whose doing it is if the draft does not say.
  ///   - startsOwnRun: whether the run's identity was made up for this event.
  init(
    _ draft: EventDraft, runId: String, eventId: String, actor: [UInt8], startsOwnRun: Bool = false,
    now: @autoclosure () -> String
  ) {
    self.startsOwnRun = startsOwnRun
    self.runId = runId
    self.eventId = eventId
    type = draft.type
    payload = draft.payload
    hasGivenID = draft.eventId != nil
    let ts = draft.ts ?? now()
    var head: [UInt8] = []
    let who = draft.actor ?? actor
    self.actor = who
    givenTime = draft.ts
    head.reserveCapacity(who.count + payload.count + 192)
    head += "{\"actor\":".utf8
    head += who
    head += ",\"eventId\":\"".utf8
    eventIdRange = head.count - 1..<head.count + eventId.utf8.count + 1
    head += eventId.utf8
    head += "\",\"payload\":".utf8
    payloadRange = head.count..<head.count + payload.count
    head += payload
    head += ",\"runId\":\"".utf8
    runIdRange = head.count - 1..<head.count + runId.utf8.count + 1
    head += runId.utf8
    head += "\",\"schemaVersion\":\"".utf8
    head += draft.schemaVersion.utf8
    head += "\",\"seq\":".utf8
    self.head = head
    // Identities, versions, times and the names of types have no character that JSON escapes: the check saw to that.
    rest = Array(",\"ts\":\"\(ts)\",\"type\":\"\(type)\"}".utf8)
    tsLength = ts.utf8.count + 2
  }

  /// Whether an event that is there is this one, recorded before.
  func isSame(as event: AuditEvent) -> Bool {
    event.runId == runId && event.type == type && event.payload == payload && event.actor == actor
      && givenTime.map { $0 == event.ts } ?? true
  }

  /// The most bytes that it can have.
  var limit: Int { head.count + rest.count + 20 }

  /// Writes the hashed bytes; how many they are, and where their members lie.
  @inline(__always)
  func write(seq: Int, to start: UnsafeMutableRawPointer) -> (count: Int, ranges: HashedRanges) {
    head.withUnsafeBytes { bytes in bytes.baseAddress.map { start.copyMemory(from: $0, byteCount: bytes.count) } }
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    var count = 0
    withUnsafeMutableBytes(of: &digits) { digits in
      var value = seq
      repeat {
        digits[count] = 0x30 + UInt8(truncatingIfNeeded: value % 10)
        value /= 10
        count += 1
      } while value > 0
      for index in 0..<count {
        (start + head.count + index).storeBytes(of: digits[count - 1 - index], as: UInt8.self)
      }
    }
    let behind = head.count + count
    rest.withUnsafeBytes { bytes in
      bytes.baseAddress.map { (start + behind).copyMemory(from: $0, byteCount: bytes.count) }
    }
    let total = behind + rest.count
    let ts = behind + 6
    return (
      total,
      HashedRanges(
        eventId: eventIdRange, payload: payloadRange, runId: runIdRange, seq: head.count..<behind,
        ts: ts..<ts + tsLength,
        type: ts + tsLength + 8..<total - 1)
    )
  }
}
