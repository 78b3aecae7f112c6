import Canonical
import Cllama
import Driver
import Glibc
import IR
import JSON
import TestSupport
import Testing

/// What a bundle says its ruleset means is looked at while the sidecar serves already.
@Suite(.serialized) struct PolicyMeaningTests {
  /// Writes a signed bundle and its key.
  private static func write(isTrue: Bool = true, expires: Int? = nil, to folder: String) throws {
    let key = try PrivateKey(seed: [UInt8](repeating: 7, count: 32))
    try Harness.write("\(folder)/key.pub", KeyFile.pem(key.publicKey))
    var bundle = PolicyBundle(
      policy: Array(#"{"guards":{"secret_leak":{}},"version":"1.2.0"}"#.utf8), profile: .hardened, policyHash: "",
      semanticHash: "", isExact: true, sources: [], channel: "default", sequence: 1, compiledAt: 0, notBefore: nil,
      expires: expires, minimumClaw: "0.1.0")
    let hashes = try BundleBuilder.hashes(bundle)
    bundle.policyHash = hashes.policy
    bundle.isExact = hashes.isExact
    bundle.semanticHash = isTrue ? hashes.semantic ?? "" : Digest.sha256Hex([1])
    var envelope = bundle.envelope
    try envelope.sign(key)
    try Harness.write("\(folder)/policy.bundle", String(decoding: envelope.json, as: UTF8.self))
  }

  private static func harness(_ folder: String, _ upstream: ScriptedUpstream) throws -> Harness {
    try Harness(upstream: upstream.port) {
      $0.set("policy_keys", [.string("\(folder)/key.pub")])
      $0.set("stages", [["stage": "policy", "profile": "x", "bundle": .string("\(folder)/policy.bundle")]])
    }
  }

  /// A policy that would be refused now is not served on; another one in its place is, with nothing else changed.
  @Test func aPolicyThatExpiresEndsTheServingUntilThereIsAnother() throws {
    let folder = try Harness.temporaryFolder()
    try Self.write(expires: RecordTime.now / 1_000 + 10, to: folder)
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Self.harness(folder, upstream)
    func becomes(_ wanted: Int) throws -> Bool {
      for _ in 0..<300 {
        if try sidecar.chat().status == wanted { return true }
        usleep(100_000)
      }
      return false
    }
    #expect(try becomes(503))
    let health = try sidecar.raw("GET /health HTTP/1.1\r\nhost: c\r\n\r\n")
    #expect(health.body.contains("expired"), "\(health.body)")
    try Self.write(to: folder)
    #expect(try becomes(200))
    try sidecar.stop()
  }

  @Test(arguments: [true, false]) func aBundleThatSaysWhatItIsNotEndsTheServing(_ isTrue: Bool) throws {
    let folder = try Harness.temporaryFolder()
    try Self.write(isTrue: isTrue, to: folder)
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Self.harness(folder, upstream)
    var status = 200
    // A debug build compares the languages of all secrets in seconds.
    for _ in 0..<(isTrue ? 20 : 600) where status == 200 {
      status = try sidecar.chat().status
      usleep(100_000)
    }
    #expect(status == (isTrue ? 200 : 503))
    if !isTrue {
      let health = try sidecar.raw("GET /health HTTP/1.1\r\nhost: c\r\n\r\n")
      #expect(health.json?["state"] == "denying" && health.body.contains("does not mean"), "\(health.body)")
    }
    try sidecar.stop()
  }
}
