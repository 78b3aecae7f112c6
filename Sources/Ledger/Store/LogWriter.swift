import Canonical
import Glibc

/// Appends records to the log, a group at a time, beside other processes that do the same.
///
/// A group is placed, written and made known to the others while the append lock is held; it is brought to the disk after
/// that (`SyncGate`), so that the next group can be written meanwhile.
struct LogWriter: ~Copyable {
  /// The last event of a run.
  struct RunEnd {
    /// The run as the heads of records name it.
    let key: RunKey
    var seq = 0
    var hash: Hash256?
    var state = RunState()
  }

  /// How large files grow.
  package struct Limits: Sendable {
    /// A segment that has as many bytes is followed by another one.
    package var segment = 64 << 20
    /// How much room is asked for at once.
    package var allocation = 4 << 20
  }

  private let folder: LedgerFolder
  private let limits: Limits
  private let lock: DiskFile
  private let durable: SharedPages
  private var control: ControlFile
  private var reader: LogReader
  private var index: LedgerIndex?
  private var tail: LogTail?
  private var segment: (first: Int, file: DiskFile, allocated: Int)?
  /// The runs that this process appended to, as of `tail`.
  private var runs: [String: RunEnd] = [:]
  private var keys: [RunKey: String] = [:]
  private var buffer: RecordBuffer
  private var entries: EntryWriter
  /// How many bytes of a torn record were cut off.
  private(set) var cutBytes = 0

  init(_ folder: LedgerFolder, limits: Limits) throws(LedgerFailure) {
    // Nothing is set before everything that can fail is there.
    let lock = try DiskFile.write(folder.file("lock"))
    let durable = try SyncGate.pages(folder)
    let control = try ControlFile(folder)
    self.folder = folder
    self.limits = limits
    self.lock = lock
    self.durable = durable
    self.control = control
    reader = LogReader(folder)
    buffer = RecordBuffer()
    entries = EntryWriter()
  }

  /// Writes the events of requests, each with all of its events or none, and settles them.
  mutating func commit(_ requests: [AppendRequest]) {
    do throws(LedgerFailure) {
      try locked { (writer) throws(LedgerFailure) in try writer.write(requests) }
    } catch {
      // What this process knows may be wrong now; it looks anew next time.
      forget()
      for request in requests { request.settle(.failure(error)) }
    }
  }

  /// Runs `body` while no other process appends, with the end of the log known.
  mutating func locked<Result>(
    _ body: (inout LogWriter) throws(LedgerFailure) -> Result
  ) throws(LedgerFailure) -> Result {
    while flock(lock.descriptor, LOCK_EX) != 0 {
      if errno == EINTR { continue }
      throw DiskFile.failure(lock.path, writing: true)
    }
    defer { flock(lock.descriptor, LOCK_UN) }
    try refresh()
    return try body(&self)
  }

  /// What the file that processes tell each other the end of the log by said last.
  var seen: ControlFile.Seen? { control.seen }

  /// The end of the log, while it is locked.
  var end: LogTail {
    tail ?? LogTail(place: LogPlace(segment: 0, offset: SegmentHead.size), frontier: MerkleFrontier())
  }

  /// Forgets what it knows of the log.
  mutating func forget() {
    tail = nil
    segment = nil
    runs = [:]
    keys = [:]
    index = nil
    reader.forget()
  }

  // MARK: The end of the log

  private mutating func refresh() throws(LedgerFailure) {
    let shared = control.read()
    // Where nobody says whether the machine was started anew, each process looks for itself once.
    guard let shared, tail != nil || Boot.isKnown else { return try recover(from: nil) }
    if let known = tail, known != shared {
      guard known.size <= shared.size else { return try recover(from: nil) }
      try follow(from: known.place, to: shared.place)
    }
    if tail == nil { try openSegment(shared.place) }
    tail = shared
    if segment?.first != shared.place.segment { try openSegment(shared.place) }
    // A process that died while it wrote left something behind the end.
    guard let file = segment?.file else { return }
    // The size of the file is not asked for: Linux keeps exact times of a file whose state was asked for, and then the next
    // sync has the inode to write too, which takes as long as the record.
    let end = try file.bytes(at: shared.place.offset - 1, count: Frame.size + 1)
    if end.isEmpty || end.dropFirst().contains(where: { $0 != 0 }) { try recover(from: shared) }
  }

