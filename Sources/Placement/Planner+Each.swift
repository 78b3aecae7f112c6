/// Workers that may run each by itself: every one goes where it leaves the fewest GPUs of its node idle (best fit, which of all simple rules
/// leaves the most room for big requests), then where its links cost least, then to the first node.
extension Planner {
  /// One worker.
  mutating func placeOne(_ match: NodeMatch) -> Placement? {
    guard let (node, cost) = bestNode(match) else { return nil }
    let gpus =
      match.size == 0
      ? GPUSet()
      : subsets[subsetsPlace(node, match)].choose(usable(node, match), size: match.size, workers: 1)?.first
    guard let gpus else { return nil }
    return Placement(
      alternative: 0, workers: [Placement.Worker(node: node, gpus: gpus)], linkCost: cost,
      span: fleet.tree.levels.count, cores: Int(match.cores), memory: Int(match.memory))
  }

  /// The best node for one worker. Nodes with as many free GPUs stand in one bucket, so those that fit best are looked at first.
  private mutating func bestNode(_ match: NodeMatch) -> (node: Int, cost: Int)? {
    guard match.size <= fleet.mostGPUs else { return nil }
    for free in match.size...fleet.mostGPUs {
      var best: (node: Int, cost: Int)?
      for word in 0..<state.words {
        var rest = match.nodes.words[word] & state.buckets[free * state.words + word]
        while rest != 0 {
          let node = word << 6 + rest.trailingZeroBitCount
          rest &= rest - 1
          guard let cost = cost(node, match), best.map({ cost < $0.cost }) ?? true else { continue }
          best = (node, cost)
          if cost <= match.gpus.floor { return best }
        }
      }
      if let best { return best }
    }
    return nil
  }

  /// What the links of one worker cost on a node; nil if it finds no room.
  private mutating func cost(_ node: Int, _ match: NodeMatch) -> Int? {
    guard max(state.cores[node], 0) >= match.cores, max(state.memory[node], 0) >= match.memory else { return nil }
    guard match.size > 0 else { return 0 }
    let gpus = usable(node, match)
    guard gpus.count >= match.size else { return nil }
    return subsets[subsetsPlace(node, match)].cost(gpus, size: match.size, workers: 1)
  }

  /// Several workers: as many as find room. A node that got one fits the next one best, until it is full.
  mutating func placeEach(_ match: NodeMatch, _ demand: PlacementDemand) -> Placement? {
    var candidates: [(idle: Int, cost: Int, node: Int, capacity: Int)] = []
    for word in 0..<state.words {
      var rest = match.nodes.words[word]
      while rest != 0 {
        let node = word << 6 + rest.trailingZeroBitCount
        rest &= rest - 1
        let capacity = capacity(node, match, limit: min(demand.workersPerNode, demand.workers))
        guard capacity > 0, let cost = cost(node, match) else { continue }
        candidates.append((state.gpus[node].nonzeroBitCount - match.size, cost, node, capacity))
      }
    }
    candidates.sort { ($0.idle, $0.cost, $0.node) < ($1.idle, $1.cost, $1.node) }
    var shares: [(node: Int, workers: Int)] = []
    var left = demand.workers
    for candidate in candidates where left > 0 {
      shares.append((candidate.node, min(candidate.capacity, left)))
      left -= min(candidate.capacity, left)
    }
    guard demand.workers - left >= demand.gang else { return nil }
    return placement(shares, match)
  }

  /// Workers by nodes made a placement: each node's get those of its GPUs that cost least together.
  mutating func placement(_ shares: [(node: Int, workers: Int)], _ match: NodeMatch) -> Placement? {
    var placement = Placement(
      alternative: 0, workers: [], linkCost: 0, span: -1, cores: Int(match.cores), memory: Int(match.memory))
    for share in shares {
      let place = subsetsPlace(share.node, match)
      let gpus = usable(share.node, match)
      guard let sets = subsets[place].choose(gpus, size: match.size, workers: share.workers),
        let cost = subsets[place].cost(gpus, size: match.size, workers: share.workers)
      else { return nil }
      placement.linkCost += cost
      placement.workers += sets.map { Placement.Worker(node: share.node, gpus: $0) }
    }
    placement.span = span(shares.map(\.node))
    return placement
  }

  /// The innermost level whose domain some nodes share.
  func span(_ nodes: [Int]) -> Int {
    guard let first = nodes.first else { return -1 }
    let levels = fleet.tree.levels.count
    if nodes.allSatisfy({ $0 == first }) { return levels }
    return (0..<levels).last { level in
      nodes.allSatisfy { fleet.tree.domainOf[level][$0] == fleet.tree.domainOf[level][first] }
    } ?? -1
  }
}
