package import Canonical
import JSON
import Source

/// A checkpoint of a ledger, signed twice: as a note, which tools of transparency logs read, and as an in-toto statement.
package struct LedgerSeal: Sendable {
  package var checkpoint: Checkpoint
  /// The signed note.
  package var note: [UInt8]
  /// The envelope of the statement, whose subject is the note's file.
  package var envelope: [UInt8]

  /// Signs a checkpoint.
  ///
  /// - Parameters:
  ///   - previous: the checkpoint before, if there is one.
  ///   - time: milliseconds since 1970.
  init(
    _ checkpoint: Checkpoint, previous: Checkpoint?, time: Int, signers: [any Signer]
  ) throws(KeyFailure) {
    self.checkpoint = checkpoint
    var note: SignedNote
    do throws(SignedNote.Failure) { note = try SignedNote(text: checkpoint.text) } catch {
      throw KeyFailure(error.message)
    }
    for signer in signers { try note.sign(signer, name: checkpoint.origin) }
    self.note = note.bytes
    var predicate = CanonicalObject()
    predicate.add("origin", checkpoint.origin)
    if let previous {
      var before = CanonicalObject()
      before.add("root", previous.root.hex)
      before.add("size", previous.size)
      predicate.add("previous", canonical: before.bytes)
    }
    predicate.add("root", checkpoint.root.hex)
    predicate.add("sealedAt", AuditTime.text(milliseconds: time))
    predicate.add("size", checkpoint.size)
    let statement = Statement(
      .ledgerCheckpoint, predicate.bytes, subjects: [.init(name: "checkpoint", sha256: Digest.sha256Hex(note.bytes))])
    var envelope = Envelope(payload: statement.bytes)
    for signer in signers { try envelope.sign(signer) }
    self.envelope = envelope.json
  }
}

/// A checkpoint that somebody gave, read and held against keys.
package struct SignedCheckpoint: Sendable, Equatable {
  package var checkpoint: Checkpoint
  package var note: [UInt8]
  /// The keys that signed it, of those that were asked for.
  package var signed: [PublicKey]
  /// How many of them must have.
  package var threshold: Int
  /// Those that signed it if they are enough, else none: then nobody vouches for it.
  package var signers: [PublicKey] { signed.count >= threshold ? signed : [] }
  /// Why nobody vouches for it; nil if somebody does.
  package var doubt: String? {
    guard signers.isEmpty else { return nil }
    if signed.isEmpty { return "no key that is trusted signed it" }
    return "\(signed.count) of the keys that are trusted signed it, and \(threshold) must"
  }

  /// Reads a note.
  ///
  /// - Parameter keys: who may have signed; a wrong signature of one of them is a failure, none at all is not.
  package init(_ note: [UInt8], keys: CheckpointKeys) throws(LedgerFailure) {
    let read: SignedNote
    do throws(SignedNote.Failure) {
      read = try SignedNote(note)
      checkpoint = try Checkpoint(text: read.text)
    } catch { throw LedgerFailure(.badCheckpoint, error.message) }
    self.note = note
    let names = Set(read.signatures.map(\.name))
    var candidates: [NoteKey] = []
    for key in keys.keys where key.algorithm == .ed25519 {
      for name in names { if let candidate = try? NoteKey(name: name, key: key) { candidates.append(candidate) } }
    }
    guard let found = read.signers(among: candidates) else {
      throw LedgerFailure(.badCheckpoint, "a signature of the checkpoint is wrong")
    }
    signed = []
    for key in found where !signed.contains(key.key) { signed.append(key.key) }
    threshold = keys.threshold
  }
}

extension Ledger {
  /// Signs what the log has now: writes its tiles, the checkpoint and the statement.
  ///
  /// - Parameter heads: where the heads are kept that no ledger may fall behind.
  package func seal(
    _ signers: [any Signer], heads: KeptHeads?, time: Int
  ) throws -> LedgerSeal {
    // One after the other, so that the last checkpoint is the greatest.
    let lock = try DiskFile.write(folder.file("seal.lock"))
    return try lock.locked { try sealed(signers, heads, time) }
  }