  private mutating func openSegment(_ place: LogPlace) throws(LedgerFailure) {
    guard try DiskFile.read(folder.segment(place.segment)) != nil else {
      throw LedgerFailure(.truncated, "the segment '\(folder.segment(place.segment))' is missing")
    }
    let file = try DiskFile.write(folder.segment(place.segment))
    segment = (place.segment, file, file.size)
  }

  /// Finds the end in the log itself, and cuts off what was not written to its end.
  private mutating func recover(from start: LogTail?) throws(LedgerFailure) {
    let start = start.flatMap { start in (segment?.file.size ?? 0) < start.place.offset ? nil : start }
    if let found = try LogRecovery.find(folder, from: start) {
      let safe = SyncGate.durable(durable)
      guard found.tail.size >= safe else {
        throw LedgerFailure(
          .truncated,
          "the log has \(found.tail.size) records, and \(safe) were on the disk: restore it, or begin another ledger")
      }
      try hold(found.tail.size)
      try openSegment(found.tail.place)
      if found.torn > 0 {
        cutBytes += found.torn
        try segment?.file.truncate(found.tail.place.offset)
        try segment?.file.syncData()
        segment?.allocated = found.tail.place.offset
      }
      if let known = tail, known.size <= found.tail.size {
        try follow(from: known.place, to: found.tail.place)
      } else {
        runs = [:]
        keys = [:]
      }
      tail = found.tail
    } else {
      guard SyncGate.durable(durable) == 0 else {
        throw LedgerFailure(
          .truncated, "the log is empty, and records were on the disk: restore it, or begin another ledger")
      }
      try hold(0)
      try makeSegment(MerkleFrontier())
    }
    if let tail { control.write(tail) }
  }

  /// What was sealed was durable: a log that is shorter has lost something, and nothing is to be put in its place.
  private func hold(_ size: Int) throws(LedgerFailure) {
    guard let sealed = try? folder.lastCheckpoint(keys: [])?.checkpoint.size, sealed > size else { return }
    throw LedgerFailure(
      .truncated,
      "the log has \(size) whole records, and was sealed with \(sealed): restore it, or begin another ledger")
  }

  /// Learns what other processes appended to the runs that this one knows.
  private mutating func follow(from start: LogPlace, to end: LogPlace) throws(LedgerFailure) {
    if runs.isEmpty { return }
    var changed: [(String, RunEnd)] = []
    var local: [String: RunEnd] = [:]
    let (known, names) = (runs, keys)
    try reader.scan(from: start, to: end) { (frame, body, _) throws(LedgerFailure) in
      guard frame.kind == .event, let name = names[frame.run], var run = local[name] ?? known[name] else { return }
      guard let ranges = HashedRanges(body.bindMemory(to: UInt8.self)) else { return }
      func bytes(_ range: Range<Int>) -> [UInt8] { Array(UnsafeRawBufferPointer(rebasing: body[range])) }
      try? run.state.apply(
        type: CanonicalString.text(bytes(ranges.type)[...]) ?? "", payload: bytes(ranges.payload))
      run.seq = frame.seq
      run.hash = frame.hash
      local[name] = run
    }
    changed = local.map { ($0.key, $0.value) }
    for (name, run) in changed { runs[name] = run }
  }

  private mutating func makeSegment(_ frontier: MerkleFrontier) throws(LedgerFailure) {
    let path = folder.segment(frontier.size)
    try DiskFolder.replace(path, with: SegmentHead(frontier: frontier).bytes)
    segment = (frontier.size, try DiskFile.write(path), SegmentHead.size)
    tail = LogTail(place: LogPlace(segment: frontier.size, offset: SegmentHead.size), frontier: frontier)
  }

