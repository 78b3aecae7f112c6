import IR
import TestSupport
import Testing

@testable import Placement

@Suite("Planner")
struct PlannerTests {
  /// A small fleet with everything mixed, and something running on it.
  static func fleet(_ random: inout SeededGenerator) -> Fleet {
    let levels = [[], ["rack"], ["spine", "rack"]][Int.random(in: 0...2, using: &random)]
    let count = Int.random(in: 1...6, using: &random)
    var nodes: [FleetNode] = []
    for index in 0..<count {
      let make = Int.random(in: 0...3, using: &random)
      let gpus = [0, 2, 4, 4][make]
      let links: [GPULink] = make == 2 ? Fleets.pairs : Fleets.matrix(gpus) { _, _ in make == 3 ? .nvlink(12) : .phb }
      var node = Fleets.node(
        "n\(index)", cores: Int.random(in: 1...8, using: &random), memory: Int.random(in: 1...8, using: &random) * 1024,
        gpus: gpus, type: random.oneIn(2) ? "h100" : "a100", links: links,
        domains: levels.map { _ in ["", "a", "b"][Int.random(in: 0...2, using: &random)] })
      for gpu in node.gpus.indices where random.oneIn(12) { node.gpus[gpu].isHealthy = false }
      for gpu in node.gpus.indices { node.gpus[gpu].uuid = "GPU-\(index)-\(gpu)" }
      if random.oneIn(3) { node.labels = [WorkloadPlan.Label("pool", random.oneIn(2) ? "x" : "y")] }
      if random.oneIn(3) { node.conditions = [WorkloadPlan.Condition("Ready", random.oneIn(3) ? .false : .true)] }
      if random.oneIn(10) { node.isDrained = true }
      if random.oneIn(5) { node.queues = [random.oneIn(2) ? "q" : "r"] }
      nodes.append(node)
    }
    var fleet = Fleet(levels: levels, nodes: nodes, defaultQueue: random.oneIn(4) ? "r" : nil)
    for (index, node) in nodes.enumerated() where random.oneIn(2) {
      let taken = node.gpus.indices.filter { _ in random.oneIn(3) }
      fleet.running.append(
        RunningWorkload(
          name: "r\(index)", priority: 100 * Int.random(in: 0...5, using: &random), isProtected: random.oneIn(6),
          endsWithin: random.oneIn(4) ? nil : Int.random(in: 1...50, using: &random) * 10,
          parts: [
            RunningWorkload.Part(
              node: node.name, gpus: taken, cores: Int.random(in: 0...2, using: &random), memory: 512)
          ]))
    }
    return fleet
  }

  /// A workload for such a fleet.
  static func workload(_ random: inout SeededGenerator, name: String = "w") -> WorkloadPlan {
    let workers = Int.random(in: 1...5, using: &random)
    var plan = Fleets.workload(
      name, cores: Int.random(in: 0...4, using: &random), memory: Int.random(in: 0...4, using: &random) * 512,
      workers: workers, gang: random.oneIn(3) ? 1 : Int.random(in: 1...workers, using: &random))
    if !random.oneIn(4) {
      for _ in 0..<(random.oneIn(3) ? 2 : 1) {
        var request = GPURequest(count: Int.random(in: 1...3, using: &random))
        if random.oneIn(3) { request.type = random.oneIn(2) ? "h100" : "a100" }
        if random.oneIn(6) { request.model = "a1" }
        if random.oneIn(6) { request.memory = random.oneIn(2) ? 80_000 : 90_000 }
        if random.oneIn(3) { request.link = random.oneIn(2) ? .nvlink : .socket }
        if random.oneIn(5) {
          let field: DeviceSelector.Expression =
            random.oneIn(2) ? .text(.uuid, .contains, "-1") : .number(.index, .less, 3)
          request.selector = DeviceSelector(expression: .not(field), text: "\(field)")
        }
        plan.gpus.append(request)
      }
    }
    if random.oneIn(4) { plan.placement.nodeLabels = [WorkloadPlan.Label("pool", "x")] }
    if random.oneIn(5) { plan.placement.conditions = [WorkloadPlan.Condition("Ready", .true)] }
    if random.oneIn(4) { plan.placement.workersPerNode = Int.random(in: 1...2, using: &random) }
    if random.oneIn(3) {
      plan.placement.within = random.oneIn(2) ? "rack" : "spine"
      plan.placement.isStrict = random.oneIn(2)
    }
    if random.oneIn(5) { plan.queueing.queue = "q" }
    return plan
  }

  @Test("Feasible exactly where trying everything finds a place, and as cheap", arguments: 0..<16)
  func exact(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var (placed, gangs) = (0, 0)
    for round in 0..<250 {
      let fleet = Self.fleet(&random)
      let plan = Self.workload(&random)
      let plain = PlainPlanner(fleet)
      var planner = Planner(fleet)
      let found = planner.place(plan)
      let requests: [GPURequest?] = plan.gpus.isEmpty ? [nil] : plan.gpus
      let answers = requests.map { plain.best(plan, $0) }
      let wanted = plan.workers.parallelism
      let alternative = answers.firstIndex { $0?.workers == wanted } ?? answers.firstIndex { $0 != nil }
      #expect(found?.alternative == alternative, "seed \(seed) round \(round)")
      guard let found, let alternative, let best = answers[alternative] else { continue }
      placed += 1
      #expect(found.workers.count == best.workers, "seed \(seed) round \(round)")
      Self.check(found, fleet, plan, "seed \(seed) round \(round)")
      guard PlacementDemand(plan).isTogether, wanted > 1 else { continue }
      gangs += 1
      let nodes = Set(found.workers.map(\.node)).sorted()
      let cost = plain.cost(nodes, links: found.linkCost, plan)
      #expect(cost == best.cost, "seed \(seed) round \(round): \(cost.numbers) \(best.cost.numbers)")
    }
    #expect(placed > 40 && gangs > 10, "\(placed) \(gangs)")
  }

