import Canonical

/// What verifying the chain of one run found, in the form of ClawForge's verifier.
package struct ChainResult: Sendable, Equatable {
  /// What is wrong with an event.
  package struct Failure: Sendable, Equatable {
    /// Why. The first four are ClawForge's; the others it does not look for.
    package enum Reason: String, Sendable, CaseIterable {
      case hashMismatch = "hash_mismatch"
      case firstHasPrevious = "first_event_prevHash_not_null"
      case prevHashMismatch = "prevHash_mismatch"
      case sequenceGap = "seq_gap"
      case malformed
      case notCanonical = "not_canonical"
      case otherRun = "run_mismatch"
      case notStarted = "first_event_not_RunStarted"
      case noEvents = "no_events"
      case treeSize = "tree_size"
      case treeRoot = "tree_root"
    }

    package var reason: Reason
    package var seq: Int
    package var eventId: String
    package var expected: String
    package var actual: String

    package init(_ reason: Reason, seq: Int, eventId: String, expected: String, actual: String) {
      self.reason = reason
      self.seq = seq
      self.eventId = eventId
      self.expected = expected
      self.actual = actual
    }

    var bytes: [UInt8] {
      var object = CanonicalObject()
      object.add("actual", actual)
      object.add("eventId", eventId)
      object.add("expected", expected)
      object.add("reason", reason.rawValue)
      object.add("seq", seq)
      return object.bytes
    }
  }

  package var eventCount = 0
  package var failures: [Failure] = []
  /// The hashes as they are stored.
  package var hashes: [String] = []

  package init() {}

  /// Whether nothing was found. That says nothing about what is missing at the end: only a checkpoint does.
  package var isValid: Bool { failures.isEmpty && eventCount > 0 }

  /// The result in canonical JSON.
  package var bytes: [UInt8] {
    var object = CanonicalObject()
    object.add("eventCount", eventCount)
    object.add("failures", canonical: CanonicalObject.array(failures.map(\.bytes)))
    object.add("hashes", canonical: CanonicalObject.array(hashes.map(CanonicalObject.text)))
    object.add("valid", isValid)
    return object.bytes
  }
}
