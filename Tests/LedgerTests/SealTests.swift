import Canonical
import Glibc
import JSON
import Ledger
import Runtime
import Source
import TestSupport
import Testing

@Suite("Seals, tiles and proofs")
struct SealTests {
  static var signer: PrivateKey? { try? PrivateKey(seed: [UInt8](repeating: 3, count: 32)) }

  @Test("Tiles of every size have the tree's hashes and the leaves' data, however often it was sealed in between")
  func tiles() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let signer = try #require(Self.signer)
    let run = try ledger.start(actor: LedgerFixture.actor).runId
    var size = 1
    for target in [1, 2, 255, 256, 257, 300, 511, 512, 700] {
      let more = (size..<target).map { LedgerFixture.note("n \($0)") }
      _ = try ledger.append(more, run: run, actor: LedgerFixture.actor)
      size = target
      let seal = try ledger.seal([signer], heads: nil, time: 0)
      #expect(seal.checkpoint.size == size)
      let view = try fixture.view()
      let leaves = try (0..<size).map { try view.leafData($0) }
      #expect(seal.checkpoint.root.bytes == NaiveTree.root(leaves[...]))
      for (index, first) in stride(from: 0, to: size, by: 256).enumerated() {
        let width = min(256, size - first)
        let end = width < 256 ? ".p/\(width)" : ""
        let hashes = try LedgerFixture.bytes(FilePath.join(fixture.path, "tile/0/00\(index)\(end)"))
        #expect(hashes == leaves[first..<first + width].flatMap { MerkleTree.leaf($0).bytes })
        let bundle = try LedgerFixture.bytes(FilePath.join(fixture.path, "tile/entries/00\(index)\(end)"))
        var expected: [UInt8] = []
        for leaf in leaves[first..<first + width] {
          expected.append(UInt8(leaf.count >> 8))
          expected.append(UInt8(leaf.count & 255))
          expected += leaf
        }
        #expect(bundle == expected)
      }
      if size >= 256 {
        let upper = try LedgerFixture.bytes(FilePath.join(fixture.path, "tile/1/000.p/\(size / 256)"))
        var expected: [UInt8] = []
        for tile in 0..<size / 256 {
          let range = tile * 256..<tile * 256 + 256
          expected += NaiveTree.root(leaves[range])
        }
        #expect(upper == expected)
      }
      let folder = try LedgerFolder(existing: fixture.path)
      var prover = try LedgerProver(folder, checkpoint: try #require(try folder.lastCheckpoint(keys: [])))
      for index in Set([0, size / 3, size / 2, size - 1]) {
        let proof = try prover.inclusion(of: index, data: leaves[index])
        #expect(proof.path.map(\.bytes) == NaiveTree.path(index, leaves[...]))
        #expect(proof.isRight)
      }
      for old in Set([1, max(1, size / 3), max(1, size - 1), size]) {
        let proof = try prover.consistency(from: old)
        #expect(proof.isRight)
        #expect(proof.path.map(\.bytes) == NaiveTree.subproof(old, leaves[...], true))
      }
      #expect(throws: LedgerFailure.self) { try prover.inclusion(of: size, data: []) }
    }
    // Tiles that are gone are made anew.
    TemporaryFolder.remove(FilePath.join(fixture.path, "tile"))
    _ = try ledger.seal([signer], heads: nil, time: 0)
    #expect(FileSearch.kind(of: FilePath.join(fixture.path, "tile/entries/000")) == .file)
  }

