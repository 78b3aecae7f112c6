import Canonical
import Glibc
import JSON
import Ledger
import Runtime
import Source
import TestSupport
import Testing

/// A sealed run with an artifact that was recorded twice, and a second run beside it.
struct BundleFixture {
  let fixture: LedgerFixture
  let ledger: Ledger
  let run: String
  let signer: PrivateKey
  let artifact: String
  /// The bundle.
  let path: String

  var keys: CheckpointKeys { [signer.publicKey] }

  init(ends: Bool = true, seals: Bool = true) throws {
    fixture = try LedgerFixture("bundle")
    ledger = try fixture.open()
    signer = try PrivateKey(seed: [UInt8](repeating: 3, count: 32))
    path = fixture.path + ".zip"
    let actor = LedgerFixture.actor
    let start = Array(#"{"metadata":{"ticket":"OPS-7"}}"#.utf8)
    run = try ledger.start(payload: start, actor: actor).runId
    try LedgerFixture.fill(ledger, 1, text: "another run")
    _ = try ledger.append([LedgerFixture.note("größe"), LedgerFixture.note("two")], run: run, actor: actor)
    let file = fixture.path + ".txt"
    try LedgerFixture.write(Array("text\n".utf8), to: file)
    artifact = try ledger.put(file, run: run, actor: actor).artifact.sha256
    _ = try ledger.put(file, run: run, actor: actor)
    if ends {
      _ = try ledger.append([EventDraft(type: "RunCompleted", payload: Array("{}".utf8))], run: run, actor: actor)
    }
    // The log goes on behind the run.
    try LedgerFixture.fill(ledger, 1, text: "a third run")
    if seals { _ = try ledger.seal([signer], heads: nil, time: 0) }
  }

  @discardableResult
  func export(_ change: (inout EvidenceExport.Options) -> Void = { _ in }) throws -> EvidenceExport.Result {
    var options = EvidenceExport.Options()
    change(&options)
    return try EvidenceExport(try fixture.view(), options).write(run, to: path)
  }

  func verify(_ keys: CheckpointKeys? = nil) throws -> BundleReport {
    try EvidenceBundle(path).verify(keys: keys ?? self.keys)
  }

  /// Changes the bundle, and says what is found then.
  func change(_ change: (inout OpenedBundle) throws -> Void) throws -> BundleReport {
    var opened = try OpenedBundle(path)
    try change(&opened)
    try opened.write(to: path)
    return try verify()
  }
}

@Suite("Evidence bundles")
struct BundleTests {
  private static let layout = [
    "evidence/run.json", "evidence/events.jsonl", "evidence/schemas/contracts-v1.0.0.json",
    "evidence/schemas/audit-v1.0.0.json", "evidence/artifacts/manifest.json", "evidence/integrity/chain.json",
  ]

