package import IR
package import JSON

/// What Kubernetes says of the pods of a workload.
package enum KubernetesStatus {
  /// The workers in `kubectl get jobs,deployments,pods -o json`; the job's own end counts before its pods', of which
  /// those that failed may be gone.
  package static func status(_ list: JSONValue) -> WorkloadStatus? {
    let items = list["items"]?.array ?? []
    let pods = items.filter { $0["kind"]?.string == "Pod" }
    let workers = pods.map(worker).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for job in items where job["kind"]?.string == "Job" {
      for condition in job["status"]?["conditions"]?.array ?? [] where condition["status"]?.string == "True" {
        let reason = condition["reason"]?.string ?? ""
        switch condition["type"]?.string {
        case "Complete": return WorkloadStatus(state: .completed, workers: workers)
        case "Failed":
          let state: WorkloadState = reason == "DeadlineExceeded" ? .deadlineExceeded : .failed
          return WorkloadStatus(state: state, reason: reason, workers: workers)
        case "Suspended" where workers.isEmpty:
          return WorkloadStatus(state: .gated, reason: reason, workers: workers)
        default: break
        }
      }
    }
    if let status = WorkloadStatus(workers) { return status }
    // Nothing of it stands yet.
    return items.isEmpty ? nil : WorkloadStatus(state: .queued, workers: [])
  }

  private static func worker(_ pod: JSONValue) -> WorkloadStatus.Worker {
    let status = pod["status"]
    var worker = WorkloadStatus.Worker(name: pod["metadata"]?["name"]?.string ?? "", state: .queued)
    worker.node = pod["spec"]?["nodeName"]?.string ?? ""
    let containers = status?["containerStatuses"]?.array ?? []
    worker.restarts = containers.reduce(0) { $0 + ($1["restartCount"]?.integer ?? 0) }
    let conditions = (status?["conditions"]?.array ?? []).reduce(into: [String: JSONValue]()) { result, condition in
      if let type = condition["type"]?.string { result[type] = condition }
    }
    let isGiven = worker.node.isEmpty == false
    switch status?["phase"]?.string {
    case "Succeeded":
      worker.state = .completed
      worker.exitCode = 0
    case "Failed":
      worker.reason = status?["reason"]?.string ?? ""
      worker.state = worker.reason == "DeadlineExceeded" ? .deadlineExceeded : .failed
      worker.exitCode = containers.compactMap { $0["state"]?["terminated"]?["exitCode"]?.integer }.first { $0 != 0 }
    case "Running": worker.state = .running
    default:
      let scheduled = conditions["PodScheduled"]
      worker.reason = scheduled?["reason"]?.string ?? ""
      if worker.reason == "SchedulingGated" {
        worker.state = .gated
      } else if isGiven {
        let waiting = containers.compactMap { $0["state"]?["waiting"]?["reason"]?.string }.first
        worker.reason = waiting ?? ""
        worker.state = containers.isEmpty ? .admitted : .starting
      }
    }
    if let disruption = conditions["DisruptionTarget"], disruption["status"]?.string == "True" {
      worker.state = .preempted
      worker.reason = disruption["reason"]?.string ?? ""
    } else if pod["metadata"]?["deletionTimestamp"] != nil, !worker.state.isFinal {
      worker.state = .stopping
    }
    return worker
  }
}
