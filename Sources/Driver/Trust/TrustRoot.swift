import Source
package import Canonical
import JSON
import Policy

/// Which keys are trusted for what: a signed document, whose next version the keys of this one and of that one sign.
package struct TrustRoot: Sendable, Equatable {
  /// What keys are for.
  package enum Role: String, Sendable, CaseIterable {
    case root
    case policy
    case ledger
    case release
    case receipt
  }

  /// The keys of a role, by their identities, and how many must sign.
  package struct Grant: Sendable, Equatable {
    package var keyIDs: [String]
    package var threshold: Int

    package init(keyIDs: [String], threshold: Int = 1) {
      self.keyIDs = keyIDs
      self.threshold = threshold
    }
  }

  /// Counted from 1.
  package var version: Int
  /// Seconds since 1970.
  package var expires: Int
  package var keys: [TrustedKey]
  package var roles: [Role: Grant]

  package init(version: Int, expires: Int, keys: [TrustedKey], roles: [Role: Grant]) {
    self.version = version
    self.expires = expires
    self.keys = keys
    self.roles = roles
  }

  /// The keys of a role; none if it has none.
  package func trusted(for role: Role) -> TrustedKeys {
    let grant = roles[role] ?? Grant(keyIDs: [], threshold: 1)
    return TrustedKeys(keys.filter { grant.keyIDs.contains($0.key.id) }, threshold: grant.threshold)
  }

  /// The same, if the document has not expired.
  package func trusted(for role: Role, now: Int) throws(TrustFailure) -> TrustedKeys {
    guard now < expires else { throw TrustFailure(.expired, "the trust root expired at \(Timestamp.text(expires))") }
    return trusted(for: role)
  }

  // MARK: Signed documents

  private static let limit = 1 << 20

  /// What its first version is pinned by: the SHA-256 of the signed statement.
  package static func fingerprint(of envelope: [UInt8]) throws(TrustFailure) -> String {
    Digest.sha256Hex(try TrustedKeys.envelope(envelope, limit: limit).payload)
  }

  /// The document of an envelope whose fingerprint was pinned; its own keys must have signed it.
  package static func first(_ bytes: [UInt8], fingerprint: String, now: Int) throws(TrustFailure) -> TrustRoot {
    let found = try self.fingerprint(of: bytes)
    guard found == fingerprint else {
      throw TrustFailure(.wrongFingerprint, "the trust root's fingerprint is \(found)")
    }
    let root = try unverified(bytes)
    _ = try root.trusted(for: .root).signers(try TrustedKeys.envelope(bytes, limit: limit), now: now)
    _ = try root.trusted(for: .root, now: now)
    return root
  }

  /// The document that follows this one: the next version, signed by the keys of both.
  package func next(_ bytes: [UInt8], now: Int) throws(TrustFailure) -> TrustRoot {
    let envelope = try TrustedKeys.envelope(bytes, limit: Self.limit)
    _ = try trusted(for: .root).signers(envelope, now: now)
    let root = try Self.unverified(bytes)
    guard root.version > version else {
      throw TrustFailure(.rollback, "version \(root.version) of the trust root does not follow version \(version)")
    }
    guard root.version == version + 1 else {
      throw TrustFailure(
        .skippedVersion, "version \(version + 1) of the trust root must come before version \(root.version)")
    }
    _ = try root.trusted(for: .root).signers(envelope, now: now)
    return root
  }

  /// The document of an envelope whose signatures nobody looked at.
  package static func unverified(_ bytes: [UInt8]) throws(TrustFailure) -> TrustRoot {
    let statement = try TrustedKeys.statement(try TrustedKeys.envelope(bytes, limit: limit), .trustRoot)
    guard statement.subjects == [subject(statement.predicate)] else {
      throw TrustFailure(.wrongSubject, "the subject is not the digest of the trust root")
    }
    guard let root = TrustRoot(predicate: statement.predicate) else {
      throw TrustFailure(.malformedStatement, "this is no trust root")
    }
    return root
  }

  /// The envelope of this document, with no signature yet.
  package var envelope: Envelope {
    Envelope(payload: Statement(.trustRoot, predicate, subjects: [Self.subject(predicate)]).bytes)
  }

  private static func subject(_ predicate: [UInt8]) -> Statement.Subject {
    .init(name: "trust-root.json", sha256: Digest.sha256Hex(predicate))
  }
}
