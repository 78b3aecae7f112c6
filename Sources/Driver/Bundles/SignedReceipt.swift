package import Canonical
package import JSON

/// Receipts of version 1.0.0: what a gate decided about some content, signed by the gate and, where that is asked for, by
/// a second party.
package struct SignedReceipt: Sendable, Equatable {
  private static let version = "1.0.0"

  /// The receipt itself.
  package private(set) var receipt: JSONValue
  private var signer: [UInt8] = []
  private var cosigner: [UInt8]?

  /// A receipt that is not signed yet.
  package init(receipt: JSONValue) throws(TrustFailure) {
    try Self.check(receipt)
    self.receipt = receipt
  }

  /// Reads a signed receipt.
  package init(_ bytes: [UInt8]) throws(TrustFailure) {
    let value: JSONValue
    do { value = try JSONParser.parse(bytes[...], strict: true, maximumDepth: 128) } catch {
      throw TrustFailure(.malformedEnvelope, "\(error.message), at byte \(error.offset)")
    }
    try Self.names(value, needed: ["receipt", "signatures"])
    let signatures = value["signatures"] ?? .null
    try Self.names(signatures, needed: ["signer"], also: ["cosigner"])
    let receipt = value["receipt"] ?? .null
    try Self.check(receipt)
    self.receipt = receipt
    signer = try Self.signature(signatures["signer"])
    if let second = signatures["cosigner"], second != .null { cosigner = try Self.signature(second) }
  }

  private static func signature(_ value: JSONValue?) throws(TrustFailure) -> [UInt8] {
    let text = value?.string ?? ""
    guard let bytes = Hexadecimal.decode(text.hasPrefix("0x") ? text.dropFirst(2) : text[...]), bytes.count == 64 else {
      throw TrustFailure(.malformedEnvelope, "a signature is not 128 lower-case hexadecimal digits")
    }
    return bytes
  }

  /// The version before all else: what a later one means is not known.
  private static func check(_ receipt: JSONValue) throws(TrustFailure) {
    guard receipt["version"]?.string == version else {
      throw TrustFailure(.wrongPredicateType, "the receipt is not of version \(version)")
    }
    try names(
      receipt, needed: ["version", "timestamp", "content_hash", "verdict"],
      also: ["receipt_id", "provenance", "metadata"])
    let verdict = receipt["verdict"] ?? .null
    try names(verdict, needed: ["passed"], also: ["gate_id", "scores", "threshold"])
    guard verdict["passed"]?.bool != nil else {
      throw TrustFailure(.malformedEnvelope, "'passed' must be true or false")
    }
    if let provenance = receipt["provenance"], provenance != .null {
      try names(provenance, also: ["clawdstrike_version", "provider", "policy_hash", "ruleset", "violations"])
      for violation in provenance["violations"]?.array ?? [] {
        try names(violation, needed: ["guard", "severity", "message"], also: ["action"])
      }
    }
  }

  private static func names(_ value: JSONValue, needed: [String] = [], also: [String] = []) throws(TrustFailure) {
    guard let names = value.members?.map(\.name) else {
      throw TrustFailure(.malformedEnvelope, "an object must stand here")
    }
    for name in needed where !names.contains(name) { throw TrustFailure(.malformedEnvelope, "'\(name)' is missing") }
    for name in names where !needed.contains(name) && !also.contains(name) {
      throw TrustFailure(.malformedEnvelope, "a receipt has no member '\(name)' here")
    }
  }

  /// What the signatures are over.
  package func signedBytes() throws(TrustFailure) -> [UInt8] {
    do { return try ReferenceJSON.bytes(receipt) } catch { throw TrustFailure(.malformedStatement, error.message) }
  }

  /// Holds it against the keys of the gate and, if given, those of the second party, whose signature is then required.
  package func verify(_ keys: TrustedKeys, cosigners: TrustedKeys?, now: Int) throws(TrustFailure) {
    let message = try signedBytes()
    _ = try keys.signers(Self.envelope(signer), now: now, message: message)
    guard let cosigners else { return }
    guard let cosigner else { throw TrustFailure(.threshold, "a second party must sign, and none did") }
    _ = try cosigners.signers(Self.envelope(cosigner), now: now, message: message)
  }

  private static func envelope(_ signature: [UInt8]) -> Envelope {
    var envelope = Envelope(payloadType: "", payload: [])
    envelope.signatures = [.init(keyID: "", bytes: signature)]
    return envelope
  }

  /// Signs it, and lets a second party sign it too.
  package mutating func sign(_ first: any Signer, cosigner second: (any Signer)? = nil) throws(TrustFailure) {
    let message = try signedBytes()
    do {
      signer = try first.sign(message)
      cosigner = try second?.sign(message)
    } catch {
      throw TrustFailure(.badSignature, error.message)
    }
  }

  /// The file.
  package var bytes: [UInt8] {
    var signatures: [JSONValue.Member] = [.init("signer", .string(Digest.hexadecimal(signer)))]
    if let cosigner { signatures.append(.init("cosigner", .string(Digest.hexadecimal(cosigner)))) }
    let value: JSONValue = ["receipt": receipt, "signatures": .object(signatures)]
    return Array((value.text(indented: true) + "\n").utf8)
  }
}
