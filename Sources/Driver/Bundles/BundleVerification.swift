import Source
package import Canonical
import Policy

/// What a bundle is held against, and the one order in which that is done.
package struct BundleVerification: Sendable {
  package var keys: TrustedKeys
  /// What was trusted before.
  package var marks: SequenceMarks
  /// Seconds since 1970.
  package var now: Int
  /// The version of this claw.
  package var claw: String

  package init(keys: TrustedKeys, marks: SequenceMarks = SequenceMarks(), now: Int, claw: String) {
    self.keys = keys
    self.marks = marks
    self.now = now
    self.claw = claw
  }

  /// The hashes that a ruleset has.
  package struct Hashes: Sendable, Equatable {
    package var policy: String
    /// nil where the meaning is looked at later.
    package var semantic: String?
    package var isExact: Bool

    package init(policy: String, semantic: String?, isExact: Bool) {
      self.policy = policy
      self.semantic = semantic
      self.isExact = isExact
    }

    /// Whether the ruleset means what a bundle says of it; a meaning that nobody looked at does not.
    package func agrees(with bundle: PolicyBundle) -> Bool {
      semantic == bundle.semanticHash && isExact == bundle.isExact
    }
  }

  /// A bundle that stood every test.
  package struct Verified: Sendable {
    package var bundle: PolicyBundle
    package var signers: [PublicKey]
    /// Hexadecimal SHA-256 of the signed statement.
    package var digest: String
    /// What is to be remembered now.
    package var marks: SequenceMarks
  }

  /// Tests a bundle's file.
  ///
  /// - Parameter hashes: compiles the ruleset anew and says what its hashes are.
  package func verify(
    _ bytes: [UInt8], hashes: (PolicyBundle) throws(TrustFailure) -> Hashes
  ) throws(TrustFailure) -> Verified {
    let (statement, payload, signers) = try keys.statement(bytes, .policyBundle, limit: PolicyBundle.limit, now: now)
    let bundle = try PolicyBundle(statement)
    if let start = bundle.notBefore, now < start {
      throw TrustFailure(.early, "the bundle is valid from \(Timestamp.text(start)) on")
    }
    if let end = bundle.expires, now >= end {
      throw TrustFailure(.expired, "the bundle expired at \(Timestamp.text(end))")
    }
    guard Self.isVersion(claw, atLeast: bundle.minimumClaw) else {
      throw TrustFailure(.oldClaw, "the bundle needs claw \(bundle.minimumClaw), and this is \(claw)")
    }
    let digest = Digest.sha256Hex(payload)
    try marks.check(bundle.channel, bundle.sequence, digest, keys: keys.keys.filter { !$0.isRevoked }.map(\.key))
    let found = try hashes(bundle)
    guard found.policy == bundle.policyHash else {
      throw TrustFailure(.wrongHash, "the ruleset's hash is \(found.policy), not \(bundle.policyHash)")
    }
    if let semantic = found.semantic, !found.agrees(with: bundle) {
      throw TrustFailure(.wrongHash, "the semantic hash is \(semantic), not \(bundle.semanticHash)")
    }
    return Verified(
      bundle: bundle, signers: signers, digest: digest,
      marks: marks.advanced(bundle.channel, bundle.sequence, digest, signers: signers))
  }

  /// Whether a version of dotted numbers is at least another; what is no such version never is.
  static func isVersion(_ version: String, atLeast least: String) -> Bool {
    func numbers(_ text: String) -> [Int]? {
      var numbers: [Int] = []
      var digits = 0
      for byte in text.utf8 {
        if byte == 0x2E, digits > 0 {
          digits = 0
        } else {
          guard 0x30...0x39 ~= byte, digits < 9 else { return nil }
          if digits == 0 { numbers.append(0) }
          numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int(byte & 15)
          digits += 1
        }
      }
      return digits > 0 ? numbers : nil
    }
    guard let have = numbers(version), let need = numbers(least) else { return false }
    for index in 0..<max(have.count, need.count) {
      let (a, b) = (index < have.count ? have[index] : 0, index < need.count ? need[index] : 0)
      if a != b { return a > b }
    }
    return true
  }
}
