import Canonical
import Glibc
import Ledger
import Runtime
import Source
import TestSupport
import Testing

/// What somebody does who can write every file of a ledger, but not sign. The head of a record and its sum are no secret:
/// the attacks here repair them as they go.
@Suite("Attacks on a sealed ledger")
struct AttackTests {
  let fixture: LedgerFixture
  let signer: PrivateKey
  let runs: [String]
  let heads: KeptHeads

  init() throws {
    fixture = try LedgerFixture("attacked")
    signer = try PrivateKey(seed: [UInt8](repeating: 7, count: 32))
    heads = KeptHeads(folder: FilePath.join(FilePath.directory(of: fixture.path), "state"))
    let ledger = try fixture.open { $0.allocation = 0 }
    runs = try (0..<2).map { try LedgerFixture.fill(ledger, 4, text: "run \($0)") }
    _ = try ledger.seal([signer], heads: heads, time: 1_767_323_045_006)
  }

  /// What verification says with the key and with the head that was kept.
  func report(checkpoint: Bool = true, head: Bool = true) throws -> LedgerReport {
    let folder = try LedgerFolder(existing: fixture.path)
    var verification = LedgerVerification(folder)
    if checkpoint, let signed = try folder.lastCheckpoint(keys: [signer.publicKey]) { try verification.add(signed) }
    if head, let kept = try heads.head(folder.origin) { verification.add(kept) }
    return try verification.run()
  }

  /// The records of the one segment, and a segment made of others.
  func records() throws -> [[UInt8]] {
    let bytes = try LedgerFixture.bytes(try #require(fixture.segments.first))
    var records: [[UInt8]] = []
    var offset = 4096
    while offset + 152 <= bytes.count, bytes[offset] != 0 {
      let length = 152 + (0..<4).reduce(0) { $0 | Int(bytes[offset + 4 + $1]) << (8 * $1) }
      records.append(Array(bytes[offset..<offset + length]))
      offset += length
    }
    return records
  }

  func write(_ records: [[UInt8]]) throws {
    let segment = try #require(fixture.segments.first)
    let head = Array(try LedgerFixture.bytes(segment).prefix(4096))
    try LedgerFixture.write(head + records.flatMap { $0 }, to: segment)
    fixture.loseControl()
    unlink(FilePath.join(fixture.path, "sync"))
  }

  /// A record with other hashed bytes, with head, hashes and sum as the ledger itself would have made them.
  static func forged(_ record: [UInt8], _ body: [UInt8], previous: [UInt8]? = nil) -> [UInt8] {
    var record = Array(record[..<152])
    let previous = previous ?? Array(record[80..<112])
    let hash = Hash256(of: body)
    let isFirst = previous.allSatisfy { $0 == 0 }
    let event = try? AuditEvent(
      hashedBytes: body, prevHash: isFirst ? nil : Digest.hexadecimal(previous), hash: hash.hex)
    let leaf = event.flatMap { LogEntry($0)?.leaf } ?? MerkleTree.leaf(body)
    record.replaceSubrange(4..<8, with: (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (8 * $0)) })
    record.replaceSubrange(48..<80, with: hash.bytes)
    record.replaceSubrange(80..<112, with: previous)
    record.replaceSubrange(112..<144, with: leaf.bytes)
    return summed(record) + body
  }

  /// A head with the right sum.
  static func summed(_ head: [UInt8]) -> [UInt8] {
    var sum: UInt64 = 0x9E37_79B9_7F4A_7C15
    for offset in stride(from: 0, to: 144, by: 8) {
      let word = (0..<8).reduce(0 as UInt64) { $0 | UInt64(head[offset + $1]) << UInt64(8 * $1) }
      sum = (sum ^ word) &* 0xFF51_AFD7_ED55_8CCD
      sum ^= sum >> 32
    }
    return Array(head[..<144]) + (0..<8).map { UInt8(truncatingIfNeeded: sum >> UInt64(8 * $0)) }
  }

