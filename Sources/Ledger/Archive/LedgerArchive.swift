import Canonical
import Glibc
import Source

/// What may go from old runs, and what stays.
package struct PruningPolicy: Sendable {
  /// Runs that ended before this time are pruned, as events have it.
  package var cutoff: String
  /// Events of these types keep actor and payload.
  package var keepTypes: [String]
  /// A folder that gets the whole events, a file of lines for each pruning; nil to let them go.
  package var moveTo: String?

  package init(cutoff: String, keepTypes: [String], moveTo: String? = nil) {
    self.cutoff = cutoff
    self.keepTypes = keepTypes
    self.moveTo = moveTo
  }
}

/// What a pruning did.
package struct PruningResult: Sendable, Equatable {
  /// The record of the log that says so; nil if there was nothing to prune.
  package var index: Int?
  package var runs = 0
  package var events = 0
  /// How many bytes the segments have less.
  package var freed = 0
  /// The file that the events went to.
  package var archive: String?
}

extension Ledger {
  /// Closes the segment that is being written, so that it can be moved or pruned.
  package func rotate() throws(LedgerFailure) {
    try exclusively { (writer) throws(LedgerFailure) in try writer.rotate() }
  }

  /// Takes actor and payload from the events of old runs. Their entries stay, so that the tree, every proof and every link of
  /// their chains stay too; a record of the log says what went, before anything goes.
  ///
  /// A pruning that was cut short is gone on with by the next one with the same policy.
  package func prune(_ policy: PruningPolicy) throws(LedgerFailure) -> PruningResult {
    let folder = folder
    let result = try exclusively { (writer) throws(LedgerFailure) -> PruningResult in
      var pruning = Pruning(folder, policy)
      return try pruning.run(&writer)
    }
    return result
  }
}

/// A pruning, while nobody appends.
private struct Pruning {
  private let folder: LedgerFolder
  private let policy: PruningPolicy
  private var reader: LogReader

  init(_ folder: LedgerFolder, _ policy: PruningPolicy) {
    self.folder = folder
    self.policy = policy
    reader = LogReader(folder)
  }

  mutating func run(_ writer: inout LogWriter) throws(LedgerFailure) -> PruningResult {
    var result = PruningResult()
    let index = try LedgerIndex(folder)
    let end = writer.end
    try index.catchUp(to: end, &reader)
    let old = try index.runs().filter { run in
      (run.state.phase == .completed || run.state.phase == .failed)
        && run.last.utf8.lexicographicallyPrecedes(policy.cutoff.utf8)
    }
    var keys = Set(old.map { RunKey($0.runId) })
    guard !keys.isEmpty, let first = try folder.segments().first else { return result }
    let start = LogPlace(segment: first, offset: SegmentHead.size)
    keys = try aged(keys, from: start, to: end.place)
    var records: [Int] = []
    var pruned: Set<RunKey> = []
    var local = reader
    try local.scan(from: start, to: end.place) { (frame, body, _) throws(LedgerFailure) in
      guard goes(frame, body, keys) else { return }
      records.append(frame.index)
      pruned.insert(frame.run)
    }
    guard let last = records.last else { return result }
    result.events = records.count
    result.runs = pruned.count
    if let target = policy.moveTo {
      result.archive = try move(to: target, Set(records), from: start, to: end.place, first: records[0], last: last)
    }
    let record = PruningRecord(at: Clock.now(), cutoff: policy.cutoff, keepTypes: policy.keepTypes, records: records)
    // What says that records went is on the disk before they go; its own segment is not touched.
    if last >= end.place.segment { try writer.rotate() }
    result.index = try writer.commit(locked: record.bytes)
    try writer.syncSegment()
    let gone = Set(records)
    for segment in try folder.segments() where segment < writer.end.place.segment {
      result.freed += try rewrite(segment, gone)
    }
    try index.reset()
    writer.forgetPlaces()
    return result
  }

  /// Of these runs those that really ended before the cutoff. Whoever appends says when an event was; but nothing was appended
  /// before what stands in front of it.
  private mutating func aged(
    _ keys: Set<RunKey>, from start: LogPlace, to end: LogPlace
  ) throws(LedgerFailure) -> Set<RunKey> {
    var aged = keys
    let now = Clock.now()
    var latest = ""
    try reader.scan(from: start, to: end) { (frame, body, _) throws(LedgerFailure) in
      let bytes = Array(body)
      let time: String?
      switch frame.kind {
      case .event:
        time = HashedRanges(body.bindMemory(to: UInt8.self)).flatMap { CanonicalString.text(bytes[$0.ts]) }
      case .pruned: time = try LogEntry(canonical: bytes).ts
      case .control: time = try PruningRecord(canonical: bytes).at
      }
      // A time that is still to come says nothing of when it was appended.
      if let time, latest.utf8.lexicographicallyPrecedes(time.utf8), !now.utf8.lexicographicallyPrecedes(time.utf8) {
        latest = time
      }
      if !latest.utf8.lexicographicallyPrecedes(policy.cutoff.utf8) { aged.remove(frame.run) }
    }
    return aged
  }

