/// Signatures in minisign's form (its prehashed kind): a line that is not signed, the signature, a line that is, and a
/// signature over both.
package enum Minisign {
  private static let untrusted = "untrusted comment: "
  private static let trusted = "trusted comment: "

  /// The eight bytes that name a key: the first of its identity.
  private static func number(_ key: PublicKey) -> [UInt8] { Array(Digest.sha256(key.spki).prefix(8)) }

  /// The file of a public key.
  package static func publicKeyFile(_ key: PublicKey) -> String {
    "\(untrusted)minisign public key\n\(Base64.encode(Array("Ed".utf8) + number(key) + key.point))\n"
  }

  /// The key of a public key's file, and the eight bytes that it is named by there.
  package static func publicKey(_ file: [UInt8]) throws(KeyFailure) -> (key: PublicKey, number: [UInt8]) {
    let lines = file.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    guard let line = lines.last, lines.count <= 2, let bytes = Base64.decode(line), bytes.count == 42,
      bytes.starts(with: Array("Ed".utf8))
    else { throw KeyFailure("the file holds no minisign public key") }
    return (try PublicKey(ed25519: Array(bytes[10...])), Array(bytes[2..<10]))
  }

  /// The file of a signature over a message; the comment is signed too and is one line.
  package static func sign(_ message: [UInt8], comment: String, _ signer: some Signer) throws(KeyFailure) -> String {
    guard signer.publicKey.algorithm == .ed25519 else { throw KeyFailure("claw signs with Ed25519 keys only") }
    guard comment.utf8.allSatisfy({ $0 >= 0x20 }), comment.utf8.count < 1024 else {
      throw KeyFailure("minisign's comment must be one short line")
    }
    let signature = try signer.sign(Digest.blake2b512(message))
    let whole = try signer.sign(signature + comment.utf8)
    let bytes = Array("ED".utf8) + number(signer.publicKey) + signature
    return """
      \(untrusted)signature of claw
      \(Base64.encode(bytes))
      \(trusted)\(comment)
      \(Base64.encode(whole))

      """
  }

  /// The signed comment, if the signature is the key's; nil if not. `number` is what the key's file calls it, if there
  /// was one.
  package static func verify(
    _ file: [UInt8], _ message: [UInt8], _ key: PublicKey, number given: [UInt8]? = nil
  ) -> String? {
    let lines = file.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard lines.count == 5, lines[4].isEmpty, lines[0].hasPrefix(untrusted), lines[2].hasPrefix(trusted),
      let bytes = Base64.decode(lines[1]), bytes.count == 74, let whole = Base64.decode(lines[3]),
      key.algorithm == .ed25519,
      Array(bytes[2..<10]) == given ?? number(key)
    else { return nil }
    let signature = Array(bytes[10...])
    let comment = String(lines[2].dropFirst(trusted.count))
    let signed: [UInt8]
    switch Array(bytes[..<2]) {
    case Array("ED".utf8): signed = Digest.blake2b512(message)
    case Array("Ed".utf8): signed = message
    default: return nil
    }
    guard key.verifies(signature, signed), key.verifies(whole, signature + comment.utf8) else { return nil }
    return comment
  }
}
