/// Why something signed is not trusted.
package struct TrustFailure: Error, Sendable, Equatable {
  /// What went wrong, by a name that never changes. In the order in which it is looked for.
  package enum Rule: String, Sendable, CaseIterable {
    case tooLarge = "trust/too-large"
    case malformedEnvelope = "trust/malformed-envelope"
    case unauthenticated = "trust/unauthenticated"
    case unknownKey = "trust/unknown-key"
    case badSignature = "trust/bad-signature"
    case revokedKey = "trust/revoked-key"
    case earlyKey = "trust/key-not-yet-valid"
    case expiredKey = "trust/expired-key"
    case threshold = "trust/threshold"
    case wrongPayloadType = "trust/wrong-payload-type"
    case malformedStatement = "trust/malformed-statement"
    case wrongPredicateType = "trust/wrong-predicate-type"
    case wrongSubject = "trust/wrong-subject"
    case early = "trust/not-yet-valid"
    case expired = "trust/expired"
    case oldClaw = "trust/claw-too-old"
    case rollback = "trust/rollback"
    case equivocation = "trust/equivocation"
    case wrongHash = "trust/wrong-hash"
    case wrongFingerprint = "trust/wrong-fingerprint"
    case skippedVersion = "trust/skipped-version"
    case unreadableState = "trust/unreadable-state"
    case unsafeKeyFile = "trust/unsafe-key-file"
  }

  package var rule: Rule
  /// What is wrong, for people.
  package var message: String

  package init(_ rule: Rule, _ message: String) {
    self.rule = rule
    self.message = message
  }
}