  /// What pruning leaves of a record.
  static func pruned(_ record: [UInt8]) throws -> [UInt8] {
    let body = Array(record[152...])
    let event = try AuditEvent(
      hashedBytes: body, prevHash: Digest.hexadecimal(record[80..<112]), hash: Hash256(of: body).hex)
    let entry = try #require(LogEntry(event)).bytes
    var head = Array(record[..<152])
    head.replaceSubrange(0..<4, with: Array("clwP".utf8))
    head.replaceSubrange(4..<8, with: (0..<4).map { UInt8(truncatingIfNeeded: entry.count >> (8 * $0)) })
    return summed(head) + entry
  }

  static func renumbered(_ record: [UInt8], _ index: Int) -> [UInt8] {
    var head = Array(record[..<152])
    head.replaceSubrange(8..<16, with: (0..<8).map { UInt8(truncatingIfNeeded: index >> (8 * $0)) })
    return summed(head) + record[152...]
  }

  static func edited(_ record: [UInt8], _ old: String, _ new: String) -> [UInt8] {
    Array(String(decoding: record[152...], as: UTF8.self).replacing(old, with: new).utf8)
  }

  @Test("As it was sealed it is consistent and anchored; without key and head it is only consistent")
  func untouched() throws {
    let report = try report()
    #expect(report.isAnchored)
    #expect(report.size == 10 && report.runs == 2 && report.events == 10)
    #expect(report.anchors.map(\.kind) == [.checkpoint, .keptHead])
    let alone = try self.report(checkpoint: false, head: false)
    #expect(alone.isConsistent && !alone.isAnchored)
    #expect(alone.verdict == "internally consistent, unanchored")
    let stranger = try PrivateKey(seed: [UInt8](repeating: 8, count: 32)).publicKey
    let folder = try LedgerFolder(existing: fixture.path)
    var verification = LedgerVerification(folder)
    #expect(try verification.add(try #require(try folder.lastCheckpoint(keys: [stranger]))) == false)
    #expect(try verification.run().isAnchored == false)
  }

  @Test("An edit is found, at its record")
  func edit() throws {
    for index in 0..<10 {
      let whole = try records()
      var records = whole
      var record = records[index]
      record[record.count - 20] ^= 1
      records[index] = record
      try write(records)
      let report = try report()
      #expect(report.findings.first?.index == index)
      #expect(!report.isConsistent)
      try write(whole)
    }
    #expect(try report().isAnchored)
  }

  @Test("A rewrite of an event and of everything that follows from it is found by the checkpoint, at its record")
  func rewrite() throws {
    var records = try records()
    let body = Self.edited(records[2], "run 0 1", "run 0 9")
    records[2] = Self.forged(records[2], body)
    var previous = Array(records[2][48..<80])
    for index in 3..<5 {
      records[index] = Self.forged(records[index], Array(records[index][152...]), previous: previous)
      previous = Array(records[index][48..<80])
    }
    try write(records)
    // Nothing inside the log says so.
    #expect(try report(checkpoint: false, head: false).isConsistent)
    let found = try report()
    #expect(found.findings.map(\.rule) == [.rootMismatch, .fork])
    #expect(found.findings.first?.index == 2)
    #expect(try report(head: false).findings.map(\.rule) == [.rootMismatch])
    #expect(try report(checkpoint: false).findings.map(\.rule) == [.fork])
    // Nor does sealing again hide it.
    let ledger = try fixture.open()
    #expect(throws: LedgerFailure.self) { try ledger.seal([signer], heads: heads, time: 0) }
    unlink(FilePath.join(fixture.path, "checkpoint"))
    #expect(throws: LedgerFailure.self) { try ledger.seal([signer], heads: heads, time: 0) }
  }

  @Test("Only two records changed, as the reference lets pass")
  func relinked() throws {
    var records = try records()
    records[2] = Self.forged(records[2], Self.edited(records[2], "run 0 1", "run 0 9"))
    records[3] = Self.forged(records[3], Array(records[3][152...]), previous: Array(records[2][48..<80]))
    try write(records)
    // The leaf has the hash of the event before, which the reference's hash leaves out: its event has another leaf now.
    #expect(try report().findings.map(\.rule) == [.rootMismatch, .fork])
  }

