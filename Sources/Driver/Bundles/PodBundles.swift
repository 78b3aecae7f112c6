package import Canonical
import Lowering

extension CompiledPolicy {
  /// What a policy's bundle is made with.
  package struct BundleOptions: Sendable {
    /// Which line of bundles it belongs to.
    package var channel: String
    /// Seconds since 1970.
    package var now: Int
    /// The version of this claw.
    package var version: String

    /// Joins the parts.
    package init(channel: String, now: Int, version: String) {
      self.channel = channel
      self.now = now
      self.version = version
    }
  }

  /// The bundle and the key that verifies it. A bundle of somebody else's is verified; of a ruleset the earlier bundle
  /// stays if it says the same, else one with the next number is signed.
  ///
  /// - Parameter earlier: the bundle of last time, if there was one.
  /// - Throws: `TrustFailure` where a bundle is not to be trusted, `KeyFailure` where a key can't be used.
  package func ready(
    _ options: BundleOptions, earlier: [UInt8]?, signer: () throws -> any Signer
  ) throws -> SidecarFolder.Policy {
    switch self {
    case .bundle(let bytes, let key):
      let keys = TrustedKeys(pinned: [try KeyFile.publicKey(key)])
      _ = try BundleVerification(keys: keys, now: options.now, claw: options.version).verify(bytes) {
        bundle throws(TrustFailure) in try BundleBuilder.hashes(bundle)
      }
      return .init(bundle: bytes, key: key)
    case .ruleset(let lowered):
      let signer = try signer()
      let key = Array(KeyFile.pem(signer.publicKey).utf8)
      var made = BundleBuilder.Options(
        channel: options.channel, sequence: 1, compiledAt: options.now, minimumClaw: options.version)
      if let earlier {
        let keys = TrustedKeys(pinned: [signer.publicKey])
        let known = try PolicyBundle(
          try keys.statement(earlier, .policyBundle, limit: PolicyBundle.limit, now: options.now).0)
        made.sequence = known.sequence
        made.compiledAt = known.compiledAt
        made.minimumClaw = known.minimumClaw
        if try BundleBuilder.bundle(lowered, made) == known { return .init(bundle: earlier, key: key) }
        made.sequence += 1
        made.compiledAt = options.now
        made.minimumClaw = options.version
      }
      var envelope = try BundleBuilder.bundle(lowered, made).envelope
      try envelope.sign(signer)
      return .init(bundle: envelope.json, key: key)
    }
  }
}