  @Test("A seal is a note and a statement over its file, signed by the same key")
  func seal() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let signer = try #require(Self.signer)
    #expect(throws: LedgerFailure.self) { try ledger.seal([signer], heads: nil, time: 0) }
    try LedgerFixture.fill(ledger, 2)
    let seal = try ledger.seal([signer], heads: nil, time: 1_767_323_045_006)
    let folder = try LedgerFolder(existing: fixture.path)
    let note = try LedgerFixture.bytes(folder.checkpoint)
    #expect(note == seal.note)
    let key = try NoteKey(name: folder.origin, key: signer.publicKey)
    #expect(try SignedNote(note).signers(among: [key]) == [key])
    let envelope = try Envelope(json: try LedgerFixture.bytes(folder.checkpoint + ".dsse.json"))
    #expect(envelope.signers(among: [signer.publicKey]) == [signer.publicKey])
    let statement = try Statement(canonical: envelope.payload)
    #expect(statement.predicateType == Statement.Predicate.ledgerCheckpoint.rawValue)
    #expect(statement.subjects == [.init(name: "checkpoint", sha256: Digest.sha256Hex(note))])
    let predicate = try JSONParser.parse(statement.predicate, strict: true)
    #expect(predicate["size"]?.integer == 3)
    #expect(predicate["root"]?.string == seal.checkpoint.root.hex)
    #expect(predicate["sealedAt"]?.string == "2026-01-02T03:04:05.006Z")
  }

  @Test("An exported chain is held against a checkpoint: it must have all of its records, and no others")
  func exported() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let run = try LedgerFixture.fill(ledger, 5)
    let checkpoint = try ledger.seal([try #require(Self.signer)], heads: nil, time: 0).checkpoint
    var lines: [[UInt8]] = []
    try fixture.view().events(run) { (record) throws(LedgerFailure) in lines.append(record.event?.bytes ?? []) }
    func result(_ lines: [[UInt8]]) -> ChainResult {
      var verification = ChainVerification()
      for line in lines { verification.add(line: line) }
      return verification.finished(against: checkpoint)
    }
    #expect(result(lines).isValid)
    #expect(result(lines.dropLast()).failures.map(\.reason) == [.treeSize])
    #expect(result([]).failures.map(\.reason) == [.noEvents, .treeSize])
    let other = try LedgerFixture("other")
    let second = try LedgerFixture.fill(try other.open(), 5)
    var strange: [[UInt8]] = []
    try other.view().events(second) { (record) throws(LedgerFailure) in strange.append(record.event?.bytes ?? []) }
    #expect(result(strange).failures.map(\.reason) == [.treeRoot])
    // A log of another implementation has the events themselves for leaves.
    let events = try lines.map { try AuditEvent(canonical: $0).hashedBytes }
    var verification = ChainVerification()
    for line in lines { verification.add(line: line) }
    let root = try #require(Hash256(bytes: NaiveTree.root(events[...])))
    #expect(verification.finished(against: Checkpoint(origin: "o", size: 6, root: root)).isValid)
  }
}

@Suite("Archives and artifacts")
struct ArchiveTests {
  static var signer: PrivateKey? { try? PrivateKey(seed: [UInt8](repeating: 3, count: 32)) }