  @Test("Records that are cut off, or all of them, are missed", arguments: [9, 8, 5, 1])
  func truncation(count: Int) throws {
    try write(Array(try records().prefix(count)))
    #expect(try report().findings.map(\.rule) == [.truncated, .rollback])
    #expect(try report(checkpoint: false).findings.map(\.rule) == [.rollback])
    #expect(throws: LedgerFailure.self) { try fixture.open().seal([signer], heads: heads, time: 0) }
    // Without the ledger's own checkpoint it goes on, and the head that was kept tells.
    unlink(FilePath.join(fixture.path, "checkpoint"))
    #expect(throws: LedgerFailure.self) { try fixture.open().seal([signer], heads: heads, time: 0) }
  }

  @Test("An emptied ledger is never right")
  func emptied() throws {
    try write([])
    #expect(try report().findings.map(\.rule) == [.truncated, .rollback])
    #expect(try report(checkpoint: false, head: false).findings.map(\.rule) == [.empty])
    for path in fixture.segments { unlink(path) }
    #expect(try report().isConsistent == false)
    #expect(try report(checkpoint: false, head: false).isConsistent == false)
  }

  @Test("A ledger that goes on where it was cut off does not fit what was signed")
  func replacedTail() throws {
    try write(Array(try records().prefix(9)))
    // The ledger itself refuses that as long as it knows that it was sealed.
    let checkpoint = FilePath.join(fixture.path, "checkpoint")
    let note = try LedgerFixture.bytes(checkpoint)
    unlink(checkpoint)
    _ = try fixture.open().append(
      (0..<4).map { LedgerFixture.note("other \($0)") }, run: runs[1], actor: LedgerFixture.actor)
    try LedgerFixture.write(note, to: checkpoint)
    #expect(try report().findings.map(\.rule) == [.rootMismatch, .fork])
    #expect(try report().findings.first?.index == 9)
  }

  @Test("Deleted, inserted, repeated and swapped records are found, renumbered or not (abuse case 91)")
  func moved() throws {
    let whole = try records()
    func check(_ records: [[UInt8]], _ first: Int, _ comment: Comment) throws {
      try write(records)
      #expect(try report(checkpoint: false, head: false).findings.first?.index == first, comment)
      try write(records.enumerated().map { Self.renumbered($1, $0) })
      let found = try report()
      #expect(!found.isConsistent, comment)
      #expect(found.findings.compactMap(\.index).first ?? first == first, comment)
    }
    for index in 1..<9 {
      var deleted = whole
      deleted.remove(at: index)
      try check(deleted, index, "deleted \(index)")
      var repeated = whole
      repeated.insert(whole[index], at: index)
      try check(repeated, index + 1, "repeated \(index)")
      guard index < 8 else { continue }
      var swapped = whole
      swapped.swapAt(index, index + 1)
      try check(swapped, index, "swapped \(index)")
    }
  }

  @Test("Runs that change places are found by the tree alone")
  func swappedRuns() throws {
    let whole = try records()
    try write((Array(whole[5...]) + whole[..<5]).enumerated().map { Self.renumbered($1, $0) })
    #expect(try report(checkpoint: false, head: false).isConsistent)
    #expect(try report().findings.map(\.rule) == [.rootMismatch, .fork])
    #expect(try report().findings.first?.index == 0)
  }

