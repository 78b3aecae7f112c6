import Canonical
import JSON

/// A line of `proofs.jsonl`: where an event is in the log, and the hashes from its leaf to the root.
struct BundleProof: Sendable, Equatable {
  var seq: Int
  var index: Int
  var path: [Hash256]

  var bytes: [UInt8] {
    var object = CanonicalObject()
    object.add("index", index)
    object.add("path", canonical: CanonicalObject.array(path.map { CanonicalObject.text($0.hex) }))
    object.add("seq", seq)
    return object.bytes
  }

  init(seq: Int, index: Int, path: [Hash256]) {
    self.seq = seq
    self.index = index
    self.path = path
  }

  /// Reads a line; nil if it is none.
  init?(_ line: [UInt8]) {
    guard let value = try? JSONDocument.read(line), value.members?.count == 3, let seq = value["seq"]?.integer,
      let index = value["index"]?.integer, let nodes = value["path"]?.array, nodes.count <= 64
    else { return nil }
    let path = nodes.compactMap { $0.string.flatMap { Hash256(hex: $0) } }
    guard path.count == nodes.count else { return nil }
    self.init(seq: seq, index: index, path: path)
  }
}

/// The statement that is signed with a checkpoint.
enum BundleSeal {
  /// Whether an envelope holds a statement about this note, by those who signed the note if they are trusted.
  static func isAbout(_ signed: SignedCheckpoint, _ envelope: [UInt8]) -> Bool {
    guard let read = try? Envelope(json: envelope), read.payloadType == Envelope.statementType,
      let statement = try? Statement(canonical: read.payload)
    else { return false }
    let signers = read.signers(among: signed.signers)
    return statement.predicateType == Statement.Predicate.ledgerCheckpoint.rawValue
      && statement.subjects == [.init(name: "checkpoint", sha256: Digest.sha256Hex(signed.note))]
      && signed.signers.allSatisfy { signers.contains($0) }
  }
}
