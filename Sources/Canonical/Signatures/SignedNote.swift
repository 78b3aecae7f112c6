/// A text with signatures under it (C2SP signed-note): lines, an empty line, and a line for each signature.
package struct SignedNote: Sendable, Equatable {
  /// A line `— NAME BASE64`, in which four bytes that name the key stand before the signature.
  package struct Signature: Sendable, Equatable {
    package var name: String
    package var keyHash: [UInt8]
    package var bytes: [UInt8]
  }

  /// Why bytes are no signed note.
  package struct Failure: Error, Sendable, Equatable {
    package var message: String
  }

  /// Most bytes of a note.
  package static let limit = 1 << 20
  /// Most signatures that are looked at.
  package static let signatureLimit = 100

  /// What was signed, its last line end included.
  package var text: String
  package var signatures: [Signature] = []

  /// A note without signatures; the text must be of whole lines without control characters.
  package init(text: String) throws(Failure) {
    guard text.utf8.last == 0x0A, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A }) else {
      throw Failure(message: "the text of a note is of whole lines without control characters")
    }
    self.text = text
  }

  /// Reads a note.
  package init(_ bytes: [UInt8]) throws(Failure) {
    guard bytes.count <= Self.limit else { throw Failure(message: "the note is larger than \(Self.limit) bytes") }
    guard let whole = String(validating: bytes, as: UTF8.self) else { throw Failure(message: "the note is no UTF-8") }
    // The last empty line divides: a text may have others.
    guard let split = bytes.indices.dropFirst().last(where: { bytes[$0] == 0x0A && bytes[$0 - 1] == 0x0A }),
      bytes.last == 0x0A, split < bytes.count - 1
    else { throw Failure(message: "no signature stands under the note") }
    let divide = whole.utf8.index(whole.utf8.startIndex, offsetBy: split)
    try self.init(text: String(whole[..<divide]))
    for line in bytes[(split + 1)...].split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
      guard signatures.count < Self.signatureLimit else {
        throw Failure(message: "more than \(Self.signatureLimit) signatures")
      }
      signatures.append(try Self.signature(line))
    }
  }

  private static let dash = Array("— ".utf8)

  private static func signature(_ line: ArraySlice<UInt8>) throws(Failure) -> Signature {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard line.starts(with: dash), parts.count == 3, NoteKey.isName(parts[1]),
      let value = Base64.decode(Array(parts[2])),
      value.count >= 5
    else { throw Failure(message: "a line under the note is no signature") }
    return Signature(
      name: String(decoding: parts[1], as: UTF8.self), keyHash: Array(value[..<4]), bytes: Array(value[4...]))
  }

  /// The note as a file.
  package var bytes: [UInt8] {
    var bytes = Array(text.utf8) + [0x0A]
    for signature in signatures {
      bytes += "— \(signature.name) \(Base64.encode(signature.keyHash + signature.bytes))\n".utf8
    }
    return bytes
  }

  /// Adds a signature under a name.
  package mutating func sign(_ signer: some Signer, name: String) throws(KeyFailure) {
    let key = try NoteKey(name: name, key: signer.publicKey)
    signatures.append(Signature(name: name, keyHash: key.hash, bytes: try signer.sign(Array(text.utf8))))
  }

  /// The keys that signed; lines of others are passed over. Nil if a line of one of these keys holds a wrong signature.
  package func signers(among keys: [NoteKey]) -> [NoteKey]? {
    var found: [NoteKey] = []
    for signature in signatures {
      for key in keys where key.name.utf8.elementsEqual(signature.name.utf8) && key.hash == signature.keyHash {
        guard key.key.verifies(signature.bytes, Array(text.utf8)) else { return nil }
        if !found.contains(key) { found.append(key) }
      }
    }
    return found
  }
}

/// A key that verifies notes: a name, and an Ed25519 key (signature type 1).
package struct NoteKey: Sendable, Equatable {
  package let name: String
  package let key: PublicKey

  private static let ed25519: UInt8 = 1

  package init(name: String, key: PublicKey) throws(KeyFailure) {
    guard key.algorithm == .ed25519 else { throw KeyFailure("notes are signed with Ed25519 keys") }
    guard Self.isName(Array(name.utf8)[...]) else {
      throw KeyFailure("the name of a note's key has no white space and no '+': '\(name)'")
    }
    self.name = name
    self.key = key
  }

  /// Reads `NAME+HASH+BASE64`.
  package init(text: String) throws(KeyFailure) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let bytes = Base64.decode(parts[2]), bytes.count == 33 else {
      throw KeyFailure("a note's key is written as NAME+HASH+KEY")
    }
    guard bytes[0] == Self.ed25519 else { throw KeyFailure("the note's key is not of Ed25519") }
    try self.init(name: String(parts[0]), key: try PublicKey(ed25519: Array(bytes[1...])))
    guard Digest.hexadecimal(hash) == parts[1] else { throw KeyFailure("the hash of the note's key is another one") }
  }

  /// The key as text: `NAME+HASH+BASE64`.
  package var text: String { "\(name)+\(Digest.hexadecimal(hash))+\(Base64.encode([Self.ed25519] + key.point))" }

  /// The four bytes that name the key.
  package var hash: [UInt8] { Array(Digest.sha256(Array(name.utf8) + [0x0A, Self.ed25519] + key.point)[..<4]) }

  static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else { return false }
    return text.unicodeScalars.allSatisfy {
      !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 && $0.value != 0x7F
    }
  }
}
