import IR

/// What a node says to the workers of a workload.
package enum NodeAnswer: Sendable, Hashable {
  /// So many workers find room.
  case room(Int)
  case refused(NodeRefusal)
}

extension Planner {
  /// What each node says to a worker of a demand with one of its GPU requests, without regard to the other nodes.
  mutating func answers(_ demand: PlacementDemand, alternative: Int) -> [NodeAnswer] {
    let shape = demand.alternatives[alternative]
    let (match, kinds) = (match(shape), fleet.kinds)
    let lasting = LastingRefusals(
      first: kinds.map { first($0, shape) }, rest: kinds.map { rest($0, $0.gpus, shape) },
      labels: shape.traits.labels.map { ($0, nodeSet($0)) },
      readsUUID: shape.gpus?.selector?.expression.readsUUID ?? false)
    return (0..<fleet.count).map { node in
      if let refusal = refusal(node, shape, match, lasting) { return .refused(refusal) }
      return .room(capacity(node, match, limit: demand.workers))
    }
  }

  /// The reasons that would stay if nothing ran, which are looked for once for each kind of node.
  private struct LastingRefusals {
    /// Those before the labels, by kind.
    var first: [NodeRefusal?]
    /// Those after them.
    var rest: [NodeRefusal?]
    var labels: [(label: WorkloadPlan.Label, nodes: NodeSet)]
    /// Whether `rest` is not the same for all nodes of a kind.
    var readsUUID: Bool
  }

  /// Lets nodes that have room for a worker refuse where all that must run together don't fit.
  func refuseTogether(_ answers: inout [NodeAnswer], _ demand: PlacementDemand) {
    func room(_ node: Int, _ limit: Int) -> Int {
      if case .room(let workers) = answers[node] { return min(workers, limit) }
      return 0
    }
    guard let level = outermost(demand) else {
      for node in answers.indices where room(node, 1) > 0 {
        answers[node] = .refused(.level(demand.within ?? ""))
      }
      return
    }
    for (number, domain) in domains(at: level).enumerated() {
      let nodes = fleet.tree.order[domain].map { Int($0) }
      let holds = nodes.reduce(0) { $0 + room($1, demand.workersPerNode) }
      if holds >= demand.gang { continue }
      let isLimited = nodes.reduce(0) { $0 + room($1, .max) } >= demand.gang
      let (name, called) =
        level < 0
        ? ("fleet", "")
        : level == fleet.tree.levels.count ? ("node", "") : (fleet.tree.levels[level], fleet.tree.names[level][number])
      for node in nodes {
        let workers = room(node, .max)
        if workers == 0 { continue }
        answers[node] = .refused(
          isLimited && workers > demand.workersPerNode
            ? .workersPerNode(demand.workersPerNode, holds: workers)
            : .domain(level: name, name: called, holds: holds, needs: demand.gang))
      }
    }
  }

  /// The first reason against a worker on a node.
  private mutating func refusal(
    _ node: Int, _ shape: PlacementDemand.Shape, _ match: NodeMatch, _ lasting: LastingRefusals
  ) -> NodeRefusal? {
    let number = Int(fleet.kindOf[node])
    if let refusal = lasting.first[number] { return refusal }
    for (label, nodes) in lasting.labels where !nodes.contains(node) { return .label(label) }
    let own = lasting.readsUUID ? rest(fleet.kinds[number], fleet.gpus(of: node), shape) : lasting.rest[number]
    if let own { return own }
    let (cores, memory) = (Int(max(state.cores[node], 0)), Int(max(state.memory[node], 0)))
    if cores < shape.cores { return .coresFree(cores, of: fleet.kinds[number].cores, needs: shape.cores) }
    if memory < shape.memory { return .memoryFree(memory, of: fleet.kinds[number].memory, needs: shape.memory) }
    guard shape.size > 0 else { return nil }
    let usable = usable(node, match)
    if usable.count < shape.size {
      return .gpusFree(usable.count, of: matching(node, match).nonzeroBitCount, needs: shape.size)
    }
    if let link = shape.gpus?.link, subsets[subsetsPlace(node, match)].capacity(usable, size: shape.size) == 0 {
      return .linkFree(link, free: usable.count, needs: shape.size)
    }
    return nil
  }

  private func first(_ kind: NodeKind, _ shape: PlacementDemand.Shape) -> NodeRefusal? {
    if kind.isDrained { return .drained }
    let queue = shape.traits.queue ?? fleet.defaultQueue
    return kind.serves(queue) ? nil : .queue(queue)
  }

  private mutating func rest(_ kind: NodeKind, _ gpus: [FleetGPU], _ shape: PlacementDemand.Shape) -> NodeRefusal? {
    for condition in shape.traits.conditions where kind.status(of: condition.type) != condition.status {
      return .condition(condition, is: kind.status(of: condition.type))
    }
    if let request = shape.gpus, let refusal = rest(kind, gpus, request) { return refusal }
    if kind.cores < shape.cores { return .cores(kind.cores, needs: shape.cores) }
    if kind.memory < shape.memory { return .memory(kind.memory, needs: shape.memory) }
    return nil
  }

  private mutating func rest(_ kind: NodeKind, _ gpus: [FleetGPU], _ request: GPURequest) -> NodeRefusal? {
    if gpus.count < request.count { return .gpuCount(gpus.count, needs: request.count) }
    var left = Array(gpus.indices)
    for trait in GPURequest.Trait.allCases {
      left.removeAll { !request.accepts(gpus[$0], at: $0, in: trait) }
      if left.count < request.count { return .gpus(trait, left.count, needs: request.count) }
    }
    let place = kind.topology * 3 + GPUTopology.row(of: request.link)
    if let link = request.link, subsets[place].capacity(GPUSet(left), size: request.count) == 0 {
      return .link(link, needs: request.count)
    }
    return nil
  }
}
