package import Canonical
import JSON

/// A key that signatures may be by, and for how long.
package struct TrustedKey: Sendable, Equatable {
  package var key: PublicKey
  /// Seconds since 1970 from which on it counts.
  package var notBefore: Int?
  /// Seconds since 1970 from which on it counts no more.
  package var expires: Int?
  package var isRevoked = false

  package init(_ key: PublicKey, notBefore: Int? = nil, expires: Int? = nil, isRevoked: Bool = false) {
    self.key = key
    self.notBefore = notBefore
    self.expires = expires
    self.isRevoked = isRevoked
  }
}

/// The keys that were pinned for a purpose, and how many of them must sign.
package struct TrustedKeys: Sendable, Equatable {
  package var keys: [TrustedKey]
  package var threshold: Int

  package init(_ keys: [TrustedKey], threshold: Int = 1) {
    self.keys = keys
    self.threshold = max(threshold, 1)
  }

  /// Keys without limits.
  package init(pinned keys: [PublicKey], threshold: Int = 1) {
    self.init(keys.map { TrustedKey($0) }, threshold: threshold)
  }

  /// The keys whose signatures over an envelope count now; a failure if they are too few.
  ///
  /// - Parameter message: what was signed, if it is not the envelope's own text.
  package func signers(
    _ envelope: Envelope, now: Int, message: [UInt8]? = nil
  ) throws(TrustFailure) -> [PublicKey] {
    guard !keys.isEmpty else {
      throw TrustFailure(.unauthenticated, "no key is pinned, and a key that comes with the file proves nothing")
    }
    let signers = envelope.signers(among: keys.map(\.key), message: message)
    var counted: [PublicKey] = []
    var refused: TrustFailure?
    for trusted in keys where signers.contains(trusted.key) && !counted.contains(trusted.key) {
      let id = trusted.key.id
      if trusted.isRevoked {
        refused = refused ?? TrustFailure(.revokedKey, "the key \(id) was revoked")
      } else if let start = trusted.notBefore, now < start {
        refused = refused ?? TrustFailure(.earlyKey, "the key \(id) is not valid yet")
      } else if let end = trusted.expires, now >= end {
        refused = refused ?? TrustFailure(.expiredKey, "the key \(id) has expired")
      } else {
        counted.append(trusted.key)
      }
    }
    if counted.count >= threshold { return counted }
    if let refused { throw refused }
    guard counted.isEmpty else {
      throw TrustFailure(.threshold, "\(threshold) keys must sign, and \(counted.count) did")
    }
    let ids = Set(keys.map { $0.key.id })
    if envelope.signatures.isEmpty { throw TrustFailure(.threshold, "there is no signature") }
    guard envelope.signatures.contains(where: { $0.keyID.isEmpty || ids.contains($0.keyID) }) else {
      throw TrustFailure(.unknownKey, "no signature is by a key that is pinned")
    }
    throw TrustFailure(.badSignature, "no signature is right")
  }

  /// The statement of an envelope, once its signatures are found right.
  package func statement(
    _ bytes: [UInt8], _ type: Statement.Predicate, limit: Int, now: Int
  ) throws(TrustFailure) -> (statement: Statement, payload: [UInt8], signers: [PublicKey]) {
    let envelope = try TrustedKeys.envelope(bytes, limit: limit)
    let signers = try signers(envelope, now: now)
    return (try TrustedKeys.statement(envelope, type), envelope.payload, signers)
  }

  static func envelope(_ bytes: [UInt8], limit: Int) throws(TrustFailure) -> Envelope {
    guard bytes.count <= limit else {
      throw TrustFailure(.tooLarge, "the file has \(bytes.count) bytes, and \(limit) are allowed")
    }
    do { return try Envelope(json: bytes) } catch {
      throw TrustFailure(.malformedEnvelope, "\(error.message), at byte \(error.offset)")
    }
  }

  static func statement(_ envelope: Envelope, _ type: Statement.Predicate) throws(TrustFailure) -> Statement {
    guard envelope.payloadType == Envelope.statementType else {
      throw TrustFailure(.wrongPayloadType, "the payload is '\(envelope.payloadType)', not \(Envelope.statementType)")
    }
    let statement: Statement
    do { statement = try Statement(canonical: envelope.payload) } catch {
      throw TrustFailure(.malformedStatement, "\(error.message), at byte \(error.offset) of the payload")
    }
    guard statement.predicateType == type.rawValue else {
      throw TrustFailure(.wrongPredicateType, "the statement is '\(statement.predicateType)', not \(type.rawValue)")
    }
    return statement
  }
}
