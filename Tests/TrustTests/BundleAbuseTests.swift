import Canonical
import Driver
import Testing

/// The numbers are those of the list of hostile inputs.
@Suite("What a bundle must withstand")
struct BundleAbuseTests {
  private let key: PrivateKey
  private let keys: TrustedKeys

  init() throws {
    key = try Sample.key(1)
    keys = TrustedKeys(pinned: [key.publicKey])
  }

  @Test("A good bundle passes, and says who signed it")
  func good() throws {
    let verified = try Sample.verify(try Sample.signed(by: [key]), keys)
    #expect(verified.bundle == Sample.bundle() && verified.signers == [key.publicKey])
    #expect(verified.marks.mark("default", key.publicKey.id) == .init(sequence: 7, digest: verified.digest))
    #expect(try Sample.signed(by: [key]) == Sample.signed(by: [key]))
  }

  @Test("76: a flipped bit in any byte of the envelope is refused")
  func flippedEnvelope() throws {
    let good = try Sample.signed(by: [key])
    for index in good.indices {
      for bit in 0..<8 {
        var bad = good
        bad[index] ^= 1 << UInt8(bit)
        #expect(throws: TrustFailure.self, "byte \(index), bit \(bit)") { try Sample.verify(bad, keys) }
      }
    }
  }

  @Test("76: a flipped bit in any byte of the bundle inside is refused")
  func flippedBundle() throws {
    let envelope = try Envelope(json: try Sample.signed(by: [key]))
    for index in envelope.payload.indices {
      var bad = envelope
      bad.payload[index] ^= 1 << UInt8(index % 8)
      expect(.badSignature, "byte \(index)") { try Sample.verify(bad.json, keys) }
    }
  }

  @Test("77: another type of payload or predicate is refused, though its signature is right")
  func otherTypes() throws {
    var envelope = Sample.bundle().envelope
    envelope.payloadType = "application/json"
    try envelope.sign(key)
    expect(.wrongPayloadType) { try Sample.verify(envelope.json, keys) }
    let statement = try Statement(canonical: Sample.bundle().envelope.payload)
    for type in Statement.Predicate.allCases where type != .policyBundle {
      var other = Envelope(payload: Statement(type, statement.predicate, subjects: statement.subjects).bytes)
      try other.sign(key)
      expect(.wrongPredicateType) { try Sample.verify(other.json, keys) }
    }
  }

  @Test("78: a key that signs twice counts once")
  func countedOnce() throws {
    let second = try Sample.key(2)
    let both = TrustedKeys(pinned: [key.publicKey, second.publicKey], threshold: 2)
    expect(.threshold) { try Sample.verify(try Sample.signed(by: [key, key]), both) }
    expect(.threshold) { try Sample.verify(try Sample.signed(by: [key]), both) }
    var nameless = Sample.bundle().envelope
    try nameless.sign(key)
    try nameless.sign(key)
    nameless.signatures[1].keyID = ""
    expect(.threshold) { try Sample.verify(nameless.json, both) }
    let twice = TrustedKeys([TrustedKey(key.publicKey), TrustedKey(key.publicKey)], threshold: 2)
    expect(.threshold) { try Sample.verify(try Sample.signed(by: [key]), twice) }
    #expect(try Sample.verify(try Sample.signed(by: [key, second]), both).signers.count == 2)
  }

  @Test("80: unknown, revoked, expired and not yet valid keys don't count")
  func keyStates() throws {
    let good = try Sample.signed(by: [key])
    expect(.unknownKey) { try Sample.verify(good, TrustedKeys(pinned: [try Sample.key(2).publicKey])) }
    expect(.revokedKey) { try Sample.verify(good, TrustedKeys([TrustedKey(key.publicKey, isRevoked: true)])) }
    expect(.expiredKey) { try Sample.verify(good, TrustedKeys([TrustedKey(key.publicKey, expires: Sample.now)])) }
    expect(.earlyKey) { try Sample.verify(good, TrustedKeys([TrustedKey(key.publicKey, notBefore: Sample.now + 1)])) }
    var lying = try Envelope(json: good)
    lying.signatures[0].bytes = try Sample.key(2).sign(lying.signedBytes)
    expect(.badSignature) { try Sample.verify(lying.json, keys) }
  }

  @Test("81: an expired bundle is refused, and so is one before its time and one for a newer claw")
  func times() throws {
    let good = try Sample.signed(by: [key])
    expect(.expired) { try Sample.verify(good, keys, now: Sample.now + 50) }
    expect(.early) { try Sample.verify(good, keys, now: Sample.now - 51) }
    var newer = Sample.bundle()
    for version in ["0.2", "1", "0.1.1", "x", ""] {
      newer.minimumClaw = version
      expect(.oldClaw, version) { try Sample.verify(try Sample.signed(newer, by: [key]), keys) }
    }
  }