  @Test("Metadata of a run is an event like others")
  func metadata() throws {
    let ledger = try fixture.open()
    let run = try ledger.start(payload: Array(#"{"metadata":{"hostId":"h1"}}"#.utf8), actor: LedgerFixture.actor)
    _ = try ledger.seal([signer], heads: heads, time: 0)
    var records = try records()
    records[10] = Self.forged(records[10], Self.edited(records[10], "\"h1\"", "\"h2\""))
    try write(records)
    #expect(run.index == 10)
    #expect(try report().findings.first?.index == 10)
    #expect(try report().findings.map(\.rule) == [.rootMismatch, .fork])
  }

  @Test("Texts that hide something from a hash are no events: repeated members, other spellings, `__proto__`")
  func hiddenText() throws {
    let whole = try records()
    for (index, text) in [
      #"{"note":"run 0 1","note":"x"}"#, #"{"note":"run 0 1" }"#, #"{"note":"run 0 \u0031"}"#, #"{"n":1.0}"#,
    ].enumerated() {
      var records = whole
      records[2] = Self.forged(records[2], Self.edited(records[2], #"{"note":"run 0 1"}"#, text))
      try write(records)
      #expect(try report(checkpoint: false, head: false).findings.first?.rule == .malformedEvent, "\(index)")
    }
    var records = whole
    records[2] = Self.forged(
      records[2], Self.edited(records[2], #"{"note":"run 0 1"}"#, #"{"__proto__":{"a":1},"note":"run 0 1"}"#))
    try write(records)
    #expect(try report().findings.isEmpty == false)
  }

  @Test("Checkpoint, tiles and kept heads that were meddled with are found out")
  func commitments() throws {
    let path = FilePath.join(fixture.path, "checkpoint")
    let note = try LedgerFixture.bytes(path)
    let folder = try LedgerFolder(existing: fixture.path)
    var text = note
    text[note.count - 10] ^= 1
    try LedgerFixture.write(text, to: path)
    #expect((try? folder.lastCheckpoint(keys: [signer.publicKey]))??.signers.isEmpty ?? true)
    try LedgerFixture.write(note, to: path)
    // Another ledger's checkpoint.
    let other = try LedgerFixture("other")
    let ledger = try other.open()
    try LedgerFixture.fill(ledger, 3)
    let seal = try ledger.seal([signer], heads: nil, time: 0)
    var verification = LedgerVerification(folder)
    #expect(throws: LedgerFailure.self) {
      try verification.add(try SignedCheckpoint(seal.note, keys: [signer.publicKey]))
    }
    // A tile that says something else spoils proofs, and nothing more.
    let tile = FilePath.join(fixture.path, "tile/0/000.p/10")
    var hashes = try LedgerFixture.bytes(tile)
    hashes[40] ^= 1
    try LedgerFixture.write(hashes, to: tile)
    #expect(try report().isAnchored)
    var prover = try LedgerProver(folder, checkpoint: try #require(try folder.lastCheckpoint(keys: [])))
    #expect(throws: LedgerFailure.self) {
      try prover.inclusion(of: 4, data: try fixture.view().leafData(4))
    }
    _ = try fixture.open().seal([signer], heads: heads, time: 0)
    var again = try LedgerProver(folder, checkpoint: try #require(try folder.lastCheckpoint(keys: [])))
    #expect(try again.inclusion(of: 4, data: try fixture.view().leafData(4)).isRight)
    try LedgerFixture.write(
      Array("{}".utf8), to: FilePath.join(FilePath.directory(of: fixture.path), "state/ledgers.json"))
    #expect(throws: LedgerFailure.self) { try heads.head(folder.origin) }
  }

  @Test("A pruning that no record of the log tells of is found")
  func silentPruning() throws {
    var records = try records()
    records[2] = try Self.pruned(records[2])
    try write(records)
    let report = try report()
    #expect(report.findings.map(\.rule) == [.pruned])
    #expect(report.findings.first?.index == 2)
    #expect(report.pruned == 1)
  }

  @Test("A head that was overwritten with zeros is no end of the log: nothing is written over what was acknowledged")
  func zeroedHead() throws {
    let whole = try records()
    for index in [4, 8] {
      var records = whole
      records[index].replaceSubrange(..<152, with: repeatElement(0, count: 152))
      try write(records)
      let found = try report(checkpoint: false, head: false)
      #expect(found.findings.map(\.rule) == [.damaged] && found.findings.first?.index == index)
      #expect(throws: LedgerFailure.self) { try LedgerFixture.fill(try fixture.open(), 1) }
      #expect(try self.records().count == index)
    }
  }

  @Test("What was sealed and is not there any more is not written over, whoever signed it")
  func shorterThanSealed() throws {
    let whole = try records()
    var damaged = whole
    damaged[9][damaged[9].count - 1] ^= 1
    for records in [damaged, Array(whole.dropLast()), []] {
      try write(records)
      let segment = try LedgerFixture.bytes(try #require(fixture.segments.first))
      #expect(throws: LedgerFailure.self) { try LedgerFixture.fill(try fixture.open(), 1) }
      #expect(try LedgerFixture.bytes(try #require(fixture.segments.first)) == segment)
    }
    unlink(try #require(fixture.segments.first))
    fixture.loseControl()
    #expect(throws: LedgerFailure.self) { try LedgerFixture.fill(try fixture.open(), 1) }
    let folder = try LedgerFolder(existing: fixture.path)
    var verification = LedgerVerification(folder)
    #expect(try verification.add(try #require(try folder.lastCheckpoint(keys: []))) == false)
    #expect(try verification.run().findings.map(\.rule) == [.truncated])
  }

  @Test("A checkpoint counts if as many signed it as must, each key once")
  func threshold() throws {
    let stranger = try PrivateKey(seed: [UInt8](repeating: 8, count: 32)).publicKey
    let own = signer.publicKey
    let folder = try LedgerFolder(existing: fixture.path)
    for (keys, threshold, isEnough) in [
      ([own, stranger], 2, false), ([own, own], 2, false), ([own, stranger], 1, true),
    ] {
      let signed = try #require(try folder.lastCheckpoint(keys: CheckpointKeys(keys, threshold: threshold)))
      #expect(signed.signed == [own] && signed.signers == (isEnough ? [own] : []))
      var verification = LedgerVerification(folder)
      #expect(try verification.add(signed) == isEnough)
    }
  }

  @Test("A ledger that lost its name is no new one")
  func lostName() throws {
    unlink(FilePath.join(fixture.path, "ledger.json"))
    let bytes = try LedgerFixture.bytes(try #require(fixture.segments.first))
    #expect(throws: LedgerFailure.self) { try fixture.open() }
    #expect(try LedgerFixture.bytes(try #require(fixture.segments.first)) == bytes)
    #expect(FileSearch.kind(of: FilePath.join(fixture.path, "ledger.json")) == .missing)
  }

  /// A record of the log that says what was pruned.
  private func pruning(_ records: String, keeping: String = "") throws -> [UInt8] {
    let body = Array(
      #"{"at":"2026-01-02T03:04:05.006Z","count":1,"cutoff":"2001-01-01T00:00:00.000Z","keepTypes":[\#(keeping)],"kind":"claw.ledger/pruned/v1","records":"\#(records)"}"#
        .utf8)
    var head = Array(try self.records()[0][..<152])
    head.replaceSubrange(0..<4, with: Array("clwC".utf8))
    head.replaceSubrange(4..<8, with: (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (8 * $0)) })
    head.replaceSubrange(48..<80, with: Hash256(of: body).bytes)
    head.replaceSubrange(80..<112, with: repeatElement(0, count: 32))
    head.replaceSubrange(112..<144, with: MerkleTree.leaf(body).bytes)
    return Self.renumbered(head + body, 10)
  }

  @Test("A pruning of a run that goes on, or of a type that it keeps, is found")
  func prunedAgainstItsPolicy() throws {
    let whole = try records()
    for (keeping, message) in [("", "whose run went on"), (#""DoDRecorded""#, "whose type it keeps")] {
      var records = whole
      records[2] = try Self.pruned(records[2])
      records.append(try pruning("2", keeping: keeping))
      try write(records)
      let found = try report().findings
      #expect(found.allSatisfy { $0.rule == .pruned && $0.index == 10 })
      #expect(found.contains { $0.message.contains(message) }, "\(found)")
      try write(whole)
    }
  }
}
