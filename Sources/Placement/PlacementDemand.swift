package import IR

/// What of a workload matters to where it goes.
package struct PlacementDemand: Sendable, Hashable {
  /// What every worker of one alternative wants of its node.
  struct Shape: Sendable, Hashable {
    var traits: Traits
    var cores: Int
    var memory: Int

    var gpus: GPURequest? { traits.gpus }
    var size: Int { max(traits.gpus?.count ?? 0, 0) }
  }

  /// Of that, what a node has or hasn't, whatever runs on it.
  struct Traits: Sendable, Hashable {
    var queue: String?
    var labels: [WorkloadPlan.Label]
    var conditions: [WorkloadPlan.Condition]
    /// Nil for no GPU.
    var gpus: GPURequest?

    /// Whether all texts are ASCII, for which equal and of the same bytes is one thing.
    var isPlain: Bool {
      (queue?.isPlain ?? true) && (gpus?.isPlain ?? true) && labels.allSatisfy { $0.key.isPlain && $0.value.isPlain }
        && conditions.allSatisfy(\.type.isPlain)
    }
  }

  /// The most workers of one workload that are placed.
  package static let limit = 1 << 20

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
      let traits = Traits(
        queue: plan.queueing.queue, labels: rules.nodeLabels, conditions: rules.conditions,
        gpus: (request?.count ?? 0) > 0 ? request : nil)
      return Shape(traits: traits, cores: max(plan.cores, 0), memory: max(plan.memory, 0))
    }
    gang = min(max(plan.workers.gang, 1), Self.limit)
    workers = min(max(min(plan.workers.parallelism, plan.workers.count), gang), Self.limit)
    within = rules.within
    isStrict = rules.isStrict
    workersPerNode = rules.workersPerNode.map { max($0, 1) } ?? .max
  }
}

extension GPURequest {
  var isPlain: Bool {
    (type?.isPlain ?? true) && (model?.isPlain ?? true) && (selector?.text.isPlain ?? true)
  }
}

extension String {
  /// Whether it is ASCII.
  var isPlain: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
