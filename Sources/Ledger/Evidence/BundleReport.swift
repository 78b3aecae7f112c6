package import Canonical

/// What verifying an evidence bundle found.
package struct BundleReport: Sendable {
  package var runId: String
  package var eventCount = 0
  package var artifactCount = 0
  package var includedCount = 0
  /// Whether it has ClawForge's entries and no others.
  package var isReference: Bool
  package var findings: [LedgerFinding] = []
  /// What nothing in the bundle vouches for, for people.
  package var notes: [String] = []
  /// The checkpoint that is in the bundle.
  package var checkpoint: Checkpoint?
  /// The keys that are trusted and signed it.
  package var signers: [String] = []
  /// Why nobody vouches for the checkpoint; nil if somebody does, or there is none.
  package var doubt: String?
  /// Whether each event was proven to be in the log of the checkpoint.
  package var isProven = false
  /// Whether no event can have been left out at the end: the run ended, or its last event is the log's last record.
  package var isComplete = false

  package init(runId: String, isReference: Bool) {
    self.runId = runId
    self.isReference = isReference
  }

  /// Most findings that are told.
  static let findingLimit = 100

  mutating func add(_ rule: LedgerFailure.Rule, _ message: String, seq: Int? = nil) {
    if findings.count < Self.findingLimit { findings.append(.init(rule, message, runId: runId, seq: seq)) }
  }

  mutating func add(_ failure: LedgerFailure) { add(failure.rule, failure.message) }

  /// Holds the checkpoint against what this machine saw of its ledger before.
  package mutating func hold(against head: KeptHeads.Head) {
    guard let checkpoint, checkpoint.size == head.size, checkpoint.root != head.root else { return }
    add(.fork, "the checkpoint of the bundle is not the one of \(head.size) records that this machine saw before")
  }

  /// Whether nothing is wrong.
  package var isConsistent: Bool { findings.isEmpty }
  /// Whether a key that is trusted vouches for every event.
  package var isSigned: Bool { isConsistent && isProven && !signers.isEmpty }
  /// Whether it also vouches for there being no more of them.
  package var isAnchored: Bool { isSigned && isComplete }

  /// One line about it.
  package var verdict: String {
    guard isConsistent else { return "invalid: \(findings.count) finding\(findings.count == 1 ? "" : "s")" }
    guard isSigned else { return "internally consistent, unanchored" }
    guard isComplete else {
      return "consistent and signed, but the run goes on: events behind the last one may be missing"
    }
    return "consistent and anchored"
  }
}
