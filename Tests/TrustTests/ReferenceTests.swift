import Canonical
import Driver
import IR
import JSON
import TestSupport
import Testing

@Suite("The reference's bundles and receipts")
struct ReferenceTests {
  private let key: PrivateKey
  private let keys: TrustedKeys

  init() throws {
    key = try Sample.key(7)
    keys = TrustedKeys(pinned: [key.publicKey])
  }

  /// A bundle as the reference writes it.
  private func bundle(hash: String? = nil, extra: String = "") throws -> [UInt8] {
    let policy = #"{"guards":{},"name":"é\u007f","version":"1.1.0"}"#
    let canonical = try ReferenceJSON.bytes(try JSONParser.parse(Array(policy.utf8)))
    let inner =
      #"{"version":"clawdstrike-policy-bundle-v1","bundle_id":"00000000-0000-4000-8000-000000000000","compiled_at":"2026-01-01T00:00:00+00:00","policy":\#(policy),"policy_hash":"0x\#(hash ?? Digest.sha256Hex(canonical))"\#(extra)}"#
    let signature = try key.sign(try ReferenceJSON.bytes(try JSONParser.parse(Array(inner.utf8))))
    return Array(
      #"{ "bundle": \#(inner), "signature": "\#(Digest.hexadecimal(signature))", "public_key": "\#(Digest.hexadecimal(key.publicKey.point))" }"#
        .utf8)
  }

  @Test("A bundle verifies with a pinned key, and its hash is made anew")
  func bundles() throws {
    #expect(try ReferenceBundle(try bundle()).verify(keys, now: 0) == [key.publicKey])
    expect(.wrongHash) {
      try ReferenceBundle(try bundle(hash: String(repeating: "0", count: 64))).verify(keys, now: 0)
    }
    expect(.unauthenticated) { try ReferenceBundle(try bundle()).verify(TrustedKeys([]), now: 0) }
    expect(.badSignature) {
      try ReferenceBundle(try bundle()).verify(TrustedKeys(pinned: [try Sample.key(8).publicKey]), now: 0)
    }
    expect(.malformedEnvelope) { try ReferenceBundle(try bundle(extra: #","x":1"#)) }
    let text = String(decoding: try bundle(), as: UTF8.self)
    expect(.badSignature) {
      try ReferenceBundle(Array(text.replacing("2026-01", with: "2026-02").utf8)).verify(keys, now: 0)
    }
    expect(.malformedEnvelope) {
      try ReferenceBundle(Array(text.replacing(#""guards":{}"#, with: #""guards":{},"guards":{}"#).utf8))
    }
  }

  @Test("A bundle that is written has the bytes that it always had, and reads as what it was")
  func writtenBundle() throws {
    let policy =
      #"{"guards":{"egress_allowlist":{"allow":["api.example.com"],"default_action":"block"}},"version":"1.2.0"}"#
    let source = PolicyBundle(
      policy: Array(policy.utf8), profile: .compat, policyHash: "", semanticHash: "", isExact: true, sources: [],
      channel: "default", sequence: 1, compiledAt: 0, minimumClaw: "0.1.0")
    var made = try ReferenceBundle(try BundleBuilder.compile(source), compiledAt: 1_767_225_600)
    try made.sign(key)
    let golden = "Tests/Vectors/clawdstrike/bundle.signed.json"
    if Repository.isUpdating { try Repository.write(String(decoding: made.bytes, as: UTF8.self), to: golden) }
    let expected = try #require(Repository.text(golden))
    #expect(made.bytes == Array(expected.utf8))
    #expect(!Repository.isUpdating, "the golden file was written")
    let read = try ReferenceBundle(Array(expected.utf8))
    #expect(try read.verify(keys, now: 0) == [key.publicKey])
    #expect(read.bytes == made.bytes)
  }

  private static let receipt =
    #"{"version":"1.0.0","timestamp":"2026-02-06T00:00:04Z","content_hash":"0x00","verdict":{"passed":true}}"#

  private func receipt(_ text: String = receipt) throws -> SignedReceipt {
    try SignedReceipt(receipt: try JSONParser.parse(Array(text.utf8)))
  }

  @Test("A receipt is signed, written, read and verified")
  func receipts() throws {
    var made = try receipt()
    try made.sign(key)
    let read = try SignedReceipt(made.bytes)
    #expect(read == made)
    try read.verify(keys, cosigners: nil, now: 0)
    expect(.badSignature) {
      try read.verify(TrustedKeys(pinned: [try Sample.key(8).publicKey]), cosigners: nil, now: 0)
    }
    expect(.unauthenticated) { try read.verify(TrustedKeys([]), cosigners: nil, now: 0) }
    let bytes = String(decoding: made.bytes, as: UTF8.self)
    let changed = try SignedReceipt(Array(bytes.replacing("true", with: "false").utf8))
    expect(.badSignature) { try changed.verify(keys, cosigners: nil, now: 0) }
  }

  @Test("A cosigner that is asked for is required")
  func cosigner() throws {
    let second = try Sample.key(8)
    let seconds = TrustedKeys(pinned: [second.publicKey])
    var alone = try receipt()
    try alone.sign(key)
    expect(.threshold) { try alone.verify(keys, cosigners: seconds, now: 0) }
    var both = try receipt()
    try both.sign(key, cosigner: second)
    try SignedReceipt(both.bytes).verify(keys, cosigners: seconds, now: 0)
    expect(.badSignature) { try both.verify(keys, cosigners: keys, now: 0) }
  }

  @Test("Another version, or a member that nobody knows, is refused")
  func shape() throws {
    expect(.wrongPredicateType) { try receipt(Self.receipt.replacing("1.0.0", with: "1.1.0")) }
    for (old, new) in [
      (#""passed":true"#, #""passed":1"#), (#""passed":true"#, #""passed":true,"x":1"#),
      (#""verdict""#, #""verdicts""#),
      (#""version""#, #""x":1,"version""#),
    ] { expect(.malformedEnvelope, new) { try receipt(Self.receipt.replacing(old, with: new)) } }
  }
}
