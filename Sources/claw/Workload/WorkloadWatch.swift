import Glibc
import IR
import Runtime
import Source

/// Tells the states of a workload as they change.
enum WorkloadWatch {
  /// The status now; status 1 where the engine knows nothing of it.
  static func status(_ plan: WorkloadPlan, _ engine: WorkloadEngine) throws -> WorkloadStatus {
    guard let status = try Engine.run({ () throws(EngineFailure) in try engine.status(plan) }) else {
      Console.say("claw: the engine knows nothing of \(plan.id)")
      Console.say("  was it handed over as it is now? The id changes with the workload")
      throw Status.failed
    }
    return status
  }

  /// Writes a line for every change until the workload has ended; the command fails if it did not complete.
  static func run(_ plan: WorkloadPlan, _ engine: WorkloadEngine) throws {
    let start = ContinuousClock.now
    var last: WorkloadStatus?
    while true {
      let status = try status(plan, engine)
      if status != last {
        Console.write(line(status, after: ContinuousClock.now - start))
        last = status
      }
      if status.state.isFinal {
        if status.state != .completed { throw Status.failed }
        return
      }
      usleep(1_000_000)
    }
  }

  private static func line(_ status: WorkloadStatus, after elapsed: Duration) -> String {
    let seconds = Int(elapsed.components.seconds)
    let clock = "\(seconds / 60):" + (seconds % 60 < 10 ? "0" : "") + String(seconds % 60)
    let counts = WorkloadState.allCases.compactMap { state -> String? in
      let count = status.workers.count { $0.state == state }
      return count == 0 ? nil : "\(count) \(state.rawValue)"
    }
    let nodes = Set(status.workers.map(\.node).filter { !$0.isEmpty }).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    return "\(clock)  \(status.state.rawValue)"
      + (status.workers.count > 1 ? " (\(counts.joined(separator: ", ")))" : "")
      + (nodes.isEmpty ? "" : " on \(nodes.joined(separator: ","))")
      + (status.reason.isEmpty ? "" : ": \(status.reason)") + "\n"
  }
}
