package import Canonical
package import JSON
import Source

/// A proof about a sealed ledger, with all that its reader needs but the key.
package struct LedgerProof: Sendable, Equatable {
  /// What is proven.
  package enum Claim: Sendable, Equatable {
    /// This record is in the log.
    case inclusion(index: Int, leaf: Hash256, data: [UInt8])
    /// The log began as an earlier one was.
    case consistency(size: Int, root: Hash256)
  }

  package var claim: Claim
  package var path: [Hash256]
  /// The signed note of the tree that it is about.
  package var note: [UInt8]
  package var checkpoint: Checkpoint

  /// As JSON.
  package var json: JSONValue {
    var members: [JSONValue.Member] = [.init("schema", 1)]
    func add(_ name: String, _ value: JSONValue) { members.append(.init(name, value)) }
    switch claim {
    case .inclusion(let index, let leaf, let data):
      add("proof", "inclusion")
      add("index", JSONValue(index))
      add("leaf", .string(leaf.hex))
      add("entry", .string(String(decoding: data, as: UTF8.self)))
    case .consistency(let size, let root):
      add("proof", "consistency")
      add("oldSize", JSONValue(size))
      add("oldRoot", .string(root.hex))
    }
    add("origin", .string(checkpoint.origin))
    add("size", JSONValue(checkpoint.size))
    add("root", .string(checkpoint.root.hex))
    add("path", .array(path.map { .string($0.hex) }))
    add("checkpoint", .string(String(decoding: note, as: UTF8.self)))
    return .object(members)
  }

  /// As C2SP's tlog-proof writes it: a head, the hashes in Base64, an empty line, and the checkpoint. For a consistency
  /// proof, which that has no form of, the head says `consistency OLD NEW`.
  package var text: String {
    var lines: [String]
    switch claim {
    case .inclusion(let index, _, _): lines = ["c2sp.org/tlog-proof@v1", "index \(index)"]
    case .consistency(let size, _): lines = ["consistency \(size) \(checkpoint.size)"]
    }
    lines += path.map { Base64.encode($0.bytes) }
    return lines.joined(separator: "\n") + "\n\n" + String(decoding: note, as: UTF8.self)
  }

  /// Whether the proof holds for its checkpoint. Whether that is signed by whom one trusts is another question.
  package var isRight: Bool {
    switch claim {
    case .inclusion(let index, let leaf, let data):
      MerkleTree.leaf(data) == leaf
        && MerkleProof.verifiesInclusion(
          of: leaf, at: index, size: checkpoint.size, root: checkpoint.root, path: path)
    case .consistency(let size, let root):
      MerkleProof.verifiesConsistency(from: size, root, to: checkpoint.size, checkpoint.root, path: path)
    }
  }
}

/// Makes proofs out of the tiles of a checkpoint.
package struct LedgerProver {
  private let signed: SignedCheckpoint
  private var tiles: TileReader

  /// A prover for the last checkpoint of a ledger, or for an earlier one.
  package init(_ folder: LedgerFolder, checkpoint: SignedCheckpoint) throws(LedgerFailure) {
    guard checkpoint.checkpoint.origin == folder.origin else {
      throw LedgerFailure(.badCheckpoint, "the checkpoint is of '\(checkpoint.checkpoint.origin)', another ledger")
    }
    guard let last = try folder.lastCheckpoint(keys: [])?.checkpoint else {
      throw LedgerFailure(.badCheckpoint, "the ledger was never sealed: 'claw ledger seal' does that")
    }
    guard last.size >= checkpoint.checkpoint.size else {
      throw LedgerFailure(
        .rollback, "the checkpoint has \(checkpoint.checkpoint.size) records, and the ledger \(last.size)")
    }
    signed = checkpoint
    tiles = TileReader(folder, size: last.size)
  }

  /// The proof that a record is in the log; `data` is that of its leaf.
  package mutating func inclusion(of index: Int, data: [UInt8]) throws(LedgerFailure) -> LedgerProof {
    let size = signed.checkpoint.size
    guard index < size else {
      throw LedgerFailure(.badProof, "record \(index) came after the checkpoint of \(size) records: seal the ledger")
    }
    var local = tiles
    defer { tiles = local }
    let path = try MerkleProof.inclusion(of: index, size: size) { (level, index) throws(LedgerFailure) in
      try local.complete(level, index)
    }
    return try checked(.inclusion(index: index, leaf: MerkleTree.leaf(data), data: data), path)
  }

  /// The proof that the log began as it was when it had `old` records.
  package mutating func consistency(from old: Int) throws(LedgerFailure) -> LedgerProof {
    let size = signed.checkpoint.size
    guard 0 < old, old <= size else {
      throw LedgerFailure(.badProof, "an earlier log has 1 to \(size) records")
    }
    var local = tiles
    defer { tiles = local }
    let root = try MerkleTree.root(of: 0..<old) { (level, index) throws(LedgerFailure) in
      try local.complete(level, index)
    }
    let path = try MerkleProof.consistency(from: old, to: size) { (level, index) throws(LedgerFailure) in
      try local.complete(level, index)
    }
    return try checked(.consistency(size: old, root: root), path)
  }

  private func checked(_ claim: LedgerProof.Claim, _ path: [Hash256]) throws(LedgerFailure) -> LedgerProof {
    let proof = LedgerProof(claim: claim, path: path, note: signed.note, checkpoint: signed.checkpoint)
    guard proof.isRight else {
      throw LedgerFailure(.badProof, "the log does not fit its checkpoint: verify it")
    }
    return proof
  }
}
