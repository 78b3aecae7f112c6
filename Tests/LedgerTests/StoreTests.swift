import Canonical
import Glibc
import Ledger
import Runtime
import Source
import TestSupport
import Testing

@Suite("The store of a ledger")
struct StoreTests {
  @Test("What is appended comes back as a chain that verifies, and its receipts say where it is")
  func roundTrip() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let run = try ledger.start(payload: Array(#"{"metadata":{"hostId":"h1"}}"#.utf8), actor: LedgerFixture.actor).runId
    let receipts = try ledger.append(
      (0..<5).map { LedgerFixture.note("n \($0)") }, run: run, actor: LedgerFixture.actor)
    #expect(receipts.map(\.seq) == [2, 3, 4, 5, 6])
    #expect(receipts.map(\.index) == [1, 2, 3, 4, 5])
    #expect(receipts.allSatisfy { $0.durability == .durable })
    let view = try fixture.view()
    var verification = ChainVerification()
    var frontier = MerkleFrontier()
    var seen: [String] = []
    try view.events(run) { (record) throws(LedgerFailure) in
      guard let event = record.event else { return }
      seen.append(event.hash)
      verification.add(line: event.bytes)
      frontier.append(record.entry.leaf)
    }
    #expect(verification.finished().isValid)
    #expect(seen.dropFirst().elementsEqual(receipts.map(\.hash)))
    #expect(view.size == 6)
    #expect(view.root == frontier.root)
    #expect(try view.run(run).phase == .open)
    #expect(try view.event(run, 3).event?.payload == Array(#"{"note":"n 1"}"#.utf8))
    #expect(throws: LedgerFailure.self) { try view.event(run, 7) }
    #expect(throws: LedgerFailure.self) { try view.run(UUID.random()) }
  }

  @Test("Any event of two runs is read by its number, in any order, and none that is not there")
  func byNumber() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    var runs: [String] = []
    for count in [700, 256] {
      let run = try ledger.start(actor: LedgerFixture.actor).runId
      let drafts = (2...count).map { LedgerFixture.note("\(runs.count) \($0)") }
      _ = try ledger.append(drafts, run: run, actor: LedgerFixture.actor)
      runs.append(run)
    }
    let view = try fixture.view()
    var random = SeededGenerator(seed: 5)
    for _ in 0..<3_000 {
      let number = Int.random(in: 0...1, using: &random)
      let count = number == 0 ? 700 : 256
      let seq = Int.random(in: -2...count + 3, using: &random)
      let text = try? view.readHashed(runs[number], seq) { String(decoding: $0, as: UTF8.self) }
      #expect((text != nil) == (1...count ~= seq), "\(seq)")
      if let text, seq > 1 { #expect(text.contains("\"note\":\"\(number) \(seq)\"")) }
    }
  }

  @Test("Events of one call are recorded together or not at all")
  func together() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let run = try ledger.start(actor: LedgerFixture.actor).runId
    let step = Array(#"{"stepId":"44444444-4444-4444-8444-444444444444"}"#.utf8)
    func append(_ drafts: [EventDraft]) throws { _ = try ledger.append(drafts, run: run, actor: LedgerFixture.actor) }
    #expect(throws: LedgerFailure.self) {
      try append([LedgerFixture.note("a"), EventDraft(type: "StepCompleted", payload: step)])
    }
    #expect(throws: LedgerFailure.self) {
      try append([LedgerFixture.note("a"), EventDraft(type: "Nonsense", payload: step)])
    }
    #expect(try fixture.view().size == 1)
    try append([EventDraft(type: "RunCompleted", payload: Array("{}".utf8))])
    let refusal = #expect(throws: LedgerFailure.self) { try append([LedgerFixture.note("late")]) }
    #expect(refusal?.rule == .wrongOrder)
    let unknown = #expect(throws: LedgerFailure.self) {
      try ledger.append([LedgerFixture.note("x")], run: UUID.random(), actor: LedgerFixture.actor)
    }
    #expect(unknown?.rule == .unknownRun)
    let again = #expect(throws: LedgerFailure.self) { try ledger.start(run, actor: LedgerFixture.actor) }
    #expect(again?.rule == .runExists)
  }

  @Test("An event that is appended again has one record; another one with its identity is refused")
  func repetition() throws {
    let fixture = try LedgerFixture()
    var draft = LedgerFixture.note("once")
    draft.eventId = UUID.random()
    let run = try fixture.open().start(actor: LedgerFixture.actor).runId
    let first = try fixture.open().append([draft], run: run, actor: LedgerFixture.actor)
    let second = try fixture.open().append([draft], run: run, actor: LedgerFixture.actor)
    #expect(first[0].index == second[0].index)
    #expect(second[0].isRepeated && !first[0].isRepeated)
    #expect(try fixture.view().size == 2)
    var other = LedgerFixture.note("twice")
    other.eventId = draft.eventId
    let ledger = try fixture.open()
    for drafts in [[other], [LedgerFixture.note("before"), other]] {
      let failure = #expect(throws: LedgerFailure.self) {
        try ledger.append(drafts, run: run, actor: LedgerFixture.actor)
      }
      #expect(failure?.rule == .eventIDConflict)
    }
    other.eventId = UUID.random()
    #expect(throws: LedgerFailure.self) { try ledger.append([other, other], run: run, actor: LedgerFixture.actor) }
    #expect(try fixture.view().size == 2)
  }

  @Test("Ledgers that are open at once see each other's events, across segments")
  func several() throws {
    let fixture = try LedgerFixture()
    let ledgers = try (0..<3).map { _ in try fixture.open { $0.segmentLimit = 8192 } }
    let run = try ledgers[0].start(actor: LedgerFixture.actor).runId
    for index in 0..<60 {
      let ledger = ledgers[index % 3]
      let receipt = try ledger.append([LedgerFixture.note("n \(index)")], run: run, actor: LedgerFixture.actor)[0]
      #expect(receipt.seq == index + 2)
    }
    #expect(fixture.segments.count > 3)
    #expect(try Self.isValid(fixture, run, count: 61))
  }

  @Test("Threads that append to one ledger share its groups, and each gets its own receipt")
  func threads() async throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open { $0.segmentLimit = 1 << 16 }
    let run = try ledger.start(actor: LedgerFixture.actor).runId
    let receipts = try await withThrowingTaskGroup(of: [Receipt].self) { group in
      for task in 0..<8 {
        group.addTask {
          // Every other one has a run of its own.
          let target = task % 2 == 0 ? run : try ledger.start(actor: LedgerFixture.actor).runId
          var receipts: [Receipt] = []
          for index in 0..<100 {
            let drafts = [LedgerFixture.note("\(task) \(index)"), LedgerFixture.note("again")]
            receipts += try ledger.append(drafts, run: target, actor: LedgerFixture.actor)
          }
          return receipts
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(receipts.count == 1600)
    #expect(Set(receipts.map(\.index)).count == 1600)
    #expect(receipts.allSatisfy { $0.durability == .durable })
    #expect(try Self.isValid(fixture, run, count: 801))
    let report = try LedgerVerification(try LedgerFolder(existing: fixture.path)).run()
    #expect(report.isConsistent && report.size == 1605)
  }

  /// Whether a run's chain verifies and has so many events.
  static func isValid(_ fixture: LedgerFixture, _ run: String, count: Int) throws -> Bool {
    var verification = ChainVerification()
    try fixture.view().events(run) { (record) throws(LedgerFailure) in
      if let event = record.event { verification.add(line: event.bytes) }
    }
    let result = verification.finished()
    return result.isValid && result.eventCount == count
  }

  @Test("Nobody else may read what a ledger holds")
  func modes() throws {
    let fixture = try LedgerFixture()
    try LedgerFixture.fill(try fixture.open(), 3)
    _ = try fixture.view()
    for path in [fixture.path] + FileSearch.files(below: fixture.path, isWanted: { _ in true }) {
      var status = stat()
      #expect(stat(path, &status) == 0)
      #expect(status.st_mode & 0o077 == 0, "\(path)")
    }
  }

  @Test("The index is made anew when it is missing, damaged, of another ledger or behind")
  func index() throws {
    let fixture = try LedgerFixture()
    let run = try LedgerFixture.fill(try fixture.open(), 20)
    let path = FilePath.join(fixture.path, "index.sqlite")
    #expect(try fixture.view().run(run).eventCount == 21)
    let old = try LedgerFixture.bytes(path)
    for content in [
      [], Array("nonsense".utf8), [UInt8](repeating: 0x41, count: 8192), Array(old.prefix(old.count / 2)), old,
    ] {
      _ = try fixture.open().append([LedgerFixture.note("more")], run: run, actor: LedgerFixture.actor)
      for end in ["-wal", "-shm"] { unlink(path + end) }
      try LedgerFixture.write(content, to: path)
      let count = try fixture.view().size
      #expect(try fixture.view().run(run).eventCount == count)
      #expect(try Self.isValid(fixture, run, count: count))
    }
    unlink(path)
    let receipt = try fixture.open().append([LedgerFixture.note("last")], run: run, actor: LedgerFixture.actor)[0]
    #expect(receipt.seq == 27)
    let other = try LedgerFixture()
    let foreign = try LedgerFixture.fill(try other.open(), 25)
    _ = try other.view()
    for end in ["-wal", "-shm"] { unlink(path + end) }
    try LedgerFixture.write(try LedgerFixture.bytes(FilePath.join(other.path, "index.sqlite")), to: path)
    #expect(try fixture.view().run(run).eventCount == 27)
    #expect(throws: LedgerFailure.self) { try fixture.view().run(foreign) }
  }

  @Test("A record torn at any byte is cut off, and everything before it stays")
  func tornRecord() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open { $0.allocation = 0 }
    let run = try LedgerFixture.fill(ledger, 3)
    let segment = try #require(fixture.segments.first)
    let whole = try LedgerFixture.bytes(segment)
    _ = try ledger.append([LedgerFixture.note("the last one")], run: run, actor: LedgerFixture.actor)
    let longer = try LedgerFixture.bytes(segment)
    let safe = try LedgerFixture.bytes(FilePath.join(fixture.path, "sync"))
    #expect(longer.count > whole.count)
    for end in whole.count..<longer.count {
      // The record was being written, and neither acknowledged nor known to anybody.
      try LedgerFixture.write(Array(longer[..<end]), to: segment)
      fixture.loseControl()
      unlink(FilePath.join(fixture.path, "sync"))
      let again = try fixture.open()
      #expect((again.cutBytes > 0) == (end > whole.count))
      let receipt = try again.append([LedgerFixture.note("instead")], run: run, actor: LedgerFixture.actor)[0]
      #expect(receipt.seq == 5)
    }
    #expect(try Self.isValid(fixture, run, count: 5))
    // Had it been acknowledged, its loss would be found.
    try LedgerFixture.write(whole, to: segment)
    try LedgerFixture.write(safe, to: FilePath.join(fixture.path, "sync"))
    fixture.loseControl()
    let failure = #expect(throws: LedgerFailure.self) { try fixture.open() }
    #expect(failure?.rule == .truncated)
  }

  @Test("A record that was acknowledged and is damaged is never cut off with what follows it")
  func damagedRecord() throws {
    let fixture = try LedgerFixture()
    try LedgerFixture.fill(try fixture.open(), 5)
    let segment = try #require(fixture.segments.first)
    var bytes = try LedgerFixture.bytes(segment)
    let place = try #require(
      (4096..<bytes.count).first { bytes[$0...].starts(with: Array("note 2".utf8)) })
    bytes[place] ^= 1
    try LedgerFixture.write(bytes, to: segment)
    fixture.loseControl()
    unlink(FilePath.join(fixture.path, "sync"))
    let failure = #expect(throws: LedgerFailure.self) { try fixture.open() }
    #expect(failure?.rule == .damaged)
    #expect(failure?.message.contains("record 3") == true)
  }

  @Test("A folder that can't be written to can be read, and says why it can't be appended to")
  func readOnly() throws {
    let fixture = try LedgerFixture()
    let run = try LedgerFixture.fill(try fixture.open(), 4)
    guard geteuid() != 0 else { return }
    chmod(fixture.path, 0o500)
    defer { chmod(fixture.path, 0o700) }
    #expect(try fixture.view().run(run).eventCount == 5)
    #expect(throws: LedgerFailure.self) { try fixture.open() }
  }

  @Test("There is no ledger where there is none, and looking makes none")
  func missing() throws {
    let fixture = try LedgerFixture()
    let failure = #expect(throws: LedgerFailure.self) { try fixture.view() }
    #expect(failure?.rule == .noLedger)
    #expect(FileSearch.kind(of: fixture.path) == .missing)
  }

  @Test("A clock that goes back changes no order")
  func clockGoesBack() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let run = try ledger.start(actor: LedgerFixture.actor).runId
    for ts in ["2026-06-01T00:00:00.000Z", "2026-05-01T00:00:00.000Z", "2026-07-01T00:00:00.000Z"] {
      var draft = LedgerFixture.note(ts)
      draft.ts = ts
      _ = try ledger.append([draft], run: run, actor: LedgerFixture.actor)
    }
    var times: [String] = []
    try fixture.view().events(run, from: 2) { (record) throws(LedgerFailure) in times.append(record.entry.ts) }
    #expect(times == ["2026-06-01T00:00:00.000Z", "2026-05-01T00:00:00.000Z", "2026-07-01T00:00:00.000Z"])
    #expect(try Self.isValid(fixture, run, count: 4))
  }
}
