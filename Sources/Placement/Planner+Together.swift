import IR

/// Workers that must, or should, stand near one another: all in the innermost domain that holds them.
extension Planner {
  /// Nodes in the tree's order that have room, each with how many workers it can hold.
  struct Room {
    /// By place in the tree's order.
    var capacities: [Int]
    /// The capacities of all places before one, together.
    var sums: [Int]

    /// How many workers find room in a range of places.
    func total(_ range: Range<Int>) -> Int { sums[range.upperBound] - sums[range.lowerBound] }
  }

  /// The room of all nodes; what one node holds is cut at so many workers.
  mutating func room(_ match: NodeMatch, limit: Int) -> Room {
    var room = Room(capacities: Array(repeating: 0, count: fleet.count), sums: [0])
    room.sums.reserveCapacity(fleet.count + 1)
    var sum = 0
    for (place, node) in fleet.tree.order.enumerated() {
      if match.nodes.contains(Int(node)) {
        let capacity = capacity(Int(node), match, limit: limit)
        room.capacities[place] = capacity
        sum += capacity
      }
      room.sums.append(sum)
    }
    return room
  }

  /// The domains of a level as ranges of places: the whole fleet at -1, single nodes at the number of levels.
  func domains(at level: Int) -> [Range<Int>] {
    if level < 0 { return [0..<fleet.count] }
    if level < fleet.tree.levels.count { return fleet.tree.domains[level] }
    return (0..<fleet.count).map { $0..<$0 + 1 }
  }

  /// The level within which a workload must stay: -1 for the whole fleet; nil if the fleet has no such level.
  func outermost(_ demand: PlacementDemand) -> Int? {
    guard demand.isStrict, let within = demand.within else { return -1 }
    return fleet.tree.level(within)
  }

  /// Places workers at the least cost: the innermost level that holds them, then the fewest domains and nodes, then their links, then the fewest
  /// idle GPUs beside them. Which nodes is found exactly, by the cheapest ways to put any number of workers into each domain.
  mutating func placeTogether(_ match: NodeMatch, _ demand: PlacementDemand) -> Placement? {
    guard let outermost = outermost(demand) else { return nil }
    let room = room(match, limit: min(demand.workersPerNode, demand.workers))
    let most = domains(at: outermost).reduce(0) { max($0, room.total($1)) }
    let workers = min(most, demand.workers)
    guard workers >= demand.gang else { return nil }
    let levels = fleet.tree.levels.count
    let preferred = demand.within.flatMap { fleet.tree.level($0) }
    for level in (outermost...levels).reversed() {
      let feasible = domains(at: level).filter { room.total($0) >= workers }
      if feasible.isEmpty { continue }
      var best: (cost: GangCost, shares: [(place: Int, workers: Int)])?
      for domain in feasible {
        guard let found = gang(workers, in: domain, at: level, room, match, preferred: preferred) else { continue }
        if best.map({ found.cost < $0.cost }) ?? true { best = found }
      }
      guard let best else { continue }
      var placement = placement(best.shares.map { (Int(fleet.tree.order[$0.place]), $0.workers) }, match)
      placement?.span = level
      return placement
    }
    return nil
  }

  /// The cheapest way to put so many workers into one domain.
  private mutating func gang(
    _ workers: Int, in domain: Range<Int>, at level: Int, _ room: Room, _ match: NodeMatch, preferred: Int?
  ) -> (cost: GangCost, shares: [(place: Int, workers: Int)])? {
    let levels = fleet.tree.levels.count
    if level == levels {
      guard let cost = nodeCost(domain.lowerBound, workers, match) else { return nil }
      return (GangCost(spread: 0, links: cost), [(domain.lowerBound, workers)])
    }
    guard let weights = SpreadWeights(levels: levels, preferred: preferred, workers: workers),
      room.total(domain) * min(workers, room.total(domain)) <= GangSearch.limit
    else {
      let shares = filled(workers, in: domain, at: level, room)
      let links = shares.reduce(UInt64(0)) { $0 &+ (nodeCost($1.place, $1.workers, match) ?? 0) }
      return (GangCost(spread: UInt64(shares.count), links: links), shares)
    }
    var search = GangSearch(workers: workers, weights: weights.weights, from: domain.lowerBound)
    var costs: [UInt64] = []
    for place in domain {
      costs.removeAll(keepingCapacity: true)
      while costs.count < min(room.capacities[place], workers),
        let cost = nodeCost(place, costs.count + 1, match)
      {
        costs.append(cost)
      }
      search.add(costs)
    }
    return search.cheapest(in: domain, below: level, domains: fleet.tree.domains)
  }

  /// The links of so many workers on one node, and what stays idle beside them; nil if they find no room.
  private mutating func nodeCost(_ place: Int, _ workers: Int, _ match: NodeMatch) -> UInt64? {
    let node = Int(fleet.tree.order[place])
    let gpus = usable(node, match)
    guard let links = subsets[subsetsPlace(node, match)].cost(gpus, size: match.size, workers: workers) else {
      return nil
    }
    let idle = state.gpus[node].nonzeroBitCount - match.size * workers
    return UInt64(links) << GangCost.idleBits | UInt64(max(idle, 0))
  }

  /// Fills the biggest domains, and in them the biggest nodes, first, and the last of each as tightly as it goes: for gangs
  /// that are too big for an exact answer.
  private func filled(
    _ workers: Int, in domain: Range<Int>, at level: Int, _ room: Room
  ) -> [(place: Int, workers: Int)] {
    if level == fleet.tree.levels.count { return [(domain.lowerBound, workers)] }
    var parts = (level + 1 == fleet.tree.levels.count ? domain.map { $0..<$0 + 1 } : domains(at: level + 1))
      .filter { $0.lowerBound >= domain.lowerBound && $0.upperBound <= domain.upperBound && room.total($0) > 0 }
    parts.sort { (-room.total($0), $0.lowerBound) < (-room.total($1), $1.lowerBound) }
    var (left, shares) = (workers, [(place: Int, workers: Int)]())
    for (index, part) in parts.enumerated() where left > 0 {
      var (part, count) = (part, min(left, room.total(part)))
      if count == left, let tight = parts[index...].last(where: { room.total($0) >= left }) {
        (part, count) = (tight, left)
      }
      shares += filled(count, in: part, at: level + 1, room)
      left -= count
    }
    return shares.sorted { $0.place < $1.place }
  }
}
