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

  /// Receipts that the reference made and signed with a seed of 32 bytes of 7, and the digest of what it signed.
  private static let published: [(body: String, sha256: String, signature: String)] = [
    (
      #""provenance": {"clawdstrike_version": "0.1.0", "policy_hash": "0xZERO", "ruleset": "default"}, "receipt_id": "snap-no-posture-legacy", "timestamp": "2026-02-06T00:00:04Z", "verdict": {"passed": true}"#,
      "d69cf28ddb29d474d2bb88669be59a3e09369e8d3c47a4b83f65aec5951fb00d",
      "1f8b33f061bfd052853011f32fe572c2d52fdd665362c06194c0a4b156b86b1e608e875235fe97b7c06558358b8e5c6579421b79b6e2a29c07fb5b3b75dfbf08"
    ),
    (
      #""metadata": {"clawdstrike": {"posture": {"budget_deltas": {"file_writes": 1}, "budgets_after": {"file_writes": {"limit": 50, "used": 6}}, "budgets_before": {"file_writes": {"limit": 50, "used": 5}}, "state_after": "work", "state_before": "work", "transition": null}}}, "provenance": {"clawdstrike_version": "0.1.0", "policy_hash": "0xZERO", "ruleset": "default"}, "receipt_id": "snap-posture-allow", "timestamp": "2026-02-06T00:00:00Z", "verdict": {"passed": true}"#,
      "ac3e5d1744b244a63a55111b260361e6ce89659ca698fe137522fb0c0fa9d700",
      "74095de85703a4a0cbea68a5efe9ffd40551fa83c7f0d0c5576a2c68f5b6f7213d28dab0d35d0627bf3a41544b887fb0d7526b621a989aeb67a111d449cc7c0f"
    ),
    (
      #""metadata": {"clawdstrike": {"posture": {"budget_deltas": {}, "budgets_after": {}, "budgets_before": {"file_writes": {"limit": 50, "used": 50}}, "state_after": "quarantine", "state_before": "work", "transition": {"at": "2026-02-06T00:00:02Z", "from": "work", "to": "quarantine", "trigger": "budget_exhausted"}}}}, "provenance": {"clawdstrike_version": "0.1.0", "policy_hash": "0xZERO", "ruleset": "default", "violations": [{"guard": "posture_budget", "message": "budget 'file_writes' exhausted (50/50)", "severity": "Error"}]}, "receipt_id": "snap-posture-deny-budget", "timestamp": "2026-02-06T00:00:02Z", "verdict": {"passed": false}"#,
      "6f4aef3945d7cb84882a1cc919f040b6e457c1011662c03b08c53f877731b5ff",
      "decdad3df2469fffeae6d681326282ff167eb5d6c37f377284668b524531e48ac45aa56c5e3e11d951e31111b2682715f6053827d65da977217dd032cc9de805"
    ),
    (
      #""metadata": {"clawdstrike": {"posture": {"budget_deltas": {}, "budgets_after": {}, "budgets_before": {}, "state_after": "work", "state_before": "work", "transition": null}}}, "provenance": {"clawdstrike_version": "0.1.0", "policy_hash": "0xZERO", "ruleset": "default", "violations": [{"guard": "posture", "message": "action 'shell' is not allowed in posture state 'work'", "severity": "Error"}]}, "receipt_id": "snap-posture-deny-capability", "timestamp": "2026-02-06T00:00:01Z", "verdict": {"passed": false}"#,
      "9088db44f6b5d3ab91adf24115f0ad2c13c35d76ea1679223f04312b091181a3",
      "f1ce996561a57381ee273a34e13f27cb7d2a45bbe55a91686daf24c16f7d92911034000d247c698837317af90cf125119d9e02f55cc49d2fe5ac60addb71ee0b"
    ),
    (
      #""metadata": {"clawdstrike": {"posture": {"budget_deltas": {}, "budgets_after": {}, "budgets_before": {"file_writes": {"limit": 200, "used": 9}}, "state_after": "quarantine", "state_before": "elevated", "transition": {"at": "2026-02-06T00:00:03Z", "from": "elevated", "to": "quarantine", "trigger": "critical_violation"}}}}, "provenance": {"clawdstrike_version": "0.1.0", "policy_hash": "0xZERO", "ruleset": "default", "violations": [{"guard": "secret_leak", "message": "Potential secret detected", "severity": "Critical"}]}, "receipt_id": "snap-posture-transition", "timestamp": "2026-02-06T00:00:03Z", "verdict": {"passed": false}"#,
      "0b7dfd258446e2b3a398f633ef8add25e8a1b95c04957f32b7976604970c9829",
      "4563073547be6f5ad1c5f12c0477d09a059c60a11c91cd4309b5f6a2a044eeed7862f7bc4b28978510caf725ec968245e8d7b15ff4876283b26c31c07c464e03"
    ),
  ]

  @Test("What the reference signed is made again to the byte, and its signatures with it", arguments: published)
  func madeAgain(body: String, sha256: String, signature: String) throws {
    // In another order and layout than is signed.
    let text = #"""
      {"version": "1.0.0", "content_hash": "0x\#(String(repeating: "0", count: 64))", \#(body.replacing("ZERO", with: String(repeating: "0", count: 64)))}
      """#
    var made = try receipt(text)
    #expect(Digest.sha256Hex(try made.signedBytes()) == sha256)
    try made.sign(key)
    let file = try SignedReceipt(made.bytes)
    #expect(try JSONParser.parse(made.bytes)["signatures"]?["signer"]?.string == signature)
    try file.verify(keys, cosigners: nil, now: 0)
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
