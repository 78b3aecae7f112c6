import IR

/// Which nodes could ever hold a worker of some shape, and with which of their GPUs: what doesn't change by placing.
struct NodeMatch: Sendable {
  let size: Int
  let cores: Int32
  let memory: Int32
  let demand: Int
  let isPlainLink: Bool
  let nodes: NodeSet
  /// The GPUs that the request would take, by kind; empty if there is a set for each node.
  let byKind: [UInt64]
  /// By node: only where the request reads unique numbers.
  let byNode: [UInt64]
  /// What the links of one worker can't cost less than on any of the nodes.
  let floor: Int

  var footprint: Int { nodes.words.capacity * 8 + (byKind.capacity + byNode.capacity) * 8 + 200 }
}

extension Planner {
  /// The nodes that match a shape.
  mutating func match(_ shape: PlacementDemand.Shape) -> NodeMatch {
    if let known = matches[shape] { return known }
    let match = makeMatch(shape)
    guard shape.isPlain else { return match }
    // So much of the planner's memory is for this at most.
    if (matches.count + 1) * match.footprint > 2 << 20 { matches.removeAll() }
    matches[shape] = match
    return match
  }

  private mutating func makeMatch(_ shape: PlacementDemand.Shape) -> NodeMatch {
    let perNode = shape.gpus?.selector?.expression.readsUUID ?? false
    let row = GPUTopology.row(of: shape.gpus?.link)
    var nodes = NodeSet(count: fleet.count)
    var byKind = perNode ? [] : Array(repeating: UInt64(0), count: fleet.kinds.count)
    var byNode = perNode ? Array(repeating: UInt64(0), count: fleet.count) : []
    var floor = Int.max
    for (number, kind) in fleet.kinds.enumerated() where accepts(kind, shape) {
      let place = kind.topology * 3 + row
      if !perNode {
        let gpus = shape.gpus?.matches(kind.gpus) ?? GPUSet()
        guard subsets[place].capacity(gpus, size: shape.size) > 0 else { continue }
        byKind[number] = gpus.bits
        for node in fleet.nodesOf[number] { nodes.insert(Int(node)) }
      } else {
        for node in fleet.nodesOf[number] {
          let gpus = shape.gpus?.matches(fleet.gpus(of: Int(node))) ?? GPUSet()
          guard subsets[place].capacity(gpus, size: shape.size) > 0 else { continue }
          byNode[Int(node)] = gpus.bits
          nodes.insert(Int(node))
        }
      }
      let all = GPUSet(first: fleet.topologies[kind.topology].count)
      // Beyond what is searched exactly, the whole node's answer is no bound for its parts.
      let least = all.count <= GPUSubsets.exact ? subsets[place].cost(all, size: shape.size, workers: 1) : 0
      floor = min(floor, least ?? .max)
    }
    for label in shape.labels {
      var labelled = NodeSet(count: fleet.count)
      for node in fleet.nodes(with: label) { labelled.insert(Int(node)) }
      nodes.formIntersection(labelled)
    }
    return NodeMatch(
      size: shape.size, cores: Int32(clamping: shape.cores), memory: Int32(clamping: shape.memory), demand: row,
      isPlainLink: shape.gpus?.link == nil, nodes: nodes, byKind: byKind, byNode: byNode, floor: floor)
  }

  private func accepts(_ kind: NodeKind, _ shape: PlacementDemand.Shape) -> Bool {
    !kind.isDrained && kind.serves(shape.queue ?? fleet.defaultQueue)
      && shape.conditions.allSatisfy { kind.status(of: $0.type) == $0.status } && kind.cores >= shape.cores
      && kind.memory >= shape.memory
  }

  /// The free GPUs of a node that a worker could get.
  func usable(_ node: Int, _ match: NodeMatch) -> GPUSet {
    let gpus = match.byNode.isEmpty ? match.byKind[Int(fleet.kindOf[node])] : match.byNode[node]
    return GPUSet(bits: state.gpus[node] & gpus)
  }

  /// The place of a node's subsets for what a match demands of links.
  func subsetsPlace(_ node: Int, _ match: NodeMatch) -> Int {
    fleet.kinds[Int(fleet.kindOf[node])].topology * 3 + match.demand
  }

  /// How many workers find room on a node, `limit` at most.
  mutating func capacity(_ node: Int, _ match: NodeMatch, limit: Int) -> Int {
    var capacity = limit
    if match.cores > 0 { capacity = min(capacity, Int(max(state.cores[node], 0) / match.cores)) }
    if match.memory > 0 { capacity = min(capacity, Int(max(state.memory[node], 0) / match.memory)) }
    guard capacity > 0, match.size > 0 else { return capacity }
    let gpus = usable(node, match)
    guard gpus.count >= match.size else { return 0 }
    if match.isPlainLink { return min(capacity, gpus.count / match.size) }
    return min(capacity, subsets[subsetsPlace(node, match)].capacity(gpus, size: match.size))
  }
}
