/// Signatures as `ssh-keygen -Y` makes and verifies them (PROTOCOL.sshsig). The namespace keeps a signature for one
/// purpose from serving another.
package enum SSHSignature {
  private static let magic = Array("SSHSIG".utf8)

  /// What a key signs.
  private static func signedBytes(_ message: [UInt8], _ namespace: String, _ hash: String) -> [UInt8]? {
    let digest: [UInt8]
    switch hash {
    case "sha512": digest = Digest.sha512(message)
    case "sha256": digest = Digest.sha256(message)
    default: return nil
    }
    return magic + SSHWire.string(namespace) + SSHWire.string("") + SSHWire.string(hash) + SSHWire.string(digest)
  }

  /// An armored signature over a message.
  package static func sign(_ message: [UInt8], namespace: String, _ signer: some Signer) throws(KeyFailure) -> String {
    guard signer.publicKey.algorithm == .ed25519 else { throw KeyFailure("claw signs with Ed25519 keys only") }
    let signature = try signer.sign(signedBytes(message, namespace, "sha512") ?? [])
    var blob = magic + SSHWire.number(1) + SSHWire.string(signer.publicKey.sshBlob) + SSHWire.string(namespace)
    blob += SSHWire.string("") + SSHWire.string("sha512")
    blob += SSHWire.string(SSHWire.string("ssh-ed25519") + SSHWire.string(signature))
    return PEM.encode(blob, label: "SSH SIGNATURE", width: 70)
  }

  /// The key among some that made an armored signature over a message for a namespace.
  package static func verify(
    _ armored: [UInt8], _ message: [UInt8], namespace: String, among keys: [PublicKey]
  ) -> PublicKey? {
    guard let (label, blob) = PEM.decode(armored), label == "SSH SIGNATURE" else { return nil }
    var reader = SSHReader(blob)
    guard reader.take(magic), reader.number() == 1, let keyBlob = reader.string(), reader.text() == namespace,
      !namespace.isEmpty,
      reader.string() == [], let hash = reader.text(), let signature = reader.string(), reader.isAtEnd,
      let key = keys.first(where: { $0.sshBlob == keyBlob }), let message = signedBytes(message, namespace, hash)
    else { return nil }
    var body = SSHReader(signature)
    guard let type = body.text(), let bytes = body.string(), body.isAtEnd else { return nil }
    switch (key.algorithm, type) {
    case (.ed25519, "ssh-ed25519"): return key.verifies(bytes, message) ? key : nil
    case (.ecdsaP256, "ecdsa-sha2-nistp256"):
      var numbers = SSHReader(bytes)
      guard let r = numbers.string(), let s = numbers.string(), numbers.isAtEnd else { return nil }
      // Both write big-endian numbers of least length with a sign bit; only the headers differ.
      guard r.count <= 33, s.count <= 33 else { return nil }
      let body = [0x02, UInt8(r.count)] + r + [0x02, UInt8(s.count)] + s
      return key.verifies([0x30, UInt8(body.count)] + body, message) ? key : nil
    default: return nil
    }
  }
}
