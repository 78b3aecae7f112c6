import Canonical
import Diagnostics
import Driver
import IR
import Source
import TestSupport
import Testing

@Suite("Bundles of a pod's policies")
struct PodBundleTests {
  private static func policy(_ tool: String) throws -> CompiledPolicy {
    let text = "version: \"1.2.0\"\nname: a\ndescription: b\nguards:\n  mcp_tool: {block: [\(tool)]}\n"
    let pod = "x-claw: {policies: {p: ./p.yml}}\nservices:\n  a: {image: \"a:1\"}\n"
    let files = MemoryFiles([
      "p.yml": SourceFile(path: "p.yml", text: text), "claw-pod.yml": SourceFile(path: "claw-pod.yml", text: pod),
    ])
    let compilation = Compiler.compile(
      SourceFile(path: "claw-pod.yml", text: pod), kind: .pod, files: files, options: CompileOptions())
    return try #require(compilation.policies["p"], "\(compilation.bag.sorted().map(\.message))")
  }

  private let signer = try? PrivateKey(seed: [UInt8](repeating: 7, count: 32))

  private func ready(_ policy: CompiledPolicy, earlier: [UInt8]?, now: Int) throws -> (bytes: [UInt8], sequence: Int) {
    let options = CompiledPolicy.BundleOptions(channel: "p/x", now: now, version: "0.1.0")
    let signer = try #require(self.signer)
    let ready = try policy.ready(options, earlier: earlier) { signer }
    let keys = TrustedKeys(pinned: [try KeyFile.publicKey(ready.key)])
    let verified = try BundleVerification(keys: keys, now: now, claw: "0.1.0").verify(ready.bundle) {
      bundle throws(TrustFailure) in try BundleBuilder.hashes(bundle)
    }
    return (ready.bundle, verified.bundle.sequence)
  }

  @Test("What says the same stays, byte for byte; what changed has the next number")
  func sequence() throws {
    let first = try ready(Self.policy("a"), earlier: nil, now: 1000)
    let same = try ready(Self.policy("a"), earlier: first.bytes, now: 2000)
    let other = try ready(Self.policy("b"), earlier: first.bytes, now: 3000)
    let back = try ready(Self.policy("a"), earlier: other.bytes, now: 4000)
    #expect(first.sequence == 1 && same.bytes == first.bytes)
    #expect(other.sequence == 2 && back.sequence == 3)
  }

  @Test("An earlier bundle of another key, or one that was changed, is refused and not built on")
  func foreign() throws {
    let first = try ready(Self.policy("a"), earlier: nil, now: 1000)
    let other = try PrivateKey(seed: [UInt8](repeating: 9, count: 32))
    let options = CompiledPolicy.BundleOptions(channel: "p/x", now: 1, version: "0.1.0")
    #expect(throws: TrustFailure.self) {
      _ = try Self.policy("b").ready(options, earlier: first.bytes) { other }
    }
  }

  @Test("Somebody's bundle is taken with its signer's key, and with no other")
  func given() throws {
    let first = try ready(Self.policy("a"), earlier: nil, now: 1000)
    let signer = try #require(self.signer)
    let key = Array(KeyFile.pem(signer.publicKey).utf8)
    let other = Array(KeyFile.pem(try PrivateKey(seed: [UInt8](repeating: 9, count: 32)).publicKey).utf8)
    let options = CompiledPolicy.BundleOptions(channel: "p/x", now: 2000, version: "0.1.0")
    struct Asked: Error {}
    let taken = try CompiledPolicy.bundle(first.bytes, key: key).ready(options, earlier: nil) { throw Asked() }
    #expect(taken.bundle == first.bytes && taken.key == key)
    #expect(throws: TrustFailure.self) {
      _ = try CompiledPolicy.bundle(first.bytes, key: other).ready(options, earlier: nil) { throw Asked() }
    }
  }
}