  @Test("After a pruning every proof, chain and seal still holds, and the log says what went")
  func pruning() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open { $0.segmentLimit = 8192 }
    let signer = try #require(Self.signer)
    let heads = KeptHeads(folder: FilePath.join(FilePath.directory(of: fixture.path), "state"))
    let old = try LedgerFixture.fill(ledger, 20, text: "secret")
    let file = FilePath.join(FilePath.directory(of: fixture.path), "a.txt")
    try LedgerFixture.write(Array("content".utf8), to: file)
    let artifact = try ledger.put(file, run: old, actor: LedgerFixture.actor)
    _ = try ledger.append(
      [EventDraft(type: "RunCompleted", payload: Array("{}".utf8))], run: old, actor: LedgerFixture.actor)
    let open = try LedgerFixture.fill(ledger, 5, text: "public")
    let before = try ledger.seal([signer], heads: heads, time: 0)
    let folder = try LedgerFolder(existing: fixture.path)
    var prover = try LedgerProver(folder, checkpoint: try #require(try folder.lastCheckpoint(keys: [])))
    let proof = try prover.inclusion(of: 3, data: try fixture.view().leafData(3))
    let target = FilePath.join(FilePath.directory(of: fixture.path), "backup")
    let policy = PruningPolicy(cutoff: "2099-01-01T00:00:00.000Z", keepTypes: ["ArtifactRecorded"], moveTo: target)
    #expect(try ledger.prune(PruningPolicy(cutoff: "2001-01-01T00:00:00.000Z", keepTypes: [])).index == nil)
    let result = try ledger.prune(policy)
    #expect(result.runs == 1 && result.events == 22)
    #expect(result.index == 29)
    // The payloads are gone from every file but the archive.
    for path in FileSearch.files(below: fixture.path, isWanted: { _ in true }) {
      #expect(!(try LedgerFixture.bytes(path)).contains(Array("secret 1".utf8)), "\(path)")
    }
    let archived = try LedgerFixture.bytes(try #require(result.archive))
    #expect(archived.split(separator: 0x0A).count == 22)
    // What stays: entries, links, the kept type, other runs.
    let view = try fixture.view()
    #expect(try view.run(old).phase == .completed)
    #expect(try view.event(old, 3).event == nil)
    #expect(try view.event(old, 3).entry.type == "DoDRecorded")
    #expect(try view.event(old, artifact.receipt.seq).event?.hash == artifact.receipt.hash)
    #expect(try StoreTests.isValid(fixture, open, count: 6))
    #expect(proof.isRight)
    var again = try LedgerProver(folder, checkpoint: try SignedCheckpoint(before.note, keys: []))
    #expect(try again.inclusion(of: 3, data: try view.leafData(3)) == proof)
    var verification = LedgerVerification(folder)
    verification.checksArtifacts = true
    try verification.add(try SignedCheckpoint(before.note, keys: [signer.publicKey]))
    verification.add(try #require(try heads.head(folder.origin)))
    let report = try verification.run()
    #expect(report.isAnchored && report.pruned == 22, "\(report.findings)")
    // Life goes on, another pruning finds nothing, and a new seal holds.
    _ = try ledger.append([LedgerFixture.note("later")], run: open, actor: LedgerFixture.actor)
    #expect(try ledger.prune(policy).index == nil)
    let after = try ledger.seal([signer], heads: heads, time: 0)
    #expect(after.checkpoint.size == 31)
    var last = try LedgerProver(folder, checkpoint: try #require(try folder.lastCheckpoint(keys: [])))
    #expect(try last.consistency(from: before.checkpoint.size).isRight)
    #expect(try StoreTests.isValid(fixture, open, count: 7))
  }

  @Test("An event's own time does not make a run older than its place in the log, and ledgers may share an archive")
  func retention() throws {
    var archives: Set<String> = []
    let target = FilePath.join(try TemporaryFolder.make("backup"), "shared")
    defer { TemporaryFolder.remove(FilePath.directory(of: target)) }
    for name in ["one", "two"] {
      let fixture = try LedgerFixture(name)
      let ledger = try fixture.open()
      let run = try LedgerFixture.fill(ledger, 1, text: name)
      var end = EventDraft(type: "RunCompleted", payload: Array("{}".utf8))
      end.ts = "2001-01-01T00:00:00.000Z"
      _ = try ledger.append([end], run: run, actor: LedgerFixture.actor)
      let early = PruningPolicy(cutoff: "2020-01-01T00:00:00.000Z", keepTypes: [], moveTo: target)
      #expect(try ledger.prune(early).index == nil)
      let late = PruningPolicy(cutoff: "2099-01-01T00:00:00.000Z", keepTypes: [], moveTo: target)
      let archive = try #require(try ledger.prune(late).archive)
      #expect(String(decoding: try LedgerFixture.bytes(archive), as: UTF8.self).contains(name))
      archives.insert(archive)
    }
    #expect(archives.count == 2)
    for archive in archives {
      #expect(try LedgerFixture.bytes(archive).split(separator: 0x0A).count == 3)
    }
  }

  @Test("Artifacts are stored by their digest, once, and what is wrong with them is found")
  func artifacts() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let run = try ledger.start(actor: LedgerFixture.actor).runId
    let above = FilePath.directory(of: fixture.path)
    let source = FilePath.join(above, "report.PDF")
    let content = Array("some bytes".utf8)
    try LedgerFixture.write(content, to: source)
    let (receipt, stored) = try ledger.put(source, run: run, actor: LedgerFixture.actor)
    #expect(stored.sha256 == Digest.sha256Hex(content) && stored.size == content.count && !stored.wasThere)
    let place = FilePath.join(fixture.path, "artifacts/sha256/\(stored.sha256.prefix(2))/\(stored.sha256)")
    #expect(try LedgerFixture.bytes(place) == content)
    let event = try #require(try fixture.view().event(run, receipt.seq).event)
    #expect(
      String(decoding: event.payload, as: UTF8.self)
        == #"{"artifactId":"\#(stored.sha256)","label":"report.PDF","mime":"application/pdf","sha256":"\#(stored.sha256)","size":10}"#
    )
    #expect(try ledger.put(source, run: run, label: "again", actor: LedgerFixture.actor).artifact.wasThere)
    func rule(_ body: () throws -> Void) -> LedgerFailure.Rule? {
      do { try body() } catch { return (error as? LedgerFailure)?.rule }
      return nil
    }
    let library = ArtifactLibrary(try LedgerFolder(existing: fixture.path))
    #expect(rule { try library.check(stored.sha256, size: 10) } == nil)
    #expect(rule { try library.check(stored.sha256, size: 11) } == .artifactMismatch)
    #expect(rule { try library.check("../../ledger.json") } == .invalidHash)
    #expect(rule { try library.check(String(repeating: "0", count: 64)) } == .artifactNotFound)
    let empty = FilePath.join(above, "empty")
    try LedgerFixture.write([], to: empty)
    #expect(rule { _ = try library.put(empty) } == .emptyArtifact)
    let link = FilePath.join(above, "link")
    symlink(source, link)
    #expect(rule { _ = try library.put(link) } == .pathTraversal)
    #expect(rule { _ = try library.put(FilePath.join(above, "missing")) } == .artifactNotFound)
    let large = FilePath.join(above, "large")
    try LedgerFixture.write([], to: large)
    truncate(large, off_t(ArtifactLibrary.limit + 1))
    #expect(rule { _ = try library.put(large) } == .artifactTooLarge)
    // Bytes that changed on the disk.
    try LedgerFixture.write(Array("Some bytes".utf8), to: place)
    #expect(rule { _ = try library.put(source) } == .artifactMismatch)
    var verification = LedgerVerification(try LedgerFolder(existing: fixture.path))
    verification.checksArtifacts = true
    #expect(try verification.run().findings.map(\.rule) == [.artifactMismatch])
    unlink(place)
    symlink(source, place)
    #expect(rule { _ = try library.put(source) } == .pathTraversal)
    // Nothing is left of what was not taken in.
    let names = FileSearch.names(in: FilePath.join(fixture.path, "artifacts/sha256")) ?? []
    #expect(names.allSatisfy { $0.utf8.count == 2 })
  }

  @Test("The canonical checker and the canonical writer agree on every text")
  func checker() {
    var generator = SeededGenerator(seed: 11)
    var checker = CanonicalChecker()
    let seeds = [
      #"{"a":[1,2.5,-0.001,1e+21,{"b":"é\n😀","c":null}],"b":"\u0001\"","é":true,"😀":{}}"#,
      #"[0,-1,100,9007199254740991,5e-324]"#,
      #"{"actor":{"actorId":"a"},"eventId":"x","payload":{},"seq":12}"#,
    ]
    var count = 0
    for round in 0..<60_000 {
      let seed = Array(seeds[round % seeds.count].utf8)
      let bytes = round < 3 ? seed : generator.mutated(seed)
      let canonical = try? CanonicalText.canonical(bytes)
      let isCanonical = bytes.withUnsafeBufferPointer { checker.isCanonical($0) }
      #expect(isCanonical == (canonical == bytes), "\(String(decoding: bytes, as: UTF8.self))")
      if isCanonical { count += 1 }
    }
    #expect(count > 100)
  }
}
