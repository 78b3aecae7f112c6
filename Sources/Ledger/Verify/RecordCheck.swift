import Canonical
import JSON

/// Tests records of the log one after the other: each for itself, in its run, and in the tree.
struct RecordCheck: ~Copyable {
  /// A run that goes on.
  private struct OpenRun {
    var key: RunKey
    /// Its identity, in quotes.
    var id: [UInt8]
    var seq: Int
    var hash: Hash256
    var state: RunState
    /// The first record of it that was pruned, so that its steps are not known.
    var firstPruned: Int?
    var isPruned: Bool { firstPruned != nil }
  }

  /// Most findings that are told.
  static let findingLimit = 100

  private(set) var frontier = MerkleFrontier()
  private(set) var findings: [LedgerFinding] = []
  private(set) var events = 0
  /// Events whose payload is gone: how many, and which.
  private(set) var prunedCount = 0
  private var pruned: [ClosedRange<Int>] = []
  /// The types of pruned events, in their order: numbers of `typeNames`, because there are few.
  private var prunedTypes: [UInt16] = []
  private var typeNames: [String] = []
  private(set) var authorized: [ClosedRange<Int>] = []
  /// Runs that go on, and where they are found; runs that ended, of which nothing but that is kept.
  private var runs: [OpenRun] = []
  private var open: [RunKey: Int] = [:]
  private var ended: Set<RunKey> = []
  /// Where the run of the last record is: events of one run come together mostly.
  private var last = 0
  private var checker = CanonicalChecker()
  private var entries = EntryWriter()

  private let artifacts: ArtifactLibrary?
  private var seenArtifacts: Set<String> = []

  /// - Parameter artifacts: where artifacts are read; nil not to.
  init(artifacts: ArtifactLibrary?) { self.artifacts = artifacts }

  /// How many runs there are.
  var runCount: Int { open.count + ended.count }

  mutating func add(_ finding: LedgerFinding) {
    if findings.count < Self.findingLimit { findings.append(finding) }
  }

  /// Tests the next record; the hash of the leaf that it really is.
  @discardableResult
  mutating func check(_ frame: Frame, _ body: UnsafeRawBufferPointer) -> Hash256 {
    let index = frontier.size
    if frame.index != index {
      add(.init(.badSequence, "record \(index) of the log says that it is \(frame.index)", index: index))
    }
    let leaf: Hash256
    switch frame.kind {
    case .event: leaf = event(frame, body, index)
    case .pruned: leaf = prunedEvent(frame, body, index)
    case .control: leaf = control(frame, body, index)
    }
    if leaf != frame.leaf {
      add(.init(.hashMismatch, "the leaf of record \(index) is not the one that was written", index: index))
    }
    frontier.append(leaf)
    return leaf
  }

  private mutating func event(_ frame: Frame, _ body: UnsafeRawBufferPointer, _ index: Int) -> Hash256 {
    events += 1
    let bytes = body.bindMemory(to: UInt8.self)
    guard checker.isCanonical(bytes), let ranges = HashedRanges(bytes, checker.members) else {
      add(.init(.malformedEvent, "record \(index) is no event in canonical JSON", index: index))
      return MerkleTree.leaf(body)
    }
    let hash = Hash256(of: body)
    if hash != frame.hash {
      let (runId, seq) = (Self.text(bytes, ranges.runId), Self.number(bytes, ranges.seq))
      add(.init(.hashMismatch, "the event is not the one that was hashed", index: index, runId: runId, seq: seq))
    }
    let id = UnsafeBufferPointer(rebasing: bytes[ranges.runId])
    let place = find(frame.run)
    // The head of the record repeats what the event says.
    let isSameRun = place.map { Self.isEqual(runs[$0].id, id) } ?? (RunKey(Self.text(bytes, ranges.runId)) == frame.run)
    if !isSameRun || Self.number(bytes, ranges.seq) != frame.seq {
      add(
        .init(
          .badSequence, "record \(index) is filed as another event than it is", index: index,
          runId: Self.text(bytes, ranges.runId), seq: Self.number(bytes, ranges.seq)))
    }
    let type = UnsafeBufferPointer(rebasing: bytes[ranges.type])
    if let place {
      follow(place, frame, hash, index)
      if Self.changesState(type) {
        apply(place, Self.text(bytes, ranges.type), Array(bytes[ranges.payload]), frame, index)
      }
    } else {
      begin(Array(id), Self.text(bytes, ranges.type), Array(bytes[ranges.payload]), frame, hash, index)
    }
    if artifacts != nil, Self.text(bytes, ranges.type) == "ArtifactRecorded" {
      artifact(Array(bytes[ranges.payload]), index, Self.text(bytes, ranges.runId), frame.seq)
    }
    return entries.leaf(bytes, ranges, hash: hash, prevHash: frame.prevHash)
  }

