import Canonical

/// What a run is at: which events may come next.
///
/// `RunStarted` comes first and once; after `RunCompleted` or `RunFailed` nothing comes. A step is completed or failed while
/// it runs, and runs once at a time, so that one that failed can be tried again. An approval is granted or denied while it is
/// asked for. Everything else may come at any time between.
package struct RunState: Sendable, Equatable {
  /// The last event that says where a run is.
  package enum Phase: String, Sendable {
    case new, open, completed, failed
  }

  package private(set) var phase: Phase = .new
  /// Steps that run, by their identities in lower case.
  private var steps: Set<String> = []
  /// Steps for which an approval is asked.
  private var approvals: Set<String> = []

  /// A run without events.
  package init() {}

  /// The state after an event; a failure if it can't come now.
  package mutating func apply(type: String, payload: [UInt8]) throws(LedgerFailure) {
    func refusal(_ message: String) -> LedgerFailure { LedgerFailure(.wrongOrder, message) }
    switch phase {
    case .new:
      guard type == "RunStarted" else { throw refusal("the first event of a run must be RunStarted, not \(type)") }
    case .open: guard type != "RunStarted" else { throw refusal("the run was started already") }
    case .completed, .failed: throw refusal("the run is \(phase.rawValue), and nothing comes after that")
    }
    switch type {
    case "RunStarted": phase = .open
    case "RunCompleted": phase = .completed
    case "RunFailed": phase = .failed
    case "StepStarted":
      let step = try Self.step(payload)
      guard steps.insert(step).inserted else { throw refusal("step \(step) runs already") }
    case "StepCompleted", "StepFailed":
      let step = try Self.step(payload)
      guard steps.remove(step) != nil else { throw refusal("step \(step) does not run") }
    case "ApprovalRequested":
      let step = try Self.step(payload)
      guard approvals.insert(step).inserted else { throw refusal("an approval of step \(step) is asked for already") }
    case "ApprovalGranted", "ApprovalDenied":
      let step = try Self.step(payload)
      guard approvals.remove(step) != nil else { throw refusal("no approval of step \(step) is asked for") }
    default: break
    }
  }

  private static func step(_ payload: [UInt8]) throws(LedgerFailure) -> String {
    let members = CanonicalMembers(payload)?.members ?? []
    guard let member = members.first(where: { payload[$0.name].elementsEqual("stepId".utf8) }),
      let step = CanonicalString.text(payload[member.value])
    else { throw LedgerFailure(.malformedEvent, "the payload has no 'stepId'") }
    return step.lowercased()
  }

  // MARK: As the index keeps it

  /// The state in a few words.
  package var text: String {
    func list(_ items: Set<String>) -> String {
      items.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ",")
    }
    return "\(phase.rawValue) \(list(steps)) \(list(approvals))"
  }

  /// Reads `text`; nil if it is none.
  package init?(text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, let phase = Phase(rawValue: String(parts[0])) else { return nil }
    self.phase = phase
    steps = Set(parts[1].split(separator: ",").map(String.init))
    approvals = Set(parts[2].split(separator: ",").map(String.init))
  }
}