  @Test("82, 83: a lower sequence, and an equal one with other content, are refused; the same bundle again is not")
  func sequences() throws {
    let marks = try Sample.verify(try Sample.signed(by: [key]), keys).marks
    #expect(try Sample.verify(try Sample.signed(by: [key]), keys, marks: marks).marks == marks)
    expect(.rollback) {
      try Sample.verify(try Sample.signed(Sample.bundle(sequence: 6), by: [key]), keys, marks: marks)
    }
    expect(.equivocation) {
      try Sample.verify(try Sample.signed(Sample.bundle(name: "x.yml"), by: [key]), keys, marks: marks)
    }
    // Another channel counts for itself, and a higher sequence goes on.
    _ = try Sample.verify(try Sample.signed(Sample.bundle(sequence: 1, channel: "beta"), by: [key]), keys, marks: marks)
    let later = try Sample.verify(try Sample.signed(Sample.bundle(sequence: 8), by: [key]), keys, marks: marks).marks
    #expect(later.mark("default", key.publicKey.id)?.sequence == 8)
    // Another trusted key can't go back either.
    let second = try Sample.key(2)
    let both = TrustedKeys(pinned: [key.publicKey, second.publicKey])
    expect(.rollback) {
      try Sample.verify(try Sample.signed(Sample.bundle(sequence: 6), by: [second]), both, marks: marks)
    }
  }

  @Test("84: after a stolen key signed a very high sequence, a rotation leads back")
  func fastForward() throws {
    let second = try Sample.key(2)
    let marks = try Sample.verify(try Sample.signed(Sample.bundle(sequence: 9_007_199_254_740_991), by: [key]), keys)
      .marks
    expect(.rollback) {
      try Sample.verify(try Sample.signed(Sample.bundle(sequence: 8), by: [key]), keys, marks: marks)
    }
    let rotated = TrustedKeys([TrustedKey(key.publicKey, isRevoked: true), TrustedKey(second.publicKey)])
    #expect(
      try Sample.verify(try Sample.signed(Sample.bundle(sequence: 8), by: [second]), rotated, marks: marks).bundle
        .sequence == 8)
    expect(.revokedKey) {
      try Sample.verify(try Sample.signed(Sample.bundle(sequence: 9), by: [key]), rotated, marks: marks)
    }
  }

  @Test("87: a payload with a repeated name, or in another spelling, is refused though its signature is right")
  func spelling() throws {
    let text = String(decoding: Sample.bundle().envelope.payload, as: UTF8.self)
    for payload in [
      text.replacing("\"sequence\":7", with: "\"sequence\":7,\"sequence\":7"),
      text.replacing("\"sequence\":7", with: "\"sequence\":7.0"),
      text + "\n", text.replacing("\"_type\"", with: "\"\\u005ftype\""),
      text.replacing("\"sequence\":7", with: "\"zequence\":7"), "", "{}",
    ] {
      var envelope = Envelope(payload: Array(payload.utf8))
      try envelope.sign(key)
      expect(.malformedStatement, payload) { try Sample.verify(envelope.json, keys) }
    }
  }

  @Test("90: a key that comes with the file proves nothing")
  func unauthenticated() throws {
    expect(.unauthenticated) { try Sample.verify(try Sample.signed(by: [key]), TrustedKeys([])) }
  }

  @Test("Subjects and hashes must be those of the ruleset")
  func hashes() throws {
    let good = try Statement(canonical: Sample.bundle().envelope.payload)
    for index in good.subjects.indices.prefix(2) {
      var statement = good
      statement.subjects[index].sha256 = Digest.sha256Hex([9])
      var envelope = Envelope(payload: statement.bytes)
      try envelope.sign(key)
      expect(.wrongSubject) { try Sample.verify(envelope.json, keys) }
    }
    let signed = try Sample.signed(by: [key])
    var other = Sample.hashes
    other.policy = Digest.sha256Hex([9])
    expect(.wrongHash) { try Sample.verify(signed, keys, hashes: other) }
    other = Sample.hashes
    other.semantic = Digest.sha256Hex([9])
    expect(.wrongHash) { try Sample.verify(signed, keys, hashes: other) }
  }

  @Test("Size and shape come first")
  func shape() throws {
    expect(.tooLarge) { try Sample.verify([UInt8](repeating: 0x20, count: PolicyBundle.limit + 1), keys) }
    let good = String(decoding: try Sample.signed(by: [key]), as: UTF8.self)
    for text in [
      "", "{}", "[]", good + "x", good.replacing("\"payloadType\"", with: "\"payloadtype\""),
      good.replacing("{\"payload\"", with: "{\"x\":1,\"payload\""),
      good.replacing("\"signatures\":[", with: "\"signatures\":[{},"),
    ] { expect(.malformedEnvelope, text) { try Sample.verify(Array(text.utf8), keys) } }
    var many = Sample.bundle().envelope
    for _ in 0...Envelope.signatureLimit { try many.sign(key) }
    expect(.malformedEnvelope) { try Sample.verify(many.json, keys) }
    expect(.threshold) { try Sample.verify(Sample.bundle().envelope.json, keys) }
  }
}
