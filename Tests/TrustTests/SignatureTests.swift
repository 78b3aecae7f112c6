import Canonical
import Testing

@Suite("Signatures and keys")
struct SignatureTests {
  @Test("Abuse 79: malleated, truncated and padded Ed25519 signatures are refused")
  func malleated() throws {
    let key = try Sample.key(1)
    let message = Array("message".utf8)
    let good = try key.sign(message)
    #expect(key.publicKey.verifies(good, message))
    // S + L is the same number in the group, and another signature.
    let order: [UInt8] = [
      0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0,
      0, 0, 0x10,
    ]
    var malleated = good
    var carry = 0
    for index in 0..<32 {
      let sum = Int(good[32 + index]) + Int(order[index]) + carry
      malleated[32 + index] = UInt8(sum & 0xFF)
      carry = sum >> 8
    }
    for bad in [
      malleated, Array(good.dropLast()), good + [0], Array(good.dropFirst()), [], [UInt8](repeating: 0, count: 64),
    ] {
      #expect(!key.publicKey.verifies(bad, message))
    }
    for index in 0..<64 {
      var bad = good
      bad[index] ^= 1
      #expect(!key.publicKey.verifies(bad, message))
    }
  }

  @Test("Keys of small order, that are no canonical point, or of another length are refused")
  func weakKeys() {
    let zeros = [UInt8](repeating: 0, count: 32)
    var minusZero = zeros
    minusZero[31] = 0x80
    var one = zeros
    one[0] = 1
    var large = [UInt8](repeating: 0xFF, count: 32)
    large[0] = 0xEE
    let order8 = Hexadecimal.decode("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05") ?? []
    for point in [zeros, minusZero, one, large, order8, Array(zeros.dropLast()), zeros + [0]] {
      #expect(throws: KeyFailure.self) { try PublicKey(ed25519: point) }
    }
    #expect(throws: KeyFailure.self) { try PublicKey(p256: [4] + [UInt8](repeating: 1, count: 64)) }
  }

  @Test("A key has one identity, and its forms are read back")
  func forms() throws {
    let key = try Sample.key(7)
    let shown = key.publicKey
    #expect(shown.id == Digest.sha256Hex(shown.spki))
    #expect(Digest.hexadecimal(shown.point) == "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c")
    for text in [
      KeyFile.pem(shown), KeyFile.openSSH(shown), KeyFile.openSSH(shown) + " me@here\n",
      Digest.hexadecimal(shown.point),
    ] {
      #expect(try KeyFile.publicKey(Array(text.utf8)) == shown)
    }
    #expect(try Minisign.publicKey(Array(Minisign.publicKeyFile(shown).utf8)).key == shown)
    guard case .key(let read) = try KeyFile.privateKey(Array(KeyFile.pem(key).utf8)) else {
      Issue.record("no key")
      return
    }
    #expect(read.seed == key.seed)
    for text in [
      "", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "ssh-rsa AAAA", "ssh-ed25519 !!",
    ] {
      #expect(throws: KeyFailure.self) { try KeyFile.publicKey(Array(text.utf8)) }
    }
  }

  @Test("An encrypted key opens with its passphrase only")
  func encrypted() throws {
    let key = try Sample.key(9)
    let text = Array(
      try KeyFile.pem(key, passphrase: Array("a pass phrase".utf8), salt: [UInt8](repeating: 5, count: 16)).utf8)
    guard case .sealed = try KeyFile.privateKey(text) else {
      Issue.record("the key is open")
      return
    }
    guard case .key(let read) = try KeyFile.privateKey(text, passphrase: Array("a pass phrase".utf8)) else { return }
    #expect(read.seed == key.seed)
    #expect(throws: KeyFailure.self) { try KeyFile.privateKey(text, passphrase: Array("another".utf8)) }
  }

  @Test("SSH signatures hold for one namespace, one message and a known key")
  func ssh() throws {
    let key = try Sample.key(2)
    let message = Array("some file".utf8)
    let text = Array(try SSHSignature.sign(message, namespace: "claw.policy-bundle.v1", key).utf8)
    let keys = [try Sample.key(3).publicKey, key.publicKey]
    #expect(SSHSignature.verify(text, message, namespace: "claw.policy-bundle.v1", among: keys) == key.publicKey)
    // Abuse 77: another namespace.
    #expect(SSHSignature.verify(text, message, namespace: "file", among: keys) == nil)
    #expect(SSHSignature.verify(text, message, namespace: "", among: keys) == nil)
    #expect(SSHSignature.verify(text, message + [0], namespace: "claw.policy-bundle.v1", among: keys) == nil)
    #expect(SSHSignature.verify(text, message, namespace: "claw.policy-bundle.v1", among: [keys[0]]) == nil)
  }

  @Test("minisign's signed comment is signed")
  func minisign() throws {
    let key = try Sample.key(2)
    let message = Array("some file".utf8)
    let text = try Minisign.sign(message, comment: "sequence:7", key)
    #expect(Minisign.verify(Array(text.utf8), message, key.publicKey) == "sequence:7")
    #expect(Minisign.verify(Array(text.replacing(":7", with: ":8").utf8), message, key.publicKey) == nil)
    #expect(Minisign.verify(Array(text.utf8), message + [1], key.publicKey) == nil)
    #expect(Minisign.verify(Array(text.utf8), message, try Sample.key(3).publicKey) == nil)
    #expect(throws: KeyFailure.self) { try Minisign.sign(message, comment: "two\nlines", key) }
  }

  @Test("A Sigstore bundle has one signature and no name of its key")
  func sigstore() throws {
    let key = try Sample.key(2)
    var envelope = Envelope(payload: Array("{}".utf8))
    try envelope.sign(key)
    let bundle = try #require(SigstoreBundle.bytes(envelope, key.publicKey))
    #expect(SigstoreBundle.envelope(bundle)?.signers(among: [key.publicKey]) == [key.publicKey])
    try envelope.sign(try Sample.key(3))
    #expect(SigstoreBundle.bytes(envelope, key.publicKey) == nil)
  }
}
