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
    let match = match(shape)
    return (0..<fleet.count).map { node in
      if let refusal = refusal(node, shape, match) { return .refused(refusal) }
      return .room(capacity(node, match, limit: demand.workers))
    }
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
  private mutating func refusal(_ node: Int, _ shape: PlacementDemand.Shape, _ match: NodeMatch) -> NodeRefusal? {
    if let lasting = lasting(node, shape) { return lasting }
    let kind = fleet.kind(of: node)
    let (cores, memory) = (Int(max(state.cores[node], 0)), Int(max(state.memory[node], 0)))
    if cores < shape.cores { return .coresFree(cores, of: kind.cores, needs: shape.cores) }
    if memory < shape.memory { return .memoryFree(memory, of: kind.memory, needs: shape.memory) }
    guard let request = shape.gpus else { return nil }
    let usable = usable(node, match)
    let all = match.byNode.isEmpty ? match.byKind[Int(fleet.kindOf[node])] : match.byNode[node]
    if usable.count < shape.size { return .gpusFree(usable.count, of: all.nonzeroBitCount, needs: shape.size) }
    if let link = request.link, subsets[subsetsPlace(node, match)].capacity(usable, size: shape.size) == 0 {
      return .linkFree(link, free: usable.count, needs: shape.size)
    }
    return nil
  }

  /// A reason that would stay if nothing ran.
  private mutating func lasting(_ node: Int, _ shape: PlacementDemand.Shape) -> NodeRefusal? {
    let kind = fleet.kind(of: node)
    if kind.isDrained { return .drained }
    if !kind.serves(shape.queue ?? fleet.defaultQueue) { return .queue(shape.queue ?? fleet.defaultQueue) }
    for label in shape.labels where !fleet.node(node, has: label) { return .label(label) }
    for condition in shape.conditions where kind.status(of: condition.type) != condition.status {
      return .condition(condition, is: kind.status(of: condition.type))
    }
    if let request = shape.gpus, let refusal = lasting(node, kind, request) { return refusal }
    if kind.cores < shape.cores { return .cores(kind.cores, needs: shape.cores) }
    if kind.memory < shape.memory { return .memory(kind.memory, needs: shape.memory) }
    return nil
  }

  private mutating func lasting(_ node: Int, _ kind: NodeKind, _ request: GPURequest) -> NodeRefusal? {
    let gpus = fleet.gpus(of: node)
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
