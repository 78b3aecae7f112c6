package import IR
import Lowering

/// What Slurm says of jobs.
package enum SlurmStatus {
  /// A job or an element of an array, as `scontrol show job --oneliner` writes it.
  package struct Job: Sendable, Equatable {
    /// `17`, or `17_3` for an element.
    package var id: String
    package var worker: WorkloadStatus.Worker
    /// The file that it writes to; empty where it has none.
    package var output: String
  }

  /// The jobs of a workload in `scontrol --oneliner show job`: those whose comment is its id.
  ///
  /// - Parameter user: whose they are, by number; nil for everybody's.
  package static func jobs(_ text: String, id: String, user: Int? = nil) -> [Job] {
    text.utf8.split(separator: 0x0A).compactMap { line in
      let fields = SlurmRecord.fields(String(Substring(line)))
      // 'alice(1000)'
      if let user, fields["UserId"]?.hasSuffix("(\(user))") != true { return nil }
      guard fields["Comment"]?.utf8.elementsEqual(id.utf8) ?? false, let number = fields["JobId"] else { return nil }
      var name = number
      if let array = fields["ArrayJobId"], let task = fields["ArrayTaskId"] { name = "\(array)_\(task)" }
      let reason = fields["Reason"] ?? ""
      var worker = WorkloadStatus.Worker(
        name: name, state: state(fields["JobState"] ?? "", reason, isRestarted: fields["Restarts"] ?? "0" != "0"))
      worker.reason = ["None", ""].contains(reason) ? "" : reason
      worker.node = fields["NodeList"].map { $0 == "(null)" ? "" : $0 } ?? ""
      worker.restarts = Int(fields["Restarts"] ?? "") ?? 0
      // 'status:signal'
      if worker.state == .cancelled {
        // What it waited for before is of no interest, and it has no status of its own.
        worker.reason = ""
      } else if worker.state.isFinal {
        let code = (fields["ExitCode"] ?? "").utf8.split(separator: 0x3A).map { String(Substring($0)) }
        if code.count == 2, let status = Int(code[0]), let signal = Int(code[1]) {
          worker.exitCode = signal == 0 ? status : 128 + signal
        }
      }
      return Job(id: name, worker: worker, output: fields["StdOut"] ?? "")
    }
  }

  /// Those that were submitted last: the same workload may have been submitted before.
  package static func latest(_ jobs: [Job]) -> [Job] {
    func number(_ job: Job) -> Int { Int(job.id.prefix { $0 != "_" }) ?? 0 }
    let last = jobs.map(number).max()
    return jobs.filter { number($0) == last }
  }

  /// claw's word for a state of Slurm's.
  static func state(_ word: String, _ reason: String, isRestarted: Bool) -> WorkloadState {
    switch word {
    case "PENDING":
      if ["JobHeldUser", "JobHeldAdmin"].contains(reason) { return .gated }
      return isRestarted && reason == "BeginTime" ? .preempted : .queued
    case "REQUEUED", "REQUEUE_FED": return .queued
    case "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD": return .gated
    case "CONFIGURING": return .starting
    case "RUNNING", "RESIZING", "SIGNALING", "STAGE_OUT": return .running
    case "COMPLETING", "STOPPED": return .stopping
    case "SUSPENDED", "PREEMPTED": return .preempted
    case "COMPLETED": return .completed
    case "CANCELLED", "REVOKED": return .cancelled
    case "TIMEOUT", "DEADLINE": return .deadlineExceeded
    // FAILED, NODE_FAIL, BOOT_FAIL, OUT_OF_MEMORY, and what a later Slurm may bring
    default: return .failed
    }
  }
}