  /// Closes a segment that is full: what was asked for and not used goes, and all of it is on the disk before another one
  /// begins.
  mutating func rotate() throws(LedgerFailure) {
    guard let segment, let tail, tail.place.offset > SegmentHead.size else { return }
    try segment.file.truncate(tail.place.offset)
    try segment.file.syncData()
    try makeSegment(tail.frontier)
    control.write(end)
  }

  /// Waits until the segment that is being written is on the disk.
  mutating func syncSegment() throws(LedgerFailure) { try segment?.file.syncData() }

  /// Forgets where records lie: segments were replaced.
  mutating func forgetPlaces() {
    reader.forget()
    index = nil
  }

  // MARK: Writing

  private mutating func write(_ requests: [AppendRequest]) throws(LedgerFailure) {
    if end.place.offset >= limits.segment { try rotate() }
    buffer.count = 0
    var frontier = end.frontier
    let safe = SyncGate.durable(durable)
    var settled: [(AppendRequest, [Receipt])] = []
    var given: Set<String> = []
    for request in requests {
      let (count, before) = (buffer.count, frontier)
      var changes: [String: RunEnd] = [:]
      do throws(LedgerFailure) {
        var receipts: [Receipt] = []
        for event in request.events {
          if event.hasGivenID, let receipt = try repeated(event, &given) {
            receipts.append(receipt)
            continue
          }
          receipts.append(try place(event, &frontier, &changes, durable: safe))
        }
        runs.merge(changes) { $1 }
        for (name, run) in changes where keys[run.key] == nil { keys[run.key] = name }
        settled.append((request, receipts))
      } catch {
        // What is wrong with one request is no concern of the others.
        (buffer.count, frontier) = (count, before)
        request.settle(.failure(error))
      }
    }
    try write(frontier)
    if runs.count > 10_000 { (runs, keys) = ([:], [:]) }
    for (request, receipts) in settled { request.settle(.success(receipts)) }
  }

  /// Appends a record of the log about itself while the log is locked; its number.
  mutating func commit(locked body: [UInt8]) throws(LedgerFailure) -> Int {
    buffer.count = 0
    var frontier = end.frontier
    let leaf = MerkleTree.leaf(body)
    let frame = Frame(
      kind: .control, length: body.count, index: frontier.size, durable: SyncGate.durable(durable), seq: 0,
      run: .none,
      hash: Hash256(of: body), prevHash: nil, leaf: leaf)
    let start = buffer.end(room: frame.total)
    frame.write(to: start)
    body.withUnsafeBytes { bytes in
      bytes.baseAddress.map { (start + Frame.size).copyMemory(from: $0, byteCount: bytes.count) }
    }
    buffer.count += frame.total
    frontier.append(leaf)
    try write(frontier)
    return frame.index
  }

  /// Writes the buffer, and makes the new end known.
  private mutating func write(_ frontier: MerkleFrontier) throws(LedgerFailure) {
    guard buffer.count > 0, var tail, var segment else { return }
    let end = tail.place.offset + buffer.count
    if end > segment.allocated {
      segment.allocated = makeRoom(segment.file, from: tail.place.offset, to: end)
      self.segment = segment
    }
    do throws(LedgerFailure) {
      try segment.file.write(buffer.bytes, at: tail.place.offset)
    } catch {
      // The disk is full, or worse: nothing of this stays.
      try? segment.file.truncate(tail.place.offset)
      throw error
    }
    tail.place.offset = end
    tail.frontier = frontier
    control.write(tail)
    self.tail = tail
  }

  /// Gets room for more than is written now; the end of it.
  ///
  /// Where zeros are there already, syncing a record brings nothing but its bytes to the disk: half as much again in the same
  /// time. Large groups are synced seldom, and only ask for room. Without any of that writing works as well.
  private func makeRoom(_ file: DiskFile, from start: Int, to end: Int) -> Int {
    let zeros = 1 << 18
    if end - start > zeros / 4 {
      let wanted = max(limits.allocation, end - start)
      return limits.allocation > 0 && file.allocate(from: start, count: wanted) ? start + wanted : end
    }
    guard limits.allocation > 0 else { return end }
    let count = min(zeros, limits.allocation)
    guard count > end - start, (try? file.write([UInt8](repeating: 0, count: count), at: start)) != nil else {
      return end
    }
    return start + count
  }