  @Test("A sealed run is exported, verifies with its key alone, and is the same run in another ledger")
  func roundTrip() throws {
    let bundle = try BundleFixture()
    let result = try bundle.export()
    #expect(result.eventCount == 6 && result.artifactCount == 1 && result.includedCount == 1)
    #expect(result.checkpointSize == 10)
    let report = try bundle.verify()
    #expect(report.verdict == "consistent and anchored", "\(report.findings)")
    #expect(report.isAnchored && report.eventCount == 6 && report.includedCount == 1 && !report.isReference)
    #expect(try bundle.verify([]).verdict == "internally consistent, unanchored")
    let opened = try OpenedBundle(bundle.path)
    let ours = ["checkpoint.txt", "proofs.jsonl", "seal.dsse.json", "manifest.sha256"].map {
      "evidence/integrity/" + $0
    }
    #expect(opened.entries.map(\.name) == Self.layout + ["evidence/artifacts/\(bundle.artifact)"] + ours)
    #expect(
      opened["evidence/run.json"].map { String(decoding: $0, as: UTF8.self) }?.hasSuffix(
        #""metadata":{"ticket":"OPS-7"},"runId":"\#(bundle.run)"}"#) == true)

    let other = try LedgerFixture("other")
    let target = try other.open()
    let taken = try target.take(try EvidenceBundle(bundle.path))
    #expect(taken == .init(runId: bundle.run, eventCount: 6, artifactCount: 1, wasThere: false))
    #expect(try target.take(try EvidenceBundle(bundle.path)).wasThere)
    func events(_ view: LedgerView) throws -> [[UInt8]] {
      var events: [[UInt8]] = []
      try view.events(bundle.run) { events.append($0.event?.bytes ?? []) }
      return events
    }
    #expect(try events(try other.view()) == events(try bundle.fixture.view()))
    var verification = LedgerVerification(try LedgerFolder(existing: other.path))
    verification.checksArtifacts = true
    let verified = try verification.run()
    #expect(verified.isConsistent && verified.events == 6)
  }

  @Test("The same ledger gives the same bytes, and the file is in place as a whole or not at all")
  func reproducible() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    let first = try LedgerFixture.bytes(bundle.path)
    try bundle.export()
    #expect(try LedgerFixture.bytes(bundle.path) == first)
    let folder = FilePath.directory(of: bundle.path)
    #expect(!(FileSearch.names(in: folder) ?? []).contains { $0.contains(".new-") })
    // What stands there stays if the export fails.
    let stored = FilePath.join(bundle.fixture.path, "artifacts/sha256/\(bundle.artifact.prefix(2))/\(bundle.artifact)")
    try LedgerFixture.write(Array("evil\n".utf8), to: stored)
    #expect(throws: LedgerFailure.self) { try bundle.export() }
    #expect(try LedgerFixture.bytes(bundle.path) == first)
    #expect(!(FileSearch.names(in: folder) ?? []).contains { $0.contains(".new-") })
    #expect(unlink(stored) == 0)
    #expect(throws: LedgerFailure.self) { try bundle.export() }
    #expect(try bundle.export { $0.includesArtifacts = false }.includedCount == 0)
    #expect(try bundle.verify().isAnchored)
    #expect(try bundle.export { $0.maxIncludeBytes = 4 }.includedCount == 0)
    #expect(throws: LedgerFailure.self) { try bundle.export { $0.maxIncludeBytes = 5 } }
  }

  @Test("ClawForge's layout has its entries and no others, and imports")
  func reference() throws {
    let bundle = try BundleFixture()
    try bundle.export { $0.isReference = true }
    let names = try OpenedBundle(bundle.path).entries.map(\.name)
    #expect(names == Self.layout + ["evidence/artifacts/\(bundle.artifact)"])
    let report = try bundle.verify()
    #expect(report.isReference && report.verdict == "internally consistent, unanchored", "\(report.findings)")
    let other = try LedgerFixture("other")
    #expect(try other.open().take(try EvidenceBundle(bundle.path)).eventCount == 6)
  }

  @Test("Policies and packs go along under their names")
  func attachments() throws {
    let bundle = try BundleFixture()
    try bundle.export {
      $0.policies = [.init(name: "p.yml", bytes: [1])]
      $0.packs = [.init(name: "k.yml", bytes: [2])]
    }
    let opened = try OpenedBundle(bundle.path)
    #expect(opened["evidence/policies/p.yml"] == [1] && opened["evidence/packs/k.yml"] == [2])
    #expect(try bundle.verify().isAnchored)
    for name in ["../p.yml", "a/b", "", "a\\b"] {
      #expect(throws: LedgerFailure.self) { try bundle.export { $0.policies = [.init(name: name, bytes: [])] } }
    }
    #expect(throws: LedgerFailure.self) {
      try bundle.export { $0.packs = [.init(name: "a", bytes: []), .init(name: "A", bytes: [])] }
    }
  }