  private func goes(_ frame: Frame, _ body: UnsafeRawBufferPointer, _ keys: Set<RunKey>) -> Bool {
    guard frame.kind == .event, keys.contains(frame.run),
      let ranges = HashedRanges(body.bindMemory(to: UInt8.self))
    else { return false }
    let type = CanonicalString.text(Array(body[ranges.type])[...]) ?? ""
    return !policy.keepTypes.contains { $0.utf8.elementsEqual(type.utf8) }
  }

  /// Writes the whole events to a file of their own, before they go.
  private mutating func move(
    to target: String, _ records: Set<Int>, from start: LogPlace, to end: LogPlace, first: Int, last: Int
  ) throws(LedgerFailure) -> String {
    try DiskFolder.make(target)
    // Ledgers may share a folder, and each has a record 0.
    let name = Digest.sha256Hex(Array(folder.origin.utf8)).prefix(8)
    let path = FilePath.join(target, "events-\(name)-\(first)-\(last).jsonl")
    let temporary = path + ".new-\(getpid())"
    unlink(temporary)
    let file = try DiskFile.write(temporary, exclusive: true)
    var offset = 0
    try reader.scan(from: start, to: end) { (frame, body, _) throws(LedgerFailure) in
      guard records.contains(frame.index) else { return }
      let event = try AuditEvent(hashedBytes: Array(body), prevHash: frame.prevHash?.hex, hash: frame.hash.hex)
      let line = event.bytes + [0x0A]
      try file.write(line, at: offset)
      offset += line.count
    }
    try file.sync()
    // What is there may be all that is left of other events; a pruning that was cut short has written the same.
    if let other = try DiskFile.read(path), try !Self.areSame(other, file) {
      unlink(temporary)
      throw LedgerFailure(.notWritten, "'\(path)' is there and has other events: name another folder")
    }
    guard rename(temporary, path) == 0 else { throw DiskFile.failure(path, writing: true) }
    try DiskFolder.sync(target)
    return path
  }

  private static func areSame(_ left: DiskFile, _ right: DiskFile) throws(LedgerFailure) -> Bool {
    guard left.size == right.size else { return false }
    var offset = 0
    while offset < left.size {
      guard try left.bytes(at: offset, count: 1 << 20) == right.bytes(at: offset, count: 1 << 20) else { return false }
      offset += 1 << 20
    }
    return true
  }

  /// Puts a segment in place anew, without what goes; how many bytes it has less.
  private mutating func rewrite(_ segment: Int, _ gone: Set<Int>) throws(LedgerFailure) -> Int {
    let path = folder.segment(segment)
    guard let file = try DiskFile.read(path) else {
      throw LedgerFailure(.damaged, "the segment '\(path)' is missing")
    }
    let temporary = folder.file("segment.new")
    unlink(temporary)
    let copy = try DiskFile.write(temporary, exclusive: true)
    do throws(LedgerFailure) {
      try copy.write(try SegmentHead.read(file, first: segment).bytes, at: 0)
      var offset = SegmentHead.size
      var changed = false
      var entries = EntryWriter()
      var scan = LogScan(file, segment: segment, from: SegmentHead.size)
      reading: while true {
        switch try scan.next() {
        case .record(var frame, let body, _):
          var bytes = Array(body)
          if gone.contains(frame.index), frame.kind == .event {
            let events = body.bindMemory(to: UInt8.self)
            guard let ranges = HashedRanges(events) else {
              throw LedgerFailure(.damaged, "record \(frame.index) of the log is no event")
            }
            bytes = entries.bytes(events, ranges, hash: frame.hash, prevHash: frame.prevHash)
            frame.kind = .pruned
            frame.length = bytes.count
            changed = true
          }
          var head = [UInt8](repeating: 0, count: Frame.size)
          head.withUnsafeMutableBytes { head in head.baseAddress.map { frame.write(to: $0) } }
          try copy.write(head + bytes, at: offset)
          offset += frame.total
        case .end: break reading
        case .damage(let place):
          throw LedgerFailure(.damaged, "there is no record in '\(path)' at byte \(place.offset)")
        }
      }
      guard changed else {
        unlink(temporary)
        return 0
      }
      try copy.sync()
      let freed = file.size - offset
      guard rename(temporary, path) == 0 else { throw DiskFile.failure(path, writing: true) }
      try DiskFolder.sync(folder.log)
      return freed
    } catch {
      unlink(temporary)
      throw error
    }
  }
}
