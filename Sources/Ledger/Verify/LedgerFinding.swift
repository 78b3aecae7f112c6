package import Canonical

/// Something that is wrong with a ledger.
package struct LedgerFinding: Sendable, Equatable {
  package var rule: LedgerFailure.Rule
  package var message: String
  /// The record, if it is one's.
  package var index: Int?
  package var runId: String?
  package var seq: Int?

  package init(_ rule: LedgerFailure.Rule, _ message: String, index: Int? = nil, runId: String? = nil, seq: Int? = nil)
  {
    self.rule = rule
    self.message = message
    self.index = index
    self.runId = runId
    self.seq = seq
  }

  /// As JSON.
  package var bytes: [UInt8] {
    var object = CanonicalObject()
    func add(_ name: String, _ number: Int?) {
      if let number { object.add(name, number) } else { object.add(name, canonical: Array("null".utf8)) }
    }
    object.add("rule", rule.rawValue)
    object.add("message", message)
    add("index", index)
    if let runId { object.add("runId", runId) } else { object.add("runId", canonical: Array("null".utf8)) }
    add("seq", seq)
    return object.bytes
  }
}

/// What verifying a whole ledger found.
package struct LedgerReport: Sendable {
  /// What the records were held against.
  package struct Anchor: Sendable, Equatable {
    /// Where the commitment comes from.
    package enum Kind: String, Sendable {
      /// A checkpoint signed by a key that is trusted.
      case checkpoint
      /// What this machine saw of the ledger before.
      case keptHead = "kept-head"
    }

    package var kind: Kind
    package var size: Int
    package var root: Hash256
    /// The identities of the keys that signed it.
    package var signers: [String]
  }

  package var origin: String
  /// How many records there are.
  package var size = 0
  package var root = MerkleTree.emptyRoot
  package var runs = 0
  package var events = 0
  /// Events whose payload is gone.
  package var pruned = 0
  package var findings: [LedgerFinding] = []
  /// Whether it is other or shorter than what was signed or seen.
  package private(set) var isRefuted = false
  /// Commitments that the records fit.
  package var anchors: [Anchor] = []

  package init(origin: String) { self.origin = origin }

  /// Adds something that says that it is other or shorter than what was signed or seen.
  mutating func refute(_ rule: LedgerFailure.Rule, _ message: String, index: Int? = nil) {
    isRefuted = true
    findings.append(.init(rule, message, index: index))
  }

  /// Whether nothing is wrong.
  package var isConsistent: Bool { findings.isEmpty }
  /// How many records some commitment vouches for; those behind could be cut off or rewritten without a trace.
  package var anchoredSize: Int { anchors.map(\.size).max() ?? 0 }
  /// Whether nothing is wrong, and something beside the ledger itself says so.
  package var isAnchored: Bool { isConsistent && anchoredSize > 0 }

  /// One line about it.
  package var verdict: String {
    guard isConsistent else { return "invalid: \(findings.count) finding\(findings.count == 1 ? "" : "s")" }
    guard isAnchored else { return "internally consistent, unanchored" }
    let rest = size - anchoredSize
    return "consistent and anchored up to record \(anchoredSize)"
      + (rest > 0 ? "; \(rest) behind it are unanchored" : "")
  }
}