  /// That a placement takes nothing that isn't free or isn't as it was asked for.
  static func check(_ found: Placement, _ fleet: Fleet, _ plan: WorkloadPlan, _ comment: Comment) {
    var plain = PlainPlanner(fleet)
    let request = plan.gpus.isEmpty ? nil : plan.gpus[found.alternative]
    var (links, perNode) = (0, [Int: Int]())
    for worker in found.workers {
      let usable = plain.usable(worker.node, plan, request)
      #expect(usable.map { Set(worker.gpus.indices).isSubset(of: $0) } ?? false, comment)
      #expect(worker.gpus.count == request?.count ?? 0, comment)
      let cost = PlainPlanner.pairs(worker.gpus.indices, fleet.nodes[worker.node], request?.link)
      #expect(cost != nil, comment)
      links += cost ?? 0
      #expect(
        max(plain.free[worker.node].cores, 0) >= plan.cores && max(plain.free[worker.node].memory, 0) >= plan.memory,
        comment)
      plain.free[worker.node].cores -= plan.cores
      plain.free[worker.node].memory -= plan.memory
      plain.free[worker.node].gpus.subtract(worker.gpus.indices)
      perNode[worker.node, default: 0] += 1
    }
    #expect(links == found.linkCost, comment)
    #expect(perNode.values.allSatisfy { $0 <= plan.placement.workersPerNode ?? .max }, comment)
  }

  @Test(
    "One worker goes where it leaves the fewest GPUs idle, then where its links cost least, then to the first node",
    arguments: 0..<8)
  func bestFit(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 1000)
    for round in 0..<200 {
      let fleet = Self.fleet(&random)
      var plan = Self.workload(&random)
      plan.workers = WorkloadPlan.Workers()
      plan.gpus = Array(plan.gpus.prefix(1))
      let request = plan.gpus.first
      let plain = PlainPlanner(fleet)
      let scores: [[Int]] = fleet.nodes.indices.compactMap { node in
        guard plan.placement.within != "spine" || !plan.placement.isStrict || fleet.levels.contains("spine") else {
          return nil
        }
        let costs = plain.costs(node, plan, request, limit: 1)
        guard costs.count > 1 else { return nil }
        return [plain.free[node].gpus.count - (request?.count ?? 0), costs[1], node]
      }
      var planner = Planner(fleet)
      let best = scores.min { $0.lexicographicallyPrecedes($1) }
      let known = plan.placement.isStrict ? plan.placement.within.map(fleet.levels.contains) ?? true : true
      #expect(planner.place(plan)?.workers.first?.node == (known ? best?[2] : nil), "seed \(seed) round \(round)")
    }
  }

  @Test("The same bytes for the same input, and taking and giving back leaves nothing behind", arguments: 0..<4)
  func same(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 2000)
    for _ in 0..<100 {
      let fleet = Self.fleet(&random)
      let plans = (0..<6).map { _ in Self.workload(&random) }
      var (one, other) = (Planner(fleet), Planner(fleet))
      let before = one.state.gpus
      var placed: [Placement] = []
      for plan in plans {
        let found = one.place(plan)
        // The other planner answered other questions in between; that must not matter.
        for other in plans.reversed() { _ = one.place(other) }
        #expect(found == other.place(plan))
        guard let found else { continue }
        one.take(found)
        other.take(found)
        placed.append(found)
      }
      for placement in placed.reversed() { one.give(placement) }
      #expect(one.state.gpus == before)
    }
  }

  @Test("Never more than there is, however a fleet comes to its load", arguments: 0..<4)
  func never(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 3000)
    for _ in 0..<50 {
      var fleet = Self.fleet(&random)
      var planner = Planner(fleet)
      for step in 0..<20 {
        let plan = Self.workload(&random, name: "w\(step)")
        guard let found = planner.place(plan) else { continue }
        Self.check(found, fleet, plan, "seed \(seed) step \(step)")
        planner.take(found)
        fleet.running.append(
          RunningWorkload(
            name: plan.name, priority: 0,
            parts: found.workers.map {
              RunningWorkload.Part(
                node: fleet.nodes[$0.node].name, gpus: $0.gpus.indices, cores: plan.cores, memory: plan.memory)
            }))
      }
    }
  }

  @Test("A gang that is too big for the exact search gets what there is, and stays together")
  func huge() {
    let nodes = (0..<300).map {
      Fleets.node("n\($0)", cores: 64 - $0 % 7, gpus: 0, domains: ["r\($0 % 3)"])
    }
    let fleet = Fleet(levels: ["rack"], nodes: nodes)
    let room = (0..<3).map { rack in
      nodes.filter { $0.domains == ["r\(rack)"] }.reduce(0) { $0 + $1.cores }
    }
    for (workers, racks) in [(room[0], 1), (room[0] + room[1], 2), (room.reduce(0, +), 3)] {
      #expect(room.reduce(0, +) * workers > GangSearch.limit)
      var planner = Planner(fleet)
      let plan = Fleets.workload(memory: 1, workers: workers)
      let found = planner.place(plan)
      #expect(found?.workers.count == workers)
      if let found { Self.check(found, fleet, plan, "\(workers)") }
      let used = Set(found?.workers.map { nodes[$0.node].domains[0] } ?? [])
      #expect(used.count == racks)
    }
    var planner = Planner(fleet)
    #expect(planner.place(Fleets.workload(memory: 1, workers: room.reduce(0, +) + 1)) == nil)
  }
}
