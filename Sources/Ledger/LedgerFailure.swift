/// Why the ledger does not do something, or what it found wrong.
package struct LedgerFailure: Error, Sendable, Equatable {
  /// What went wrong, by a name that never changes.
  package enum Rule: String, Sendable, CaseIterable {
    // What an event can't be.
    case malformedEvent = "ledger/malformed-event"
    case eventTooLarge = "ledger/event-too-large"
    case unknownType = "ledger/unknown-type"
    case wrongOrder = "ledger/wrong-order"
    case eventIDConflict = "ledger/event-id-conflict"
    case unknownRun = "ledger/unknown-run"
    case runExists = "ledger/run-exists"
    case badExtension = "ledger/bad-extension"
    // Artifacts.
    case artifactTooLarge = "ledger/artifact-too-large"
    case emptyArtifact = "ledger/empty-artifact"
    case pathTraversal = "ledger/path-traversal"
    case artifactNotFound = "ledger/artifact-not-found"
    case artifactMismatch = "ledger/artifact-mismatch"
    case invalidHash = "ledger/invalid-hash"
    // Evidence bundles.
    case badBundle = "ledger/bad-bundle"
    case bundleTooLarge = "ledger/bundle-too-large"
    // The store.
    case noLedger = "ledger/no-ledger"
    case unreadable = "ledger/unreadable"
    case notWritten = "ledger/not-written"
    case noSpace = "ledger/no-space"
    case damaged = "ledger/damaged"
    case pruned = "ledger/pruned"
    // What verification finds.
    case hashMismatch = "ledger/hash-mismatch"
    case brokenLink = "ledger/broken-link"
    case badSequence = "ledger/bad-sequence"
    case truncated = "ledger/truncated"
    case rootMismatch = "ledger/root-mismatch"
    case rollback = "ledger/rollback"
    case fork = "ledger/fork"
    case badCheckpoint = "ledger/bad-checkpoint"
    case badTile = "ledger/bad-tile"
    case badProof = "ledger/bad-proof"
    case empty = "ledger/empty"
  }

  package var rule: Rule
  /// What is wrong, for people.
  package var message: String

  package init(_ rule: Rule, _ message: String) {
    self.rule = rule
    self.message = message
  }
}
