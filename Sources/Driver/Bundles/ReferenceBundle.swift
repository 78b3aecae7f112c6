import Source
package import Canonical
import IR
import JSON
package import Lowering
import Policy

/// Policy bundles as clawdstrike signs them: an Ed25519 signature over its own canonical JSON, both in hexadecimal digits.
package struct ReferenceBundle: Sendable, Equatable {
  private static let version = "clawdstrike-policy-bundle-v1"

  private var bundle: JSONValue
  private var signature: [UInt8]
  /// The key that came with the file, which proves nothing.
  package private(set) var embeddedKey: PublicKey?

  /// What it says of the policy's hash.
  package var policyHash: String { Self.digits(bundle["policy_hash"]?.string ?? "") }
  /// When it was made, as it says.
  package var compiledAt: String { bundle["compiled_at"]?.string ?? "" }
  package var sources: [String] { bundle["sources"]?.array?.compactMap(\.string) ?? [] }
  /// Its name, as it says.
  package var id: String { bundle["bundle_id"]?.string ?? "" }

  /// The policy in the reference's canonical JSON.
  package func policy() throws(TrustFailure) -> [UInt8] { try Self.text(bundle["policy"] ?? .null) }

  private static func text(_ value: JSONValue) throws(TrustFailure) -> [UInt8] {
    do { return try ReferenceJSON.bytes(value) } catch {
      throw TrustFailure(.malformedStatement, "the reference's text can't be made again: \(error.message)")
    }
  }

  private static func digits(_ text: String) -> String { text.hasPrefix("0x") ? String(text.dropFirst(2)) : text }

  // MARK: Reading

  /// Reads a signed bundle.
  package init(_ bytes: [UInt8]) throws(TrustFailure) {
    guard bytes.count <= PolicyBundle.limit else { throw TrustFailure(.tooLarge, "the file has \(bytes.count) bytes") }
    let value: JSONValue
    do { value = try JSONParser.parse(bytes[...], strict: true, maximumDepth: 128) } catch {
      throw TrustFailure(.malformedEnvelope, "\(error.message), at byte \(error.offset)")
    }
    try Self.check(value, needed: ["bundle", "signature"], also: ["public_key"])
    let bundle = value["bundle"] ?? .null
    try Self.check(
      bundle, needed: ["version", "bundle_id", "compiled_at", "policy", "policy_hash"], also: ["sources", "metadata"])
    guard bundle["version"]?.string == Self.version else {
      throw TrustFailure(.wrongPredicateType, "this is no \(Self.version)")
    }
    guard let signature = value["signature"]?.string.flatMap({ Hexadecimal.decode(Self.digits($0)) }) else {
      throw TrustFailure(.malformedEnvelope, "the signature is not written in lower-case hexadecimal digits")
    }
    if let text = value["public_key"]?.string {
      guard let point = Hexadecimal.decode(Self.digits(text)), let key = try? PublicKey(ed25519: point) else {
        throw TrustFailure(.malformedEnvelope, "the public key is none")
      }
      embeddedKey = key
    }
    self.bundle = bundle
    self.signature = signature
  }

  private static func check(_ value: JSONValue, needed: [String], also: [String]) throws(TrustFailure) {
    let names = value.members?.map(\.name) ?? []
    for name in needed where !names.contains(name) { throw TrustFailure(.malformedEnvelope, "'\(name)' is missing") }
    for name in names where !needed.contains(name) && !also.contains(name) {
      throw TrustFailure(.malformedEnvelope, "there is no member '\(name)'")
    }
  }

  /// The keys that signed; unlike the reference, the policy's hash is made anew.
  package func verify(_ keys: TrustedKeys, now: Int) throws(TrustFailure) -> [PublicKey] {
    var envelope = Envelope(payloadType: "", payload: [])
    envelope.signatures = [.init(keyID: "", bytes: signature)]
    let message = try Self.text(bundle)
    let signers = try keys.signers(envelope, now: now, message: message)
    guard Digest.sha256Hex(try policy()) == policyHash else {
      throw TrustFailure(.wrongHash, "the policy's hash is \(Digest.sha256Hex(try policy())), not \(policyHash)")
    }
    return signers
  }

  // MARK: Writing

  /// A bundle that is not signed yet.
  package init(_ policy: LoweredPolicy, compiledAt: Int) throws(TrustFailure) {
    let value = RulesetJSON.value(policy.ruleset)
    let text = try Self.text(value)
    let meaning = PolicyMeaning(policy.program)
    // A name of the shape that the reference wants, which the same policy always gets.
    var id = Array(Digest.sha256(text + String(compiledAt).utf8).prefix(16))
    id[6] = id[6] & 0x0F | 0x40
    id[8] = id[8] & 0x3F | 0x80
    let digits = Array(Digest.hexadecimal(id))
    let groups = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20...]]
    bundle = [
      "version": .string(Self.version), "bundle_id": .string(groups.map { String($0) }.joined(separator: "-")),
      "compiled_at": .string(Timestamp.text(compiledAt, suffix: "+00:00")), "policy": value,
      "policy_hash": .string("0x" + Digest.sha256Hex(text)),
      "sources": .array(policy.chain.map { .string(BundleBuilder.portable($0.name)) }),
      "metadata": [
        "claw": [
          "semantic_hash": .string(meaning.hash), "profile": .string(policy.program.profile.rawValue),
          "exact": .bool(meaning.isExact),
        ]
      ],
    ]
    signature = []
  }

  /// Signs it.
  package mutating func sign(_ signer: some Signer) throws(TrustFailure) {
    let message = try Self.text(bundle)
    do {
      signature = try signer.sign(message)
      embeddedKey = signer.publicKey
    } catch {
      throw TrustFailure(.badSignature, error.message)
    }
  }

  /// The file.
  package var bytes: [UInt8] {
    var members: [JSONValue.Member] = [
      .init("bundle", bundle), .init("signature", .string(Digest.hexadecimal(signature))),
    ]
    if let embeddedKey { members.append(.init("public_key", .string(Digest.hexadecimal(embeddedKey.point)))) }
    return Array((JSONValue.object(members).text(indented: true) + "\n").utf8)
  }
}