  private func sealed(_ signers: [any Signer], _ heads: KeptHeads?, _ time: Int) throws -> LedgerSeal {
    let tail = try exclusively { (writer) throws(LedgerFailure) in writer.end }
    guard tail.size > 0 else { throw LedgerFailure(.empty, "the ledger has no records to seal") }
    try sync(upTo: tail.size)
    let checkpoint = Checkpoint(origin: folder.origin, size: tail.size, root: tail.frontier.root)
    let previous = try folder.lastCheckpoint(keys: [])?.checkpoint
    if let previous, previous.size > tail.size {
      throw LedgerFailure(.rollback, "the ledger has \(tail.size) records, and was sealed with \(previous.size)")
    }
    var tiles = try folder.writeTiles(to: tail, from: previous)
    if let previous, try Self.root(&tiles, previous.size) != previous.root {
      throw LedgerFailure(.fork, "the first \(previous.size) records are not those that were sealed")
    }
    guard try Self.root(&tiles, tail.size) == tail.frontier.root else {
      throw LedgerFailure(.rootMismatch, "the records of the log are not those that were appended: verify it")
    }
    if let heads, let kept = try heads.head(folder.origin) {
      guard kept.size <= tail.size else {
        throw LedgerFailure(.rollback, "the ledger has \(tail.size) records, and had \(kept.size) before")
      }
      guard try Self.root(&tiles, kept.size) == kept.root else {
        throw LedgerFailure(.fork, "the first \(kept.size) records are not those that this machine saw before")
      }
    }
    let seal = try LedgerSeal(checkpoint, previous: previous, time: time, signers: signers)
    try DiskFolder.make(folder.checkpoints)
    for (name, bytes) in [("\(tail.size).note", seal.note), ("\(tail.size).dsse.json", seal.envelope)] {
      try DiskFolder.replace(FilePath.join(folder.checkpoints, name), with: bytes)
    }
    try DiskFolder.replace(folder.file("checkpoint.dsse.json"), with: seal.envelope)
    try DiskFolder.replace(folder.checkpoint, with: seal.note)
    try heads?.keep(folder.origin, size: tail.size, root: tail.frontier.root)
    return seal
  }

  private static func root(_ tiles: inout TileReader, _ size: Int) throws(LedgerFailure) -> Hash256 {
    var local = tiles
    defer { tiles = local }
    return try MerkleTree.root(of: 0..<size) { (level, index) throws(LedgerFailure) in try local.complete(level, index)
    }
  }
}

extension LedgerFolder {
  /// The last checkpoint that was written; nil if the ledger was never sealed.
  package func lastCheckpoint(keys: CheckpointKeys) throws(LedgerFailure) -> SignedCheckpoint? {
    guard let bytes = try DiskFile.read(checkpoint)?.all(limit: SignedNote.limit) else { return nil }
    return try SignedCheckpoint(bytes, keys: keys)
  }

  /// Writes the tiles of the log up to its end; those of an earlier checkpoint are gone on with if they fit it.
  func writeTiles(to tail: LogTail, from previous: Checkpoint?) throws(LedgerFailure) -> TileReader {
    var old = 0
    if let previous, previous.size <= tail.size {
      var reader = TileReader(self, size: previous.size)
      let root = try? MerkleTree.root(of: 0..<previous.size) { (level, index) throws(LedgerFailure) in
        try reader.complete(level, index)
      }
      if root == previous.root { old = previous.size }
    }
    var tiles = try TileWriter(self, old: old)
    var reader = LogReader(self)
    var entries = EntryWriter()
    let next = tiles.next
    // The segment that has the next record, from its start on.
    guard let segment = try segments().last(where: { $0 <= next }) else {
      throw LedgerFailure(.damaged, "the first segment of the log is missing")
    }
    let start = LogPlace(segment: segment, offset: SegmentHead.size)
    var expected = segment
    try reader.scan(from: start, to: tail.place) { (frame, body, _) throws(LedgerFailure) in
      guard frame.index == expected else { throw LedgerFailure(.damaged, "record \(expected) of the log is missing") }
      expected += 1
      guard frame.index >= next else { return }
      let bytes = body.bindMemory(to: UInt8.self)
      guard frame.kind == .event else { return try tiles.add(frame.leaf, data: Array(bytes)) }
      guard let ranges = HashedRanges(bytes) else {
        throw LedgerFailure(.damaged, "record \(frame.index) of the log is no event")
      }
      try tiles.add(frame.leaf, data: entries.bytes(bytes, ranges, hash: frame.hash, prevHash: frame.prevHash))
    }
    try tiles.finish()
    return TileReader(self, size: tail.size)
  }
}