  private mutating func artifact(_ payload: [UInt8], _ index: Int, _ runId: String, _ seq: Int) {
    let value = try? JSONParser.parse(payload[...], strict: true)
    guard let sha256 = value?["sha256"]?.string, let size = value?["size"]?.integer,
      seenArtifacts.insert("\(sha256) \(size)").inserted
    else { return }
    do throws(LedgerFailure) { try artifacts?.check(sha256, size: size) } catch {
      add(.init(error.rule, error.message, index: index, runId: runId, seq: seq))
    }
  }

  private mutating func prunedEvent(_ frame: Frame, _ body: UnsafeRawBufferPointer, _ index: Int) -> Hash256 {
    events += 1
    prunedCount += 1
    if let end = pruned.last, end.upperBound + 1 == index {
      pruned[pruned.count - 1] = end.lowerBound...index
    } else {
      pruned.append(index...index)
    }
    let leaf = MerkleTree.leaf(body)
    guard let entry = try? LogEntry(canonical: Array(body)) else {
      add(.init(.malformedEvent, "what is left of record \(index) is no entry of an event", index: index))
      return leaf
    }
    if entry.hash != frame.hash || entry.prevHash != frame.prevHash || entry.seq != frame.seq
      || RunKey(entry.runId) != frame.run
    {
      add(
        .init(
          .badSequence, "record \(index) is filed as another event than it is", index: index, runId: entry.runId,
          seq: entry.seq))
    }
    note(pruned: entry.type)
    if let place = find(frame.run) {
      runs[place].firstPruned = runs[place].firstPruned ?? index
      follow(place, frame, entry.hash, index)
      if Self.changesState(entry.type.utf8.map { $0 }, quoted: false) { apply(place, entry.type, [], frame, index) }
    } else {
      begin(CanonicalObject.text(entry.runId), entry.type, [], frame, entry.hash, index)
      if let place = find(frame.run) { runs[place].firstPruned = index }
    }
    return leaf
  }

  private mutating func note(pruned type: String) {
    let known = typeNames.firstIndex { $0.utf8.elementsEqual(type.utf8) }
    if known == nil, typeNames.count < UInt16.max { typeNames.append(type) }
    prunedTypes.append(UInt16(truncatingIfNeeded: known ?? typeNames.count - 1))
  }

  /// Holds a pruning against its own policy: only runs that had ended, and no event of a type that stays.
  private mutating func hold(_ record: PruningRecord, _ index: Int) {
    for run in runs {
      guard let first = run.firstPruned, record.ranges.contains(where: { $0.contains(first) }) else { continue }
      add(.init(.pruned, "record \(index) says that record \(first) was pruned, whose run went on", index: index))
    }
    let kept = Set(
      record.keepTypes.compactMap { type in
        typeNames.firstIndex { $0.utf8.elementsEqual(type.utf8) }.map { UInt16($0) }
      })
    if kept.isEmpty { return }
    var ordinal = 0
    for range in pruned {
      for (number, place) in range.enumerated() where kept.contains(prunedTypes[ordinal + number]) {
        guard record.ranges.contains(where: { $0.contains(place) }) else { continue }
        return add(
          .init(.pruned, "record \(index) says that record \(place) was pruned, whose type it keeps", index: index))
      }
      ordinal += range.count
    }
  }

  // MARK: Runs

  @inline(__always)
  private mutating func find(_ key: RunKey) -> Int? {
    if last < runs.count, runs[last].key == key { return last }
    guard let place = open[key] else { return nil }
    last = place
    return place
  }

  private mutating func begin(
    _ id: [UInt8], _ type: String, _ payload: [UInt8], _ frame: Frame, _ hash: Hash256, _ index: Int
  ) {
    let runId = CanonicalString.text(id[...]) ?? ""
    if ended.contains(frame.run) {
      add(.init(.wrongOrder, "an event comes after the end of its run", index: index, runId: runId, seq: frame.seq))
      return
    }
    if frame.seq != 1 || frame.prevHash != nil {
      add(.init(.brokenLink, "the run does not begin with its first event", index: index, runId: runId, seq: frame.seq))
    }
    open[frame.run] = runs.count
    runs.append(OpenRun(key: frame.run, id: id, seq: frame.seq, hash: hash, state: RunState()))
    apply(runs.count - 1, type, payload, frame, index)
  }

