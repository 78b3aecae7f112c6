import IR

/// Which nodes could ever hold a worker of some shape, and with which of their GPUs: what doesn't change by placing.
struct NodeMatch: Sendable {
  let gpus: GPUMatch
  let nodes: NodeSet
  /// What a worker takes of each.
  var cores: Int32 = 0
  var memory: Int32 = 0

  var size: Int { gpus.size }
  var footprint: Int { nodes.words.capacity * 8 + 300 }
}

/// Which GPUs of the nodes a request would take.
struct GPUMatch: Sendable {
  let size: Int
  /// The row of `GPUTopology.companions`.
  let row: Int
  let isPlainLink: Bool
  /// The GPUs by kind; empty if there is a set for each node. None where there are too few for a worker.
  let byKind: [UInt64]
  /// By node: only where the request reads unique numbers.
  let byNode: [UInt64]
  /// What the links of one worker can't cost less than on any of the nodes.
  let floor: Int

  var footprint: Int { (byKind.capacity + byNode.capacity) * 8 + 300 }
}

extension Planner {
  /// The nodes that match a shape.
  mutating func match(_ shape: PlacementDemand.Shape) -> NodeMatch {
    var match = match(shape.traits)
    // A node that has less in all never has as much free.
    match.cores = Int32(clamping: shape.cores)
    match.memory = Int32(clamping: shape.memory)
    return match
  }

  private mutating func match(_ traits: PlacementDemand.Traits) -> NodeMatch {
    if let known = matches[traits] { return known }
    let match = makeMatch(traits)
    guard traits.isPlain else { return match }
    // So much of the planner's memory is for this at most.
    if (matches.count + 1) * match.footprint > 2 << 20 { matches.removeAll(keepingCapacity: true) }
    matches[traits] = match
    return match
  }

  private mutating func makeMatch(_ traits: PlacementDemand.Traits) -> NodeMatch {
    let gpus = gpuMatch(traits.gpus)
    var nodes = NodeSet(count: fleet.count)
    for (number, kind) in fleet.kinds.enumerated() where accepts(kind, traits) {
      if gpus.byNode.isEmpty {
        if gpus.size > 0, gpus.byKind[number] == 0 { continue }
        if fleet.setsOf.isEmpty {
          for node in fleet.nodesOf[number] { nodes.insert(Int(node)) }
        } else {
          nodes.formUnion(fleet.setsOf[number])
        }
      } else {
        for node in fleet.nodesOf[number] where gpus.byNode[Int(node)] != 0 { nodes.insert(Int(node)) }
      }
    }
    for label in traits.labels { nodes.formIntersection(nodeSet(label)) }
    return NodeMatch(gpus: gpus, nodes: nodes)
  }

  private func accepts(_ kind: NodeKind, _ traits: PlacementDemand.Traits) -> Bool {
    !kind.isDrained && kind.serves(traits.queue ?? fleet.defaultQueue)
      && traits.conditions.allSatisfy { kind.status(of: $0.type) == $0.status }
  }

  /// The nodes with a label.
  mutating func nodeSet(_ label: WorkloadPlan.Label) -> NodeSet {
    let key = LabelKey(label)
    if let known = labelSets[key] { return known }
    let set = NodeSet(fleet.nodes(with: label), count: fleet.count)
    if (labelSets.count + 1) * set.words.count * 8 > 1 << 20 { labelSets.removeAll() }
    labelSets[key] = set
    return set
  }

  private mutating func gpuMatch(_ request: GPURequest?) -> GPUMatch {
    guard let request else {
      return GPUMatch(size: 0, row: GPUTopology.row(of: nil), isPlainLink: true, byKind: [], byNode: [], floor: 0)
    }
    if let known = gpuMatches[request] { return known }
    let match = makeMatch(request)
    guard request.isPlain else { return match }
    if (gpuMatches.count + 1) * match.footprint > 1 << 20 { gpuMatches.removeAll() }
    gpuMatches[request] = match
    return match
  }

  private mutating func makeMatch(_ request: GPURequest) -> GPUMatch {
    let perNode = request.selector?.expression.readsUUID ?? false
    let row = GPUTopology.row(of: request.link)
    var byKind = perNode ? [] : Array(repeating: UInt64(0), count: fleet.kinds.count)
    var byNode = perNode ? Array(repeating: UInt64(0), count: fleet.count) : []
    var floor = Int.max
    for (number, kind) in fleet.kinds.enumerated() where kind.gpus.count >= request.count {
      let place = kind.topology * 3 + row
      if !perNode {
        let gpus = request.matches(kind.gpus)
        guard subsets[place].capacity(gpus, size: request.count) > 0 else { continue }
        byKind[number] = gpus.bits
      } else {
        for node in fleet.nodesOf[number] {
          let gpus = request.matches(fleet.gpus(of: Int(node)))
          if subsets[place].capacity(gpus, size: request.count) > 0 { byNode[Int(node)] = gpus.bits }
        }
      }
      let all = GPUSet(first: fleet.topologies[kind.topology].count)
      // Beyond what is searched exactly, the whole node's answer is no bound for its parts.
      let least = all.count <= GPUSubsets.exact ? subsets[place].cost(all, size: request.count, workers: 1) : 0
      floor = min(floor, least ?? .max)
    }
    return GPUMatch(
      size: request.count, row: row, isPlainLink: request.link == nil, byKind: byKind, byNode: byNode, floor: floor)
  }

  /// The free GPUs of a node that a worker could get.
  func usable(_ node: Int, _ match: NodeMatch) -> GPUSet {
    GPUSet(bits: state.gpus[node] & matching(node, match))
  }

  /// The GPUs of a node that a worker could get if all were free.
  func matching(_ node: Int, _ match: NodeMatch) -> UInt64 {
    if match.size == 0 { return 0 }
    return match.gpus.byNode.isEmpty ? match.gpus.byKind[Int(fleet.kindOf[node])] : match.gpus.byNode[node]
  }

  /// The place of a node's subsets for what a match demands of links.
  func subsetsPlace(_ node: Int, _ match: NodeMatch) -> Int {
    fleet.kinds[Int(fleet.kindOf[node])].topology * 3 + match.gpus.row
  }

  /// How many workers find room on a node, `limit` at most.
  mutating func capacity(_ node: Int, _ match: NodeMatch, limit: Int) -> Int {
    var capacity = limit
    if match.cores > 0 { capacity = min(capacity, Int(max(state.cores[node], 0) / match.cores)) }
    if match.memory > 0 { capacity = min(capacity, Int(max(state.memory[node], 0) / match.memory)) }
    guard capacity > 0, match.size > 0 else { return capacity }
    let gpus = usable(node, match)
    guard gpus.count >= match.size else { return 0 }
    if match.gpus.isPlainLink { return min(capacity, gpus.count / match.size) }
    return min(capacity, subsets[subsetsPlace(node, match)].capacity(gpus, size: match.size))
  }
}
