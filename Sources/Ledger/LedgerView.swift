package import Canonical
import JSON
import Source

/// Reads a ledger: runs and their events, through the index.
package final class LedgerView {
  package let folder: LedgerFolder
  private var reader: LogReader
  private let index: LedgerIndex
  /// The end of the log when the view was made.
  let tail: LogTail

  /// A run in a list.
  package struct Run: Sendable, Equatable {
    package var runId: String
    package var eventCount: Int
    package var phase: RunState.Phase
    /// The times of the first and the last event.
    package var started: String
    package var last: String
    /// The hash of the last event.
    package var hash: String
  }

  /// An event, and the leaf of the log's tree that it is. One whose payload was pruned is what is left of it.
  package struct Record: Sendable, Equatable {
    package var entry: LogEntry
    package var index: Int
    /// The whole event; nil if it was pruned.
    package var event: AuditEvent?
  }

  /// Opens a ledger that is there.
  ///
  /// - Parameter longRun: of how many events a run is at most whose places are kept in memory while it is read.
  package init(_ folder: LedgerFolder, longRun: Int = PlacePages.limit) throws(LedgerFailure) {
    self.folder = folder
    reader = LogReader(folder)
    tail = try LogTail.current(folder)
    index = try LedgerIndex.open(folder, longRun: longRun)
    try index.catchUp(to: tail, &reader)
    try index.hold()
  }

  /// How many records the log has.
  package var size: Int { tail.size }
  /// The root of the tree of all records.
  package var root: Hash256 { tail.frontier.root }

  /// All runs, in the order in which they began.
  package func runs() throws(LedgerFailure) -> [Run] { try index.runs().map(Self.run) }

  /// A run.
  package func run(_ runId: String) throws(LedgerFailure) -> Run {
    guard let run = try index.run(runId) else { throw LedgerFailure(.unknownRun, "there is no run \(runId)") }
    return Self.run(run)
  }

  private static func run(_ run: LedgerIndex.Run) -> Run {
    Run(
      runId: run.runId, eventCount: run.seq, phase: run.state.phase, started: run.started, last: run.last,
      hash: run.hash.hex)
  }

  /// The identities that begin with some text.
  package func runs(startingWith prefix: String) throws(LedgerFailure) -> [String] {
    try index.runs().map(\.runId).filter { $0.utf8.starts(with: prefix.utf8) }
  }

  /// Goes over a run's events in their order.
  package func events(
    _ runId: String, from seq: Int = 1, limit: Int = .max, _ body: (Record) throws(LedgerFailure) -> Void
  ) throws(LedgerFailure) {
    var (first, left) = (max(seq, 1), limit)
    while left > 0 {
      let places = try index.events(runId, from: first, limit: min(left, 4096))
      for place in places {
        let record = try record(at: place)
        guard record.entry.seq == first, record.entry.runId.hasBytes(of: runId) else { throw misled(first) }
        try body(record)
        first += 1
      }
      if places.count < 4096 { return }
      left -= places.count
    }
  }

  /// Goes over the events of a type in all runs, in the order in which they were recorded.
  package func events(
    ofType type: String, _ body: (Record) throws(LedgerFailure) -> Void
  ) throws(LedgerFailure) {
    for place in try index.events(ofType: type) { try body(try record(at: place)) }
  }

  /// An event of a run.
  package func event(_ runId: String, _ seq: Int) throws(LedgerFailure) -> Record {
    guard let place = try index.events(runId, from: seq, limit: 1).first else {
      throw LedgerFailure(.unknownRun, "there is no event \(seq) of a run \(runId)")
    }
    let record = try record(at: place)
    guard record.entry.seq == seq, record.entry.runId == runId else {
      throw LedgerFailure(.unknownRun, "there is no event \(seq) of the run \(runId)")
    }
    return record
  }

  /// A record of the log by its number; nil if it is one about the log itself.
  package func record(_ leaf: Int) throws(LedgerFailure) -> Record? {
    guard let place = try index.place(of: leaf) else {
      throw LedgerFailure(.unknownRun, "the log has no record \(leaf)")
    }
    if try reader.record(place).frame.kind == .control { return nil }
    return try record(at: place)
  }

  /// The data of a record's leaf.
  package func leafData(_ leaf: Int) throws(LedgerFailure) -> [UInt8] {
    if let record = try record(leaf) { return record.entry.bytes }
    guard let place = try index.place(of: leaf) else {
      throw LedgerFailure(.unknownRun, "the log has no record \(leaf)")
    }
    return try reader.record(place).body
  }

  /// Reads a record, and holds it against what its head says.
  private func record(at place: LogPlace) throws(LedgerFailure) -> Record {
    let (frame, body) = try reader.record(place)
    let entry: LogEntry
    var event: AuditEvent?
    switch frame.kind {
    case .event:
      let found = try AuditEvent(hashedBytes: body, prevHash: frame.prevHash?.hex, hash: frame.hash.hex)
      guard Hash256(of: body) == frame.hash, let made = LogEntry(found) else {
        throw LedgerFailure(.hashMismatch, "record \(frame.index) is not the event that was recorded")
      }
      entry = made
      event = found
    case .pruned: entry = try LogEntry(canonical: body)
    case .control: throw LedgerFailure(.damaged, "record \(frame.index) is no event")
    }
    return Record(entry: entry, index: frame.index, event: event)
  }

  /// Reads the hashed bytes of an event, held against the hash that the log has of them.
  package func readHashed<Result>(
    _ runId: String, _ seq: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(LedgerFailure) -> Result {
    guard let found = try index.place(runId, seq) else { throw missing(runId, seq) }
    if found.isHint {
      // What goes wrong here goes wrong again below, if it is the log's fault.
      if let result = try? reader.whole(found.place, of: found.run, seq, body) { return result }
      guard let known = try index.place(runId, seq, takesHints: false) else { throw missing(runId, seq) }
      return try whole(known.place, known.run, seq, body)
    }
    return try whole(found.place, found.run, seq, body)
  }

  private func whole<Result>(
    _ place: LogPlace, _ run: RunKey, _ seq: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(LedgerFailure) -> Result {
    if let result = try reader.whole(place, of: run, seq, body) { return result }
    throw misled(seq)
  }

  private func missing(_ runId: String, _ seq: Int) -> LedgerFailure {
    LedgerFailure(.unknownRun, "there is no event \(seq) of a run \(runId)")
  }

  /// The log was changed behind the index's back, or the index is wrong.
  private func misled(_ seq: Int) -> LedgerFailure {
    LedgerFailure(
      .damaged,
      "where event \(seq) of the run should be is another record: verify the ledger; if it is right, delete '\(folder.index)'"
    )
  }

  /// Goes over a run's events as the log has them, without making values of them: the hashed bytes of each.
  package func hashedBytes(
    _ runId: String, _ body: (UnsafeRawBufferPointer, _ seq: Int) throws(LedgerFailure) -> Void
  ) throws(LedgerFailure) {
    var first = 1
    let key = RunKey(runId)
    while true {
      // Not more places at once than fit a page or two, however long the run is.
      let places = try index.events(runId, from: first, limit: 4096)
      for (offset, place) in places.enumerated() {
        let failure = try whole(place, key, first + offset) { bytes -> LedgerFailure? in
          do throws(LedgerFailure) {
            try body(bytes, first + offset)
            return nil
          } catch {
            return error
          }
        }
        if let failure { throw failure }
      }
      if places.count < 4096 { return }
      first += places.count
    }
  }
}

extension LogTail {
  /// The end of a log that nobody changes, without changing anything.
  static func current(_ folder: LedgerFolder) throws(LedgerFailure) -> LogTail {
    if let shared = try ControlFile.read(folder), let file = try DiskFile.read(folder.segment(shared.place.segment)),
      file.size >= shared.place.offset
    {
      return shared
    }
    if let found = try LogRecovery.find(folder) { return found.tail }
    return LogTail(place: LogPlace(segment: 0, offset: SegmentHead.size), frontier: MerkleFrontier())
  }
}
