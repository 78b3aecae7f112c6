import Synchronization

/// Events that are recorded together or not at all, on their way through the queue.
final class AppendRequest: Sendable {
  let events: [PreparedEvent]
  private let outcome = Mutex<Result<[Receipt], LedgerFailure>?>(nil)

  init(_ events: [PreparedEvent]) { self.events = events }

  /// How many bytes it will have at most.
  var size: Int { events.reduce(0) { $0 + $1.limit + Frame.size } }

  /// Whether its records are written, or it failed.
  var isSettled: Bool { outcome.withLock { $0 != nil } }

  func settle(_ result: Result<[Receipt], LedgerFailure>) {
    outcome.withLock { if $0 == nil { $0 = result } }
  }

  /// What became of it; an empty list if nothing yet.
  func receipts() throws(LedgerFailure) -> [Receipt] {
    switch outcome.withLock({ $0 }) {
    case .success(let receipts): return receipts
    case .failure(let failure): throw failure
    case nil: return []
    }
  }
}
