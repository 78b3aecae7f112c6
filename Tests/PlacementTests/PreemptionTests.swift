import IR
import TestSupport
import Testing

@testable import Placement

@Suite("Preemption")
struct PreemptionTests {
  /// A fleet that is full of small things of different priorities, some of them on two nodes.
  static func fleet(_ random: inout SeededGenerator) -> Fleet {
    let count = Int.random(in: 2...4, using: &random)
    let nodes = (0..<count).map { index in
      Fleets.node(
        "n\(index)", cores: 8, memory: 65536, gpus: 4, type: random.oneIn(4) ? "a100" : "h100",
        links: random.oneIn(2) ? Fleets.pairs : nil, domains: [random.oneIn(2) ? "a" : "b"])
    }
    var fleet = Fleet(levels: ["rack"], nodes: nodes)
    var free = nodes.map { _ in Array(0..<4) }
    for number in 0..<Int.random(in: 3...9, using: &random) {
      var parts: [RunningWorkload.Part] = []
      for _ in 0..<(random.oneIn(3) ? 2 : 1) {
        let node = Int.random(in: 0..<count, using: &random)
        let taken = Array(free[node].shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random))).sorted()
        guard !taken.isEmpty else { continue }
        free[node].removeAll(where: taken.contains)
        parts.append(RunningWorkload.Part(node: "n\(node)", gpus: taken, cores: random.oneIn(2) ? 1 : 2, memory: 1024))
      }
      guard !parts.isEmpty else { continue }
      fleet.running.append(
        RunningWorkload(
          name: "r\(number)", priority: 100 * Int.random(in: 0...6, using: &random), isProtected: random.oneIn(8),
          endsWithin: random.oneIn(2) ? 50 : nil, parts: parts))
    }
    return fleet
  }

  static func workload(_ random: inout SeededGenerator) -> WorkloadPlan {
    let workers = Int.random(in: 1...3, using: &random)
    var plan = Fleets.workload(
      "p", cores: Int.random(in: 1...4, using: &random), gpus: Int.random(in: 1...4, using: &random),
      type: random.oneIn(3) ? "h100" : nil, link: random.oneIn(3) ? .nvlink : nil, workers: workers,
      gang: random.oneIn(3) ? 1 : workers)
    plan.queueing.preempts = true
    plan.queueing.priority = 500
    if random.oneIn(4) { (plan.placement.within, plan.placement.isStrict) = ("rack", true) }
    return plan
  }

  /// The best set of victims by trying all: nil if none is enough.
  static func victims(_ fleet: Fleet, _ plan: WorkloadPlan) -> [String]? {
    let candidates = fleet.running.indices.filter {
      fleet.running[$0].priority < plan.queueing.priority && !fleet.running[$0].isProtected
    }
    var best: (cost: VictimSearch.Cost, names: [String])?
    for mask in 0..<1 << candidates.count {
      let chosen = candidates.enumerated().filter { mask & 1 << $0.offset != 0 }.map(\.element)
      var without = fleet
      without.running = fleet.running.enumerated().filter { !chosen.contains($0.offset) }.map(\.element)
      guard SchedulerTests.fits(PlainPlanner(without), plan) else { continue }
      let cost = VictimSearch.Cost(
        priorities: chosen.map { fleet.running[$0].priority }.sorted(by: >),
        gpus: chosen.reduce(0) { $0 + fleet.running[$1].parts.reduce(0) { $0 + $1.gpus.count } }, owners: chosen)
      if best.map({ cost < $0.cost }) ?? true { best = (cost, chosen.map { fleet.running[$0].name }) }
    }
    return best?.names
  }

  @Test("The victims are those that trying all sets finds, and nobody is put out for nothing", arguments: 0..<8)
  func exact(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 6000)
    var (put, kept, several) = (0, 0, 0)
    for round in 0..<80 {
      let fleet = Self.fleet(&random)
      let plan = Self.workload(&random)
      let report = WorkloadScheduler.schedule([plan], on: fleet, now: 0)[0]
      let expected = Self.victims(fleet, plan)
      let comment: Comment = "seed \(seed) round \(round)"
      guard case .placed(let placed) = report.verdict else {
        kept += 1
        #expect(expected == nil, comment)
        continue
      }
      #expect(placed.victims == expected, comment)
      if !placed.victims.isEmpty { put += 1 }
      if placed.victims.count > 1 { several += 1 }
      // It stands where it fits once they are gone.
      var without = fleet
      without.running.removeAll { placed.victims.contains($0.name) }
      var planner = Planner(without)
      let names = planner.place(plan)?.workers.map { fleet.nodes[$0.node].name }
      #expect(names == placed.workers.map(\.node), comment)
    }
    #expect(put > 15 && kept > 3 && several > 3, "\(put) \(kept) \(several)")
  }

  @Test("Only who may preempts, only who has less priority and isn't protected gives way")
  func rules() {
    func names(_ change: (inout WorkloadPlan, inout RunningWorkload) -> Void) -> [String]? {
      var plan = Fleets.workload("p", gpus: 8)
      (plan.queueing.preempts, plan.queueing.priority) = (true, 500)
      var running = RunningWorkload(
        name: "r", priority: 499, parts: [RunningWorkload.Part(node: "n", gpus: [0], cores: 1, memory: 1)])
      change(&plan, &running)
      let report = WorkloadScheduler.schedule([plan], on: Fleet(nodes: [Fleets.node("n")], running: [running]), now: 0)[
        0]
      if case .placed(let placed) = report.verdict { return placed.victims }
      return nil
    }
    #expect(names { _, _ in } == ["r"])
    #expect(names { plan, _ in plan.queueing.preempts = false } == nil)
    #expect(names { _, running in running.priority = 500 } == nil)
    #expect(names { _, running in running.isProtected = true } == nil)
    #expect(names { plan, _ in plan.gpus[0].count = 9 } == nil)
  }

  @Test("Among many candidates too no victim can be left out", arguments: 0..<3)
  func many(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 6500)
    var put = 0
    for round in 0..<10 {
      var fleet = Fleet(levels: ["rack"], nodes: [])
      fleet.nodes = (0..<6).map {
        Fleets.node("n\($0)", cores: 8, memory: 65536, gpus: 4, domains: [$0 < 3 ? "a" : "b"])
      }
      for index in 0..<24 where !random.oneIn(12) {
        let part = RunningWorkload.Part(
          node: "n\(index / 4)", gpus: [index % 4], cores: 1, memory: 1024)
        fleet.running.append(
          RunningWorkload(
            name: "r\(index)", priority: 100 * Int.random(in: 0...4, using: &random), parts: [part])
        )
      }
      var plan = Fleets.workload("p", gpus: Int.random(in: 2...4, using: &random), workers: 3)
      (plan.queueing.preempts, plan.queueing.priority) = (true, 500)
      if random.oneIn(2) { (plan.placement.within, plan.placement.isStrict) = ("rack", true) }
      let report = WorkloadScheduler.schedule([plan], on: fleet, now: 0)[0]
      guard case .placed(let placed) = report.verdict else {
        Issue.record("seed \(seed) round \(round): everybody gives way, so it fits")
        continue
      }
      put += placed.victims.count
      for victim in placed.victims {
        var without = fleet
        without.running.removeAll { placed.victims.contains($0.name) && $0.name != victim }
        #expect(
          !SchedulerTests.fits(PlainPlanner(without), plan),
          "seed \(seed) round \(round): \(victim)")
      }
    }
    #expect(put > 30)
  }

  @Test("A gang that gives way frees all its nodes for those behind")
  func gang() {
    let parts = ["a", "b"].map { RunningWorkload.Part(node: $0, gpus: Array(0..<8), cores: 1, memory: 1) }
    let fleet = Fleet(
      nodes: [Fleets.node("a"), Fleets.node("b")], running: [RunningWorkload(name: "gang", priority: 1, parts: parts)])
    var first = Fleets.workload("first", gpus: 8)
    (first.queueing.preempts, first.queueing.priority) = (true, 900)
    let reports = WorkloadScheduler.schedule([Fleets.workload("second", gpus: 8), first], on: fleet, now: 0)
    guard case .placed(let second) = reports[0].verdict, case .placed(let placed) = reports[1].verdict else {
      return #expect(Bool(false), "both start")
    }
    #expect(placed.victims == ["gang"] && second.victims.isEmpty)
    #expect(Set([placed.workers[0].node, second.workers[0].node]) == ["a", "b"])
  }
}
