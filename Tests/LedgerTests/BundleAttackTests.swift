import Canonical
import JSON
import Ledger
import Testing

/// Whoever changes a bundle makes its list of digests anew; what is changed is found all the same.
@Suite("Attacks on evidence bundles")
struct BundleAttackTests {
  private static let events = "evidence/events.jsonl"
  private static let chain = "evidence/integrity/chain.json"
  private static let proofs = "evidence/integrity/proofs.jsonl"
  private static let checkpoint = "evidence/integrity/checkpoint.txt"
  private static let seal = "evidence/integrity/seal.dsse.json"

  private static func lines(_ bytes: [UInt8]?) -> [[UInt8]] {
    (bytes ?? []).split(separator: 0x0A).map(Array.init)
  }

  private static func text(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [0x0A] } }

  /// Events with hashes, links and the verifier's result made anew.
  private static func rewrite(
    _ opened: inout OpenedBundle, _ change: (inout [AuditEvent]) -> Void
  ) throws {
    var events = try lines(opened[events]).map { try AuditEvent(canonical: $0) }
    change(&events)
    var previous: String?
    for index in events.indices {
      let event = events[index]
      events[index] = AuditEvent(
        eventId: event.eventId, runId: event.runId, seq: index + 1, ts: event.ts, type: event.type, actor: event.actor,
        payload: event.payload, prevHash: previous)
      previous = events[index].hash
    }
    opened[Self.events] = text(events.map(\.bytes))
    var result = CanonicalObject()
    result.add("eventCount", events.count)
    result.add("failures", canonical: Array("[]".utf8))
    result.add("hashes", canonical: CanonicalObject.array(events.map { CanonicalObject.text($0.hash) }))
    result.add("runId", events.first?.runId ?? "")
    result.add("verified", true)
    opened[chain] = result.bytes
  }

  private func expect(_ report: BundleReport, _ rule: LedgerFailure.Rule) {
    #expect(!report.isConsistent && report.findings.contains { $0.rule == rule }, "\(report.findings)")
  }

  @Test("An event is edited")
  func edited() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    expect(
      try bundle.change {
        var lines = Self.lines($0[Self.events])
        lines[1] = Array(String(decoding: lines[1], as: UTF8.self).replacing("größe", with: "grösse").utf8)
        $0[Self.events] = Self.text(lines)
        $0.listAgain()
      }, .hashMismatch)
  }

  @Test("An event is edited, and all hashes and links made anew")
  func relinked() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    expect(
      try bundle.change {
        try Self.rewrite(&$0) { $0[1].payload = Array(#"{"note":"evil"}"#.utf8) }
        $0.listAgain()
      }, .badProof)
  }

  @Test("The tail is dropped, with its proofs, and everything else is made to fit: the run has not ended any more")
  func tail() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    let report = try bundle.change {
      try Self.rewrite(&$0) { $0.removeLast() }
      $0[Self.proofs] = Self.text(Self.lines($0[Self.proofs]).dropLast())
      $0.listAgain()
    }
    #expect(!report.isAnchored && !report.isComplete, "\(report.verdict)")
    #expect(report.verdict.contains("may be missing"))
  }

  @Test("The tail is dropped and its proofs are left, or the other way round")
  func halfTail() throws {
    for entry in [Self.events, Self.proofs] {
      let bundle = try BundleFixture()
      try bundle.export()
      expect(
        try bundle.change {
          $0[entry] = Self.text(Self.lines($0[entry]).dropLast())
          $0.listAgain()
        }, .badProof)
    }
  }

  @Test("An event in the middle is dropped, with its proof")
  func middle() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    expect(
      try bundle.change {
        try Self.rewrite(&$0) { $0.remove(at: 2) }
        var proofs = Self.lines($0[Self.proofs])
        proofs.remove(at: 2)
        $0[Self.proofs] = Self.text(proofs)
        $0.listAgain()
      }, .badProof)
  }

  @Test("An artifact gets other bytes, is dropped, or one is added")
  func artifacts() throws {
    let name = "evidence/artifacts/"
    for (bytes, rule) in [(Array("evil\n".utf8), LedgerFailure.Rule.artifactMismatch), (nil, .artifactNotFound)] {
      let bundle = try BundleFixture()
      try bundle.export()
      expect(
        try bundle.change {
          $0[name + bundle.artifact] = bytes
          $0.listAgain()
        }, rule)
    }
    let bundle = try BundleFixture()
    try bundle.export()
    expect(
      try bundle.change {
        $0[name + Digest.sha256Hex([1])] = [1]
        $0.listAgain()
      }, .badBundle)
  }

  @Test("An artifact is listed under another name, or not at all")
  func list() throws {
    let name = "evidence/artifacts/manifest.json"
    for (old, new) in [("ledger.txt", "invoice.txt"), ("\"size\":5", "\"size\":6")] {
      let bundle = try BundleFixture()
      try bundle.export()
      let report = try bundle.change {
        let text = String(decoding: $0[name] ?? [], as: UTF8.self)
        #expect(text.contains(old))
        $0[name] = Array(text.replacing(old, with: new).utf8)
        $0.listAgain()
      }
      expect(report, .badBundle)
    }
    let bundle = try BundleFixture()
    try bundle.export()
    expect(
      try bundle.change {
        $0[name] = Array(#"{"artifacts":[]}"#.utf8)
        $0["evidence/artifacts/\(bundle.artifact)"] = nil
        $0.listAgain()
      }, .badBundle)
  }

  @Test("The checkpoint is another ledger's, signed by the same key")
  func otherCheckpoint() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    let other = try LedgerFixture("other")
    let ledger = try other.open()
    try LedgerFixture.fill(ledger, 9)
    let seal = try ledger.seal([bundle.signer], heads: nil, time: 0)
    expect(
      try bundle.change {
        $0[Self.checkpoint] = seal.note
        $0[Self.seal] = seal.envelope
        $0.listAgain()
      }, .badProof)
    // With the old statement the two don't fit either.
    try bundle.export()
    expect(
      try bundle.change {
        $0[Self.checkpoint] = seal.note
        $0.listAgain()
      }, .badCheckpoint)
  }

  @Test("The checkpoint is edited, and signed by somebody else or by nobody")
  func forgedCheckpoint() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    let forger = try PrivateKey(seed: [UInt8](repeating: 4, count: 32))
    let report = try bundle.change {
      var note = try SignedNote($0[Self.checkpoint] ?? [])
      note.signatures = []
      try note.sign(forger, name: "claw.example/ledger/x")
      $0[Self.checkpoint] = note.bytes
      $0[Self.seal] = nil
      $0.listAgain()
    }
    #expect(report.signers.isEmpty && !report.isAnchored && report.verdict == "internally consistent, unanchored")
    try bundle.export()
    expect(
      try bundle.change {
        let text = String(decoding: $0[Self.checkpoint] ?? [], as: UTF8.self)
        $0[Self.checkpoint] = Array(text.replacing("\n10\n", with: "\n11\n").utf8)
        $0[Self.seal] = nil
        $0.listAgain()
      }, .badCheckpoint)
  }

  @Test("Proofs are dropped, moved or made up")
  func proofs() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    expect(
      try bundle.change {
        $0[Self.proofs] = nil
        $0.listAgain()
      }, .badProof)
    try bundle.export()
    expect(
      try bundle.change {
        var lines = Self.lines($0[Self.proofs])
        lines.swapAt(1, 2)
        $0[Self.proofs] = Self.text(lines)
        $0.listAgain()
      }, .badProof)
    try bundle.export()
    expect(
      try bundle.change {
        $0[Self.proofs] = Self.text(Self.lines($0[Self.events]).map { _ in Array("{}".utf8) })
        $0.listAgain()
      }, .badProof)
    // Without checkpoint and proofs nothing vouches for it, and it says so.
    try bundle.export()
    let report = try bundle.change {
      for name in [Self.proofs, Self.checkpoint, Self.seal] { $0[name] = nil }
      $0.listAgain()
    }
    #expect(report.verdict == "internally consistent, unanchored", "\(report.findings)")
  }

  @Test("The checkpoint is one that this machine did not see, of the same size and signed by the same key")
  func fork() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    var report = try bundle.verify()
    let checkpoint = try #require(report.checkpoint)
    report.hold(against: .init(size: checkpoint.size, root: checkpoint.root))
    #expect(report.isAnchored)
    report.hold(against: .init(size: checkpoint.size, root: MerkleTree.emptyRoot))
    expect(report, .fork)
  }

  @Test("Metadata, time or identity of the run are edited")
  func run() throws {
    for (old, new) in [
      ("OPS-7", "OPS-8"), ("\"createdAt\":\"2", "\"createdAt\":\"1"), ("\"runId\":\"", "\"runId\":\"x"),
    ] {
      let bundle = try BundleFixture()
      try bundle.export()
      let name = "evidence/run.json"
      expect(
        try bundle.change {
          let text = String(decoding: $0[name] ?? [], as: UTF8.self)
          #expect(text.contains(old))
          $0[name] = Array(text.replacing(old, with: new).utf8)
          $0.listAgain()
        }, .badBundle)
    }
  }

  @Test("The verifier's result in the bundle is believed by nobody")
  func result() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    expect(
      try bundle.change {
        let text = String(decoding: $0[Self.chain] ?? [], as: UTF8.self)
        $0[Self.chain] = Array(text.replacing("\"verified\":true", with: "\"verified\":false").utf8)
        $0.listAgain()
      }, .badBundle)
  }

  @Test("The list of digests does not fit, lacks a line, or is gone")
  func manifest() throws {
    let bundle = try BundleFixture()
    try bundle.export()
    expect(
      try bundle.change { $0["evidence/schemas/audit-v1.0.0.json"] = Array("{}".utf8) }, .hashMismatch)
    try bundle.export()
    expect(
      try bundle.change {
        $0[OpenedBundle.manifest] = Self.text(Self.lines($0[OpenedBundle.manifest]).dropLast())
      }, .badBundle)
    try bundle.export()
    expect(try bundle.change { $0[OpenedBundle.manifest] = nil }, .badBundle)
  }
}
