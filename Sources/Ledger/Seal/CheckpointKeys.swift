package import Canonical

/// Who may sign checkpoints, and how many of them must.
package struct CheckpointKeys: Sendable, ExpressibleByArrayLiteral {
  package var keys: [PublicKey]
  package var threshold: Int

  package init(_ keys: [PublicKey], threshold: Int = 1) {
    self.keys = keys
    self.threshold = threshold
  }

  package init(arrayLiteral keys: PublicKey...) { self.init(keys) }
}
