package import IR

/// What of a workload matters to where it goes.
package struct PlacementDemand: Sendable, Hashable {
  /// What every worker of one alternative wants of its node.
  struct Shape: Sendable, Hashable {
    var queue: String?
    var labels: [WorkloadPlan.Label]
    var conditions: [WorkloadPlan.Condition]
    var cores: Int
    var memory: Int
    /// Nil for no GPU.
    var gpus: GPURequest?

    var size: Int { max(gpus?.count ?? 0, 0) }

    /// Whether all texts are ASCII, for which equal and of the same bytes is one thing.
    var isPlain: Bool {
      var texts = [queue, gpus?.type, gpus?.model, gpus?.selector?.text].compactMap(\.self)
      for label in labels { texts += [label.key, label.value] }
      for condition in conditions { texts.append(condition.type) }
      return texts.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
    }
  }

  /// One for each way in which the workload's GPUs may be had, in order; one without GPUs if it wants none.
  var alternatives: [Shape]
  /// How many workers it would have at a time.
  package var workers: Int
  /// How many must be there for any to run.
  package var gang: Int
  var within: String?
  var isStrict: Bool
  var workersPerNode: Int

  /// Whether its workers should stand near one another.
  var isTogether: Bool { gang > 1 || within != nil }

  /// Reads a workload.
  package init(_ plan: WorkloadPlan) {
    let rules = plan.placement
    let requests: [GPURequest?] = plan.gpus.isEmpty ? [nil] : plan.gpus
    alternatives = requests.map { request in
      Shape(
        queue: plan.queueing.queue, labels: rules.nodeLabels, conditions: rules.conditions, cores: max(plan.cores, 0),
        memory: max(plan.memory, 0), gpus: (request?.count ?? 0) > 0 ? request : nil)
    }
    gang = max(plan.workers.gang, 1)
    workers = max(min(plan.workers.parallelism, plan.workers.count), gang)
    within = rules.within
    isStrict = rules.isStrict
    workersPerNode = rules.workersPerNode.map { max($0, 1) } ?? .max
  }
}