  private mutating func place(
    _ event: PreparedEvent, _ frontier: inout MerkleFrontier, _ changes: inout [String: RunEnd], durable safe: Int
  ) throws(LedgerFailure) -> Receipt {
    var run: RunEnd
    if let known = changes[event.runId] ?? runs[event.runId] {
      run = known
    } else if !event.startsOwnRun, let found = try find(event.runId) {
      run = found
    } else {
      run = RunEnd(key: RunKey(event.runId))
    }
    if run.seq == 0, event.type != "RunStarted" {
      throw LedgerFailure(.unknownRun, "there is no run \(event.runId)")
    }
    if run.seq > 0, event.type == "RunStarted" {
      throw LedgerFailure(.runExists, "the run \(event.runId) was started already")
    }
    try run.state.apply(type: event.type, payload: event.payload)
    run.seq += 1
    let start = buffer.end(room: Frame.size + event.limit)
    let (count, ranges) = event.write(seq: run.seq, to: start + Frame.size)
    guard count <= EventCheck.eventLimit else {
      throw LedgerFailure(
        .eventTooLarge, "the event has \(count) bytes, and at most \(EventCheck.eventLimit) can be recorded")
    }
    let body = UnsafeRawBufferPointer(start: start + Frame.size, count: count)
    let hash = Hash256(of: body)
    let leaf = entries.leaf(body.bindMemory(to: UInt8.self), ranges, hash: hash, prevHash: run.hash)
    let frame = Frame(
      kind: .event, length: count, index: frontier.size, durable: safe, seq: run.seq, run: run.key,
      hash: hash,
      prevHash: run.hash, leaf: leaf)
    frame.write(to: start)
    buffer.count += frame.total
    run.hash = hash
    changes[event.runId] = run
    frontier.append(leaf)
    return Receipt(
      eventId: event.eventId, runId: event.runId, seq: run.seq, index: frame.index, hash: hash.hex, durability: .written
    )
  }

  // MARK: What only the index knows

  private mutating func currentIndex() throws(LedgerFailure) -> LedgerIndex {
    let index: LedgerIndex
    if let open = self.index { index = open } else { index = try LedgerIndex(folder) }
    self.index = index
    try index.catchUp(to: end, &reader)
    return index
  }

  /// The end of a run that this process has not appended to.
  private mutating func find(_ runId: String) throws(LedgerFailure) -> RunEnd? {
    for attempt in 0..<2 {
      let index = try currentIndex()
      guard let run = try index.run(runId) else { return nil }
      let key = RunKey(runId)
      if let record = try? reader.record(run.place), record.frame.index == run.index, record.frame.seq == run.seq,
        record.frame.hash == run.hash, record.frame.run == key
      {
        return RunEnd(key: key, seq: run.seq, hash: run.hash, state: run.state)
      }
      if attempt == 0 {
        try index.reset()
        reader.forget()
      }
    }
    throw LedgerFailure(.damaged, "the last event of run \(runId) can't be read")
  }

  /// The receipt of an event that is there already; a failure if it is another one with the same identity.
  private mutating func repeated(
    _ event: PreparedEvent, _ given: inout Set<String>
  ) throws(LedgerFailure) -> Receipt? {
    let conflict = LedgerFailure(.eventIDConflict, "another event has the eventId \(event.eventId)")
    guard given.insert(event.eventId).inserted else { throw conflict }
    for place in try currentIndex().places(ofEvent: event.eventId) {
      let (frame, body) = try reader.record(place)
      guard frame.kind == .event,
        let found = try? AuditEvent(hashedBytes: body, prevHash: nil, hash: frame.hash.hex)
      else {
        if frame.kind == .pruned, (try? LogEntry(canonical: body))?.eventId == event.eventId { throw conflict }
        continue
      }
      guard found.eventId == event.eventId else { continue }
      guard event.isSame(as: found) else { throw conflict }
      return Receipt(
        eventId: found.eventId, runId: found.runId, seq: found.seq, index: frame.index, hash: found.hash,
        durability: .written, isRepeated: true)
    }
    return nil
  }
}
