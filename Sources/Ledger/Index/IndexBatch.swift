import Canonical

/// Records on their way into the index.
struct IndexBatch {
  /// How far the index will be: the next record, and where it begins.
  private(set) var size: Int
  private(set) var place: LogPlace
  /// The beginning of the last record's leaf, by which an index of another log is known.
  private(set) var check = 0
  private let limit: Int
  private var count = 0
  /// The runs that changed, with their numbers.
  private(set) var runs: [RunKey: (id: Int, run: LedgerIndex.Run)] = [:]
  private var nextRun: Int?

  init(size: Int, place: LogPlace, limit: Int) {
    self.size = size
    self.place = place
    self.limit = limit
  }

  /// Whether it should be stored before it takes more.
  var isFull: Bool { count >= limit }

  mutating func add(
    _ frame: Frame, _ body: UnsafeRawBufferPointer, _ place: LogPlace, _ index: LedgerIndex
  ) throws(LedgerFailure) {
    guard !isFull else { throw LedgerFailure(.notWritten, "the batch is full") }
    guard frame.index == size else {
      throw LedgerFailure(.damaged, "record \(size) of the log is missing: \(frame.index) is in its place")
    }
    if frame.kind == .control {
      try index.insert(leaf: frame.index, place: place, event: nil)
    } else {
      let seen = try IndexedEvent(frame, body)
      var entry: (id: Int, run: LedgerIndex.Run)
      if let known = runs[frame.run] {
        entry = known
      } else {
        let (id, run) = try index.numbered(seen.runId)
        // Runs that are new in this batch have no row yet that would count.
        let number = run == nil ? max(id, nextRun ?? id) : id
        if run == nil { nextRun = number + 1 }
        entry = (
          number,
          run
            ?? LedgerIndex.Run(
              runId: seen.runId, seq: 0, hash: .zero, index: 0, place: place, state: RunState(), started: seen.ts,
              last: seen.ts)
        )
      }
      entry.run.seq = frame.seq
      entry.run.hash = frame.hash
      entry.run.index = frame.index
      entry.run.place = place
      entry.run.last = seen.ts
      // What verification would refuse is indexed all the same.
      try? entry.run.state.apply(type: seen.type, payload: seen.payload)
      runs[frame.run] = entry
      try index.insert(
        leaf: frame.index, place: place,
        event: (entry.id, frame.seq, try index.typeNumber(seen.type), seen.eventNumber))
    }
    size += 1
    count += 1
    check = frame.leaf.bytes.number(at: 0)
    self.place = LogPlace(segment: place.segment, offset: place.offset + frame.total)
  }

  /// The first eight bytes of a UUID, or of another text's digest.
  static func number(ofEvent text: ArraySlice<UInt8>) -> Int {
    var value: UInt64 = 0
    var digits = 0
    for byte in text where byte != 0x2D && digits < 16 {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        return Int(truncatingIfNeeded: RunKey(String(decoding: text, as: UTF8.self)).high)
      }
      value = value << 4 | UInt64(digit)
      digits += 1
    }
    return Int(truncatingIfNeeded: value)
  }
}

/// What the index wants to know of an event.
private struct IndexedEvent {
  var runId: String
  var ts: String
  var type: String
  /// Empty if it was pruned.
  var payload: [UInt8] = []
  var eventNumber: Int

  init(_ frame: Frame, _ body: UnsafeRawBufferPointer) throws(LedgerFailure) {
    let bytes = body.bindMemory(to: UInt8.self)
    if frame.kind == .pruned {
      let entry = try LogEntry(canonical: Array(bytes))
      (runId, ts, type) = (entry.runId, entry.ts, entry.type)
      eventNumber = IndexBatch.number(ofEvent: Array(entry.eventId.utf8)[...])
      return
    }
    guard let ranges = HashedRanges(bytes) else {
      throw LedgerFailure(.damaged, "record \(frame.index) of the log is no event")
    }
    func text(_ range: Range<Int>) -> String {
      CanonicalString.text(Array(UnsafeBufferPointer(rebasing: bytes[range]))[...]) ?? ""
    }
    runId = text(ranges.runId)
    ts = text(ranges.ts)
    type = text(ranges.type)
    payload = Array(UnsafeBufferPointer(rebasing: bytes[ranges.payload]))
    let identity = ranges.eventId.lowerBound + 1..<ranges.eventId.upperBound - 1
    eventNumber = IndexBatch.number(ofEvent: Array(UnsafeBufferPointer(rebasing: bytes[identity]))[...])
  }
}
