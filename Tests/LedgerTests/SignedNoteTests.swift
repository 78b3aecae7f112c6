import Canonical
import TestSupport
import Testing

@Suite("Signed notes and checkpoints")
struct SignedNoteTests {
  static func key(_ byte: UInt8) throws -> PrivateKey { try PrivateKey(seed: [UInt8](repeating: byte, count: 32)) }

  @Test("A published note verifies with its key, and with no other")
  func published() throws {
    // The example of golang.org/x/mod/sumdb/note.
    let key = try NoteKey(text: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    let text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    let line =
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    let note = try SignedNote(Array((text + "\n" + line).utf8))
    #expect(note.text == text)
    #expect(note.signers(among: [key]) == [key])
    #expect(key.text == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    #expect(try SignedNote(note.bytes) == note)
    let other = try NoteKey(name: "PeterNeumann", key: Self.key(1).publicKey)
    #expect(note.signers(among: [other]) == [])
    var meddled = note
    meddled.text = text.replacing("answer", with: "antwort")
    #expect(meddled.signers(among: [key]) == nil)
  }

  @Test("Signatures of others are passed over; a wrong one of a known key is not")
  func otherSignatures() throws {
    let (first, second) = (try Self.key(1), try Self.key(2))
    var note = try SignedNote(text: Checkpoint(origin: "example.com/log", size: 3, root: MerkleTree.emptyRoot).text)
    try note.sign(first, name: "example.com/log")
    try note.sign(second, name: "witness")
    let read = try SignedNote(note.bytes)
    let keys = [
      try NoteKey(name: "example.com/log", key: first.publicKey), try NoteKey(name: "witness", key: second.publicKey),
    ]
    #expect(read.signers(among: keys) == keys)
    #expect(read.signers(among: [keys[1]]) == [keys[1]])
    var meddled = read
    meddled.signatures[1].bytes[0] ^= 1
    #expect(meddled.signers(among: [keys[0]]) == [keys[0]])
    #expect(meddled.signers(among: keys) == nil)
    #expect(
      try Checkpoint(text: read.text) == Checkpoint(origin: "example.com/log", size: 3, root: MerkleTree.emptyRoot))
  }

  @Test("Each flipped bit of a note is seen")
  func flippedBits() throws {
    let signer = try Self.key(3)
    var note = try SignedNote(text: Checkpoint(origin: "o", size: 70_000, root: MerkleTree.emptyRoot).text)
    try note.sign(signer, name: "o")
    let key = try NoteKey(name: "o", key: signer.publicKey)
    let bytes = note.bytes
    for index in bytes.indices {
      for bit in 0..<8 {
        var meddled = bytes
        meddled[index] ^= 1 << bit
        let signers = (try? SignedNote(meddled))?.signers(among: [key])
        #expect(signers?.isEmpty != false, "byte \(index), bit \(bit)")
      }
    }
  }

  @Test("What is no note, key or checkpoint is refused")
  func refusals() throws {
    for text in [
      "", "text\n", "text\n\n", "text\n\n- a AAAAAAA=\n", "text\n\n— a AAAA\n", "text\n\n— a b AAAAAAA=\n",
      "\u{1}\n\n— a AAAAAAA=\n",
      "text\n\n— a AAAAAAA=", "text\n\n— a+b AAAAAAA=\n",
    ] {
      #expect(throws: SignedNote.Failure.self, "\(text)") { try SignedNote(Array(text.utf8)) }
    }
    for text in [
      "a\n1\n", "a\n01\nAAAA\n", "a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
      "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
      "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n", "a\n1\nAAAA\n",
    ] {
      #expect(throws: SignedNote.Failure.self, "\(text)") { try Checkpoint(text: text) }
    }
    for text in ["a", "a+00000000+AQ==", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"] {
      #expect(throws: KeyFailure.self) { try NoteKey(text: text) }
    }
  }
}
