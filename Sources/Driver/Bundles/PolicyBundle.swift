import Source
package import Canonical
package import IR
import JSON
import Policy

/// A policy with what makes it safe to hand on: hashes, origin, place in a sequence, and how long it is good for.
package struct PolicyBundle: Sendable, Equatable {
  /// The joined ruleset in canonical JSON.
  package var policy: [UInt8]
  package var profile: PolicyProfile
  /// Hexadecimal SHA-256 of `policy`.
  package var policyHash: String
  /// The semantic hash under the profile.
  package var semanticHash: String
  /// Whether automata decide every literal, so that the semantic hash is one of meaning alone.
  package var isExact: Bool
  /// The rulesets that it was joined from.
  package var sources: [Statement.Subject]
  package var channel: String
  package var sequence: Int
  /// Seconds since 1970, as all times here.
  package var compiledAt: Int
  package var notBefore: Int?
  package var expires: Int?
  /// The oldest claw that understands it.
  package var minimumClaw: String

  package init(
    policy: [UInt8], profile: PolicyProfile, policyHash: String, semanticHash: String, isExact: Bool,
    sources: [Statement.Subject], channel: String, sequence: Int, compiledAt: Int, notBefore: Int? = nil,
    expires: Int? = nil,
    minimumClaw: String
  ) {
    self.policy = policy
    self.profile = profile
    self.policyHash = policyHash
    self.semanticHash = semanticHash
    self.isExact = isExact
    self.sources = sources
    self.channel = channel
    self.sequence = sequence
    self.compiledAt = compiledAt
    self.notBefore = notBefore
    self.expires = expires
    self.minimumClaw = minimumClaw
  }

  /// Most bytes of a bundle's file.
  package static let limit = 16 << 20
  static let version = "claw-policy-bundle/1"

  /// What it vouches for: the ruleset, its meaning, and each file that it was made of.
  var subjects: [Statement.Subject] {
    [.init(name: "policy.json", sha256: policyHash), .init(name: "meaning.json", sha256: semanticHash)] + sources
  }

  /// Its envelope, with no signature yet.
  package var envelope: Envelope { Envelope(payload: Statement(.policyBundle, predicate, subjects: subjects).bytes) }

  private var predicate: [UInt8] {
    var object = CanonicalObject()
    object.add("channel", channel)
    object.add("compiled_at", Timestamp.text(compiledAt))
    object.add("exact", isExact)
    if let expires { object.add("expires", Timestamp.text(expires)) }
    object.add("min_claw", minimumClaw)
    if let notBefore { object.add("not_before", Timestamp.text(notBefore)) }
    object.add("policy", canonical: policy)
    object.add("policy_hash", policyHash)
    object.add("profile", profile.rawValue)
    object.add("semantic_hash", semanticHash)
    object.add("sequence", sequence)
    object.add("version", Self.version)
    return object.bytes
  }

  /// Reads the statement of a bundle, whose predicate is canonical JSON.
  package init(_ statement: Statement) throws(TrustFailure) {
    guard statement.subjects.count >= 2 else {
      throw TrustFailure(.wrongSubject, "the ruleset and its meaning are no subjects")
    }
    self.init(
      policy: [], profile: .hardened, policyHash: "", semanticHash: "", isExact: false,
      sources: Array(statement.subjects[2...]),
      channel: "", sequence: -1, compiledAt: 0, minimumClaw: "")
    do { try read(statement.predicate) } catch {
      throw TrustFailure(.malformedStatement, "\(error.message), at byte \(error.offset) of the predicate")
    }
    guard subjects == statement.subjects else {
      throw TrustFailure(.wrongSubject, "the subjects are not the digests of the ruleset and of its meaning")
    }
  }

  private mutating func read(_ bytes: [UInt8]) throws(JSONFailure) {
    // A name that is there twice is no canonical JSON, so that counting them is enough.
    var required = 0
    try JSONCursor.read(bytes, isSound: true) { (cursor) throws(JSONFailure) in
      try cursor.object { (cursor, decoded, raw) throws(JSONFailure) in
        let name = decoded.map { String(decoding: $0, as: UTF8.self) } ?? String(decoding: raw, as: UTF8.self)
        if name != "expires", name != "not_before" { required += 1 }
        switch name {
        case "channel": channel = try cursor.string()
        case "compiled_at": compiledAt = try Self.time(&cursor)
        case "exact": isExact = try cursor.value() == .bool(true)
        case "expires": expires = try Self.time(&cursor)
        case "min_claw": minimumClaw = try cursor.string()
        case "not_before": notBefore = try Self.time(&cursor)
        case "policy": policy = Array(bytes[try cursor.skip()])
        case "policy_hash": policyHash = try cursor.string()
        case "profile":
          guard let found = PolicyProfile(rawValue: try cursor.string()) else {
            throw cursor.failure("an unknown profile")
          }
          profile = found
        case "semantic_hash": semanticHash = try cursor.string()
        case "sequence": sequence = try cursor.integer()
        case "version":
          guard try cursor.string() == Self.version else { throw cursor.failure("an unknown version of the bundle") }
        default: throw cursor.failure("a bundle has no member '\(name)'")
        }
      }
      guard required == 10, sequence >= 0 else {
        throw cursor.failure("the bundle is not whole")
      }
    }
  }

  private static func time(_ cursor: inout JSONCursor) throws(JSONFailure) -> Int {
    guard let seconds = Timestamp.exactSeconds(try cursor.string()) else {
      throw cursor.failure("no time as 2026-01-31T12:00:00Z")
    }
    return seconds
  }
}
