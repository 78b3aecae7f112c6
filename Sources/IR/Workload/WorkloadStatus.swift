/// Where a workload, or one of its workers, is: one vocabulary for all engines.
package enum WorkloadState: String, Sendable, CaseIterable {
  /// A gate is not taken away yet.
  case gated
  /// Waits for its turn.
  case queued
  /// Has its place, and has not begun to start.
  case admitted
  case starting
  case running
  case stopping
  /// Gave its place to another, and waits again.
  case preempted
  case completed
  case failed
  /// Somebody ended it.
  case cancelled
  case deadlineExceeded = "deadline-exceeded"

  /// Whether nothing follows.
  package var isFinal: Bool {
    switch self {
    case .completed, .failed, .cancelled, .deadlineExceeded: true
    case .gated, .queued, .admitted, .starting, .running, .stopping, .preempted: false
    }
  }

  /// What may follow. A workload is cancelled from everywhere that is not final, and one whose place is lost waits again.
  package var successors: Set<WorkloadState> {
    switch self {
    case .gated: [.queued, .cancelled, .deadlineExceeded]
    case .queued: [.gated, .admitted, .starting, .running, .cancelled, .deadlineExceeded, .failed]
    case .admitted: [.queued, .starting, .running, .preempted, .stopping, .cancelled, .deadlineExceeded, .failed]
    case .starting: [.queued, .running, .preempted, .stopping, .completed, .failed, .cancelled, .deadlineExceeded]
    case .running: [.queued, .preempted, .stopping, .completed, .failed, .cancelled, .deadlineExceeded]
    case .stopping: [.queued, .preempted, .completed, .failed, .cancelled, .deadlineExceeded]
    case .preempted: [.gated, .queued, .admitted, .starting, .running, .cancelled, .deadlineExceeded, .failed]
    case .completed, .failed, .cancelled, .deadlineExceeded: []
    }
  }

  /// The state of a whole by those of its workers: what hinders it most, else what it does, else how it ended.
  package static func whole(_ workers: [WorkloadState]) -> WorkloadState? {
    let rank: [WorkloadState] = [
      .failed, .deadlineExceeded, .cancelled, .stopping, .preempted, .running, .starting, .admitted, .gated, .queued,
      .completed,
    ]
    // While one still runs, nothing has ended; a worker that failed may be started again.
    let open = workers.filter { !$0.isFinal }
    let counted = open.isEmpty ? workers : open
    return rank.first { counted.contains($0) }
  }
}

/// What an engine says of a workload.
package struct WorkloadStatus: Sendable, Equatable {
  package var state: WorkloadState
  /// Why it waits, or why it ended; empty where nobody says.
  package var reason = ""
  package var workers: [Worker]

  /// Joins the parts.
  package init(state: WorkloadState, reason: String = "", workers: [Worker]) {
    self.state = state
    self.reason = reason
    self.workers = workers
  }

  /// The status of a whole by its workers'; nil where there is none.
  package init?(_ workers: [Worker]) {
    guard let state = WorkloadState.whole(workers.map(\.state)) else { return nil }
    self.init(state: state, reason: workers.first { $0.state == state }?.reason ?? "", workers: workers)
  }

  /// A worker, or what an engine counts as one.
  package struct Worker: Sendable, Equatable {
    /// What the engine calls it.
    package var name: String
    package var state: WorkloadState
    package var reason = ""
    /// The node, or several as the engine writes them; empty where it has none yet.
    package var node = ""
    /// How often it was started again.
    package var restarts = 0
    package var exitCode: Int?

    /// Joins the two.
    package init(name: String, state: WorkloadState) {
      self.name = name
      self.state = state
    }
  }
}