  @inline(__always)
  private mutating func follow(_ place: Int, _ frame: Frame, _ hash: Hash256, _ index: Int) {
    if frame.seq != runs[place].seq + 1 {
      add(
        .init(
          .badSequence, "event \(frame.seq) comes after event \(runs[place].seq)", index: index, runId: id(place),
          seq: frame.seq))
    }
    if frame.prevHash != runs[place].hash {
      add(
        .init(
          .brokenLink, "the event does not follow the one before it in its run", index: index, runId: id(place),
          seq: frame.seq))
    }
    runs[place].seq = frame.seq
    runs[place].hash = hash
  }

  private mutating func apply(_ place: Int, _ type: String, _ payload: [UInt8], _ frame: Frame, _ index: Int) {
    do throws(LedgerFailure) { try runs[place].state.apply(type: type, payload: payload) } catch {
      // Of a run that was pruned not every step is known.
      if !runs[place].isPruned {
        add(.init(error.rule, error.message, index: index, runId: id(place), seq: frame.seq))
      }
    }
    guard runs[place].state.phase == .completed || runs[place].state.phase == .failed else { return }
    // The last one takes its place.
    ended.insert(frame.run)
    open[frame.run] = nil
    let moved = runs.removeLast()
    guard place < runs.count else { return }
    runs[place] = moved
    open[moved.key] = place
  }

  private func id(_ place: Int) -> String { CanonicalString.text(runs[place].id[...]) ?? "" }

  /// Whether the state of a run depends on events of a type: they begin with `Run`, `Step` and `Approval`.
  @inline(__always)
  private static func changesState(_ type: some RandomAccessCollection<UInt8>, quoted: Bool = true) -> Bool {
    guard let first = type.dropFirst(quoted ? 1 : 0).first else { return false }
    return first == 0x52 || first == 0x53 || first == 0x41
  }

  @inline(__always)
  private static func isEqual(_ left: [UInt8], _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    guard left.count == right.count, let second = right.baseAddress else { return false }
    return left.withUnsafeBytes { left in left.baseAddress.map { memoryIsEqual($0, second, right.count) } ?? false }
  }

  private mutating func control(_ frame: Frame, _ body: UnsafeRawBufferPointer, _ index: Int) -> Hash256 {
    let bytes = Array(body)
    do throws(LedgerFailure) {
      let record = try PruningRecord(canonical: bytes)
      authorized += record.ranges
      hold(record, index)
    } catch {
      add(.init(error.rule, "record \(index): \(error.message)", index: index))
    }
    return MerkleTree.leaf(bytes)
  }

  /// What is wrong with the log as a whole.
  mutating func finish() {
    guard !pruned.isEmpty else { return }
    // The records that the log accounts for, in pieces that don't touch.
    var known: [ClosedRange<Int>] = []
    for range in authorized.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let end = known.last, range.lowerBound <= end.upperBound + 1 {
        known[known.count - 1] = end.lowerBound...max(end.upperBound, range.upperBound)
      } else {
        known.append(range)
      }
    }
    var next = 0
    for range in pruned {
      var index = range.lowerBound
      while index <= range.upperBound {
        while next < known.count, known[next].upperBound < index { next += 1 }
        if next < known.count, known[next].contains(index) {
          index = known[next].upperBound + 1
        } else {
          add(.init(.pruned, "record \(index) was pruned, and no record says so", index: index))
          index += 1
        }
      }
    }
  }

  private static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    let inner = UnsafeBufferPointer(rebasing: bytes[range.lowerBound + 1..<range.upperBound - 1])
    if !inner.contains(0x5C) { return String(decoding: inner, as: UTF8.self) }
    return CanonicalString.text(Array(UnsafeBufferPointer(rebasing: bytes[range]))[...]) ?? ""
  }

  private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
    var value = 0
    for byte in UnsafeBufferPointer(rebasing: bytes[range]) {
      guard 0x30...0x39 ~= byte, value < 1 << 40 else { return -1 }
      value = value * 10 + Int(byte & 15)
    }
    return value
  }
}
