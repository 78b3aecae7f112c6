import IR
import Placement

/// The plain definition of what the planner answers, straight from a fleet and by trying everything: slow, to compare with.
struct PlainPlanner {
  let fleet: Fleet
  /// What is free of each node.
  var free: [(cores: Int, memory: Int, gpus: Set<Int>)]

  init(_ fleet: Fleet) {
    self.fleet = fleet
    free = fleet.nodes.map { node in
      (node.cores, node.memory, Set(node.gpus.indices.filter { node.gpus[$0].isHealthy }))
    }
    for workload in fleet.running {
      for part in workload.parts {
        guard let index = fleet.nodes.firstIndex(where: { $0.name == part.node }) else { continue }
        free[index].cores -= part.cores
        free[index].memory -= part.memory
        free[index].gpus.subtract(part.gpus)
      }
    }
  }

  /// Whether a worker may ever stand on a node, and the GPUs that are free for it; nil if not.
  func usable(_ node: Int, _ plan: WorkloadPlan, _ request: GPURequest?) -> [Int]? {
    let it = fleet.nodes[node]
    let queue = plan.queueing.queue ?? fleet.defaultQueue
    guard !it.isDrained, it.queues.isEmpty || queue.map({ it.queues.contains($0) }) ?? false,
      plan.placement.nodeLabels.allSatisfy({ it.labels.contains($0) }),
      plan.placement.conditions.allSatisfy({ condition in
        (it.conditions.first { $0.type == condition.type }?.status ?? .unknown) == condition.status
      })
    else { return nil }
    guard let request else { return [] }
    return it.gpus.indices.filter { index in
      let gpu = it.gpus[index]
      return free[node].gpus.contains(index) && (request.type.map { $0 == gpu.type } ?? true)
        && (request.memory.map { gpu.memory >= $0 } ?? true)
        && (request.model.map { gpu.name.lowercased().contains($0.lowercased()) } ?? true)
        && (request.selector?.expression.holds(for: gpu, at: index) ?? true)
    }
  }

  /// What so many workers of a size cost at least on some GPUs of a node, by trying all ways; nil if they don't fit.
  static func cost(_ gpus: [Int], _ node: FleetNode, size: Int, workers: Int, link: GPURequest.Link?) -> Int? {
    if workers == 0 || size == 0 { return 0 }
    guard let first = gpus.first, gpus.count >= size * workers else { return nil }
    let rest = Array(gpus.dropFirst())
    var best = cost(rest, node, size: size, workers: workers, link: link)
    for others in combinations(rest, size - 1) {
      let subset = [first] + others
      guard let own = Self.pairs(subset, node, link) else { continue }
      guard let more = cost(rest.filter { !others.contains($0) }, node, size: size, workers: workers - 1, link: link)
      else { continue }
      best = min(best ?? .max, own + more)
    }
    return best
  }

  /// The costs of all pairs; nil if one isn't joined as it is demanded.
  static func pairs(_ gpus: [Int], _ node: FleetNode, _ link: GPURequest.Link?) -> Int? {
    var sum = 0
    for (index, one) in gpus.enumerated() {
      for other in gpus[..<index] {
        let count = node.gpus.count
        let joined = node.links.count == count * count ? node.links[one * count + other] : .system
        switch (link, joined) {
        case (nil, _), (_, .nvlink): break
        case (.nvlink, _), (.socket, .system): return nil
        default: break
        }
        sum += Int(joined.cost)
      }
    }
    return sum
  }

  static func combinations(_ items: [Int], _ count: Int) -> [[Int]] {
    if count == 0 { return [[]] }
    guard let first = items.first, items.count >= count else { return [] }
    let rest = Array(items.dropFirst())
    return combinations(rest, count - 1).map { [first] + $0 } + combinations(rest, count)
  }

