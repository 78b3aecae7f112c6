import IR

/// What nodes of the same make and condition have in common: all that doesn't change by placing, but names, labels and domains.
struct NodeKind: Sendable, Hashable {
  let cores: Int
  let memory: Int
  /// The GPUs; their unique numbers are left out.
  let gpus: [FleetGPU]
  let conditions: [WorkloadPlan.Condition]
  let isDrained: Bool
  let queues: [String]
  /// The number of the topology of its GPUs.
  let topology: Int

  init(_ node: FleetNode, topology: Int) {
    cores = max(node.cores, 0)
    memory = max(node.memory, 0)
    gpus = node.gpus.prefix(GPUSet.limit).map {
      FleetGPU(type: $0.type, name: $0.name, memory: $0.memory, isHealthy: $0.isHealthy)
    }
    conditions = node.conditions
    isDrained = node.isDrained
    queues = node.queues
    self.topology = topology
  }

  /// The GPUs that can be used at all.
  var healthy: GPUSet { GPUSet(gpus.indices.filter { gpus[$0].isHealthy }) }

  /// How a condition stands; what isn't said is unknown.
  func status(of type: String) -> WorkloadPlan.Condition.Status {
    conditions.first { $0.type.isSame(as: type) }?.status ?? .unknown
  }

  /// Whether workloads of a queue may come here.
  func serves(_ queue: String?) -> Bool {
    queues.isEmpty || queue.map { queue in queues.contains { $0.isSame(as: queue) } } ?? false
  }
}
