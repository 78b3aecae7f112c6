/// Keys as files have them.
package enum KeyFile {
  /// What a private key's file holds.
  package enum Private {
    /// A key.
    case key(PrivateKey)
    /// A key that a passphrase opens.
    case sealed
  }

  // MARK: Public keys

  /// The key of a file: PEM (SubjectPublicKeyInfo), a line of OpenSSH, or 64 hexadecimal digits.
  package static func publicKey(_ file: [UInt8]) throws(KeyFailure) -> PublicKey {
    if let (label, bytes) = PEM.decode(file) {
      guard label == "PUBLIC KEY" else { throw KeyFailure("a public key stands under PUBLIC KEY, not \(label)") }
      return try PublicKey(spki: bytes)
    }
    let words = file.split(whereSeparator: { $0 <= 0x20 }).map { String(decoding: $0, as: UTF8.self) }
    if words.count >= 2, words[0].hasPrefix("ssh-") || words[0].hasPrefix("ecdsa-") {
      guard let blob = Base64.decode(words[1]) else { throw KeyFailure("the SSH key is no Base64") }
      let key = try PublicKey(sshBlob: blob)
      var reader = SSHReader(blob)
      guard reader.text() == words[0] else { throw KeyFailure("the SSH key is of another type than its line says") }
      return key
    }
    if words.count == 1, let point = hexKey(words[0]) { return try PublicKey(ed25519: point) }
    throw KeyFailure("the file holds no public key (PEM, OpenSSH, or 64 hexadecimal digits)")
  }

  /// A key as PEM.
  package static func pem(_ key: PublicKey) -> String { PEM.encode(key.spki, label: "PUBLIC KEY") }

  /// A key as OpenSSH writes it, without a comment.
  package static func openSSH(_ key: PublicKey) -> String {
    let name = key.algorithm == .ed25519 ? "ssh-ed25519" : "ecdsa-sha2-nistp256"
    return "\(name) \(Base64.encode(key.sshBlob))"
  }

  // MARK: Private keys

  private static let ed25519Prefix: [UInt8] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]

  /// The key of a file: PKCS#8 in PEM, OpenSSH's own form, or 64 hexadecimal digits.
  package static func privateKey(_ file: [UInt8], passphrase: [UInt8]? = nil) throws(KeyFailure) -> Private {
    if let (label, bytes) = PEM.decode(file) {
      switch label {
      case "PRIVATE KEY": return .key(try key(pkcs8: bytes))
      case "ENCRYPTED PRIVATE KEY":
        guard let passphrase else { return .sealed }
        guard let opened = OpenSSL.decrypt(pkcs8: bytes, passphrase: passphrase) else {
          throw KeyFailure("the passphrase does not open the key")
        }
        return .key(try key(pkcs8: opened))
      case "OPENSSH PRIVATE KEY": return .key(try OpenSSHKey.parse(bytes))
      default: throw KeyFailure("\(label) is no form of key that claw takes: PKCS#8 or OpenSSH")
      }
    }
    let words = file.split(whereSeparator: { $0 <= 0x20 }).map { String(decoding: $0, as: UTF8.self) }
    if words.count == 1, let seed = hexKey(words[0]) { return .key(try PrivateKey(seed: seed)) }
    throw KeyFailure("the file holds no private key (PKCS#8, OpenSSH, or 64 hexadecimal digits)")
  }

  private static func hexKey(_ text: String) -> [UInt8]? {
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    return Hexadecimal.decode(digits).flatMap { $0.count == 32 ? $0 : nil }
  }

  private static func key(pkcs8 bytes: [UInt8]) throws(KeyFailure) -> PrivateKey {
    guard bytes.starts(with: ed25519Prefix), bytes.count == ed25519Prefix.count + 32 else {
      throw KeyFailure("claw signs with Ed25519 keys only")
    }
    return try PrivateKey(seed: Array(bytes[ed25519Prefix.count...]))
  }

  /// A key as PKCS#8 in PEM.
  package static func pem(_ key: PrivateKey) -> String { PEM.encode(ed25519Prefix + key.seed, label: "PRIVATE KEY") }

  /// How often a passphrase is hashed: what makes trying many slow.
  private static let rounds: Int32 = 600_000

  /// A key as encrypted PKCS#8 in PEM; `salt` are 16 random bytes.
  package static func pem(_ key: PrivateKey, passphrase: [UInt8], salt: [UInt8]) throws(KeyFailure) -> String {
    guard
      let sealed = OpenSSL.encrypt(pkcs8: ed25519Prefix + key.seed, passphrase: passphrase, salt: salt, rounds: rounds)
    else {
      throw KeyFailure("OpenSSL can't encrypt the key")
    }
    return PEM.encode(sealed, label: "ENCRYPTED PRIVATE KEY")
  }
}

/// OpenSSH's own form of private keys (PROTOCOL.key).
enum OpenSSHKey {
  static func parse(_ bytes: [UInt8]) throws(KeyFailure) -> PrivateKey {
    let cutOff = KeyFailure("the OpenSSH key is cut off")
    var reader = SSHReader(bytes)
    guard reader.take(Array("openssh-key-v1\0".utf8)), let cipher = reader.text(), let derivation = reader.text(),
      reader.string() != nil, let count = reader.number(), let blob = reader.string(), let inner = reader.string(),
      reader.isAtEnd
    else { throw cutOff }
    guard cipher == "none", derivation == "none" else {
      throw KeyFailure("the OpenSSH key has a passphrase: load it into ssh-agent and name its public key instead")
    }
    guard count == 1 else { throw KeyFailure("the file holds \(count) keys") }
    var body = SSHReader(inner)
    guard let first = body.number(), let second = body.number(), first == second, let type = body.text() else {
      throw cutOff
    }
    guard type == "ssh-ed25519" else { throw KeyFailure("claw signs with Ed25519 keys only, and this one is \(type)") }
    guard let point = body.string(), let secret = body.string(), secret.count == 64, body.string() != nil else {
      throw cutOff
    }
    // Behind the comment 1, 2, 3 … fill the block.
    guard body.rest.enumerated().allSatisfy({ Int($1) == $0 + 1 }), body.rest.count < 8 else { throw cutOff }
    let key = try PrivateKey(seed: Array(secret[..<32]))
    guard key.publicKey.point == point, Array(secret[32...]) == point, key.publicKey.sshBlob == blob else {
      throw KeyFailure("the two halves of the OpenSSH key don't belong together")
    }
    return key
  }
}