  @Test("Without a seal that has the whole run there is no proof, and a run that goes on is not vouched for to its end")
  func unsealed() throws {
    let bundle = try BundleFixture(ends: false, seals: false)
    #expect(try bundle.export().checkpointSize == nil)
    #expect(try bundle.verify().verdict == "internally consistent, unanchored")
    _ = try bundle.ledger.seal([bundle.signer], heads: nil, time: 0)
    try bundle.export()
    let report = try bundle.verify()
    #expect(report.isSigned && !report.isComplete && !report.isAnchored, "\(report.findings)")
    _ = try bundle.ledger.append([LedgerFixture.note("later")], run: bundle.run, actor: LedgerFixture.actor)
    #expect(try bundle.export().checkpointSize == nil)
    // The last record of the log is the run's: nothing came after it.
    _ = try bundle.ledger.seal([bundle.signer], heads: nil, time: 0)
    try bundle.export()
    #expect(try bundle.verify().isAnchored)
  }

  @Test("A run that is there and another one is not taken in, and nothing of a bundle that is wrong is")
  func refusedImports() throws {
    let bundle = try BundleFixture(ends: false)
    try bundle.export()
    let other = try LedgerFixture("other")
    let target = try other.open()
    _ = try target.take(try EvidenceBundle(bundle.path))
    _ = try target.append([LedgerFixture.note("more")], run: bundle.run, actor: LedgerFixture.actor)
    let failure = #expect(throws: LedgerFailure.self) { try target.take(try EvidenceBundle(bundle.path)) }
    #expect(failure?.rule == .runExists)
    let third = try LedgerFixture("third")
    let empty = try third.open()
    _ = try bundle.change { $0["evidence/artifacts/\(bundle.artifact)"] = Array("evil\n".utf8) }
    #expect(throws: LedgerFailure.self) { try empty.take(try EvidenceBundle(bundle.path)) }
    #expect(try third.view().size == 0)
    #expect(FileSearch.names(in: FilePath.join(third.path, "artifacts")) == nil)
  }

  @Test("An event that append would refuse is refused by import too")
  func invalidEvents() throws {
    let bundle = try BundleFixture()
    try bundle.export { $0.isReference = true }
    let event = AuditEvent(
      eventId: "00000000-0000-4000-8000-000000000000", runId: "5c1d2e3f-4a5b-4c6d-8e7f-901234567890", seq: 1,
      ts: "2026-01-02T03:04:00.006Z", type: "RunStarted", actor: Array(#"{"actorId":"a","actorType":"human"}"#.utf8),
      payload: Array(#"{"nonsense":1}"#.utf8), prevHash: nil)
    let report = try bundle.change {
      $0["evidence/events.jsonl"] = event.bytes + [0x0A]
      $0["evidence/run.json"] = Array(#"{"createdAt":"\#(event.ts)","metadata":{},"runId":"\#(event.runId)"}"#.utf8)
      $0["evidence/artifacts/manifest.json"] = Array(#"{"artifacts":[]}"#.utf8)
      $0["evidence/artifacts/\(bundle.artifact)"] = nil
      $0["evidence/integrity/chain.json"] = Array(
        #"{"eventCount":1,"failures":[],"hashes":["\#(event.hash)"],"runId":"\#(event.runId)","verified":true}"#.utf8)
    }
    #expect(report.isConsistent, "\(report.findings)")
    let other = try LedgerFixture("other")
    let failure = #expect(throws: LedgerFailure.self) {
      try other.open().take(try EvidenceBundle(bundle.path))
    }
    #expect(failure?.rule == .malformedEvent)
  }

  @Test("Bundles with random damage are refused or found wrong, and nothing traps")
  func fuzz() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    let sound = try LedgerFixture.bytes(bundle.path)
    let expected = try OpenedBundle(bundle.path).entries
    var random = SeededGenerator(seed: 5)
    for round in 0..<600 {
      let bytes = round % 2 == 0 ? random.mutated(sound) : Self.flipped(sound, &random)
      guard bytes != sound else { continue }
      try LedgerFixture.write(bytes, to: bundle.path)
      guard let report = try? bundle.verify(), report.isConsistent else { continue }
      // The rights of an entry may change, and who made it: they are no part of what a bundle says.
      let entries = try OpenedBundle(bundle.path).entries
      #expect(entries.elementsEqual(expected) { $0 == $1 }, "round \(round)")
    }
  }

  /// A few bits of the directory, where the structure is.
  private static func flipped(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      bytes[Int.random(in: bytes.count - 900..<bytes.count, using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
    }
    return bytes
  }
}