  /// What 0, 1, … workers cost on a node, up to how many fit.
  func costs(_ node: Int, _ plan: WorkloadPlan, _ request: GPURequest?, limit: Int) -> [Int] {
    guard let gpus = usable(node, plan, request) else { return [0] }
    var costs = [0]
    while costs.count <= min(limit, plan.placement.workersPerNode ?? .max),
      max(free[node].cores, 0) >= plan.cores * costs.count,
      max(free[node].memory, 0) >= plan.memory * costs.count,
      let cost = Self.cost(
        gpus, fleet.nodes[node], size: request?.count ?? 0, workers: costs.count, link: request?.link)
    {
      costs.append(cost)
    }
    return costs
  }

  /// Whether two nodes share a domain at a level: the first level at or below it that both say, with the way to it, tells.
  func share(_ one: Int, _ other: Int, level: Int) -> Bool {
    if one == other || level < 0 { return true }
    let (left, right) = (fleet.nodes[one].domains, fleet.nodes[other].domains)
    func named(_ domains: [String]) -> Int? { (level..<fleet.levels.count).first { !domains[$0].isEmpty } }
    guard level < fleet.levels.count, let depth = named(left), depth == named(right) else { return false }
    return left[...depth] == right[...depth]
  }

  /// How many domains of a level some nodes stand in.
  func domains(_ nodes: [Int], level: Int) -> Int {
    var firsts: [Int] = []
    for node in nodes where !firsts.contains(where: { share($0, node, level: level) }) { firsts.append(node) }
    return firsts.count
  }

  /// What a gang costs: the level that it spans (inner is less), the domains that it uses, its nodes, its links.
  struct Cost: Comparable {
    var numbers: [Int]
    static func < (left: Cost, right: Cost) -> Bool { left.numbers.lexicographicallyPrecedes(right.numbers) }
  }

  func cost(_ nodes: [Int], links: Int, _ plan: WorkloadPlan) -> Cost {
    let levels = fleet.levels.count
    let span = (-1...levels).last { level in nodes.allSatisfy { share($0, nodes[0], level: level) } } ?? -1
    var counts: [Int] = []
    if let within = plan.placement.within, let level = fleet.levels.firstIndex(of: within) {
      counts.append(domains(nodes, level: level))
    }
    counts += (0..<levels).map { domains(nodes, level: $0) } + [nodes.count, links]
    return Cost(numbers: [-span] + counts)
  }

  /// The most workers that find room, as many as are wanted at most, and the least that so many cost; nil if that are fewer than must run
  /// together.
  func best(_ plan: WorkloadPlan, _ request: GPURequest?) -> (workers: Int, cost: Cost)? {
    let wanted = max(min(plan.workers.parallelism, plan.workers.count), plan.workers.gang)
    let costs = fleet.nodes.indices.map { self.costs($0, plan, request, limit: wanted) }
    let strict = plan.placement.isStrict ? plan.placement.within : nil
    let level = strict.map { fleet.levels.firstIndex(of: $0) ?? .max } ?? -1
    if level == .max { return nil }
    var best: (workers: Int, cost: Cost)?
    func extend(_ node: Int, _ chosen: [Int], _ workers: Int, _ links: Int) {
      if workers > 0 {
        let cost = cost(chosen, links: links, plan)
        if best.map({ workers > $0.workers || workers == $0.workers && cost < $0.cost }) ?? true {
          best = (workers, cost)
        }
      }
      guard node < costs.count else { return }
      extend(node + 1, chosen, workers, links)
      if !chosen.isEmpty, !share(chosen[0], node, level: level) { return }
      for count in 1..<max(costs[node].count, 1) where workers + count <= wanted {
        // Only once per choice: the branch without this node went on from here.
        extend2(node, count, chosen, workers, links)
      }
    }
    func extend2(_ node: Int, _ count: Int, _ chosen: [Int], _ workers: Int, _ links: Int) {
      extend(node + 1, chosen + [node], workers + count, links + costs[node][count])
    }
    extend(0, [], 0, 0)
    guard let found = best, found.workers >= plan.workers.gang else { return nil }
    return found
  }
}
