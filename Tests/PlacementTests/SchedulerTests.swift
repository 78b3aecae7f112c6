import IR
import TestSupport
import Testing

@testable import Placement

@Suite("Scheduling")
struct SchedulerTests {
  /// Something that has parts of a fleet for some time.
  struct Claim {
    var parts: [RunningWorkload.Part]
    var start: Int
    var end: Int
  }

  static func claims(_ fleet: Fleet, without victims: Set<String> = []) -> [Claim] {
    fleet.running.filter { !victims.contains($0.name) }.map {
      Claim(parts: $0.parts, start: 0, end: $0.endsWithin ?? .max)
    }
  }

  static func claim(_ placed: PlacedWorkload, _ plan: WorkloadPlan, start: Int) -> Claim {
    let parts = placed.workers.map {
      RunningWorkload.Part(node: $0.node, gpus: $0.gpus, cores: plan.cores, memory: plan.memory)
    }
    return Claim(parts: parts, start: start, end: plan.limits.run.map { start + $0 } ?? .max)
  }

  /// What is free through all of a span of time, looked at second by second where something changes.
  static func plain(_ fleet: Fleet, _ claims: [Claim], from start: Int, to end: Int) -> PlainPlanner {
    var empty = fleet
    empty.running = []
    let moments = Set([start] + claims.map(\.start).filter { $0 > start && $0 < end })
    var result = PlainPlanner(empty)
    for moment in moments {
      var then = empty
      then.running = claims.filter { $0.start <= moment && $0.end > moment }.map {
        RunningWorkload(name: "", priority: 0, parts: $0.parts)
      }
      for (node, free) in PlainPlanner(then).free.enumerated() {
        result.free[node].cores = min(result.free[node].cores, free.cores)
        result.free[node].memory = min(result.free[node].memory, free.memory)
        result.free[node].gpus.formIntersection(free.gpus)
      }
    }
    return result
  }

  static func fits(_ plain: PlainPlanner, _ plan: WorkloadPlan) -> Bool {
    let requests: [GPURequest?] = plan.gpus.isEmpty ? [nil] : plan.gpus
    return requests.contains { plain.best(plan, $0) != nil }
  }

  static func pending(_ random: inout SeededGenerator, _ count: Int) -> [WorkloadPlan] {
    (0..<count).map { number in
      var plan = PlannerTests.workload(&random, name: "p\(number)")
      plan.queueing.priority = 100 * Int.random(in: 0...4, using: &random)
      if !random.oneIn(4) { plan.limits.run = 10 * Int.random(in: 1...30, using: &random) }
      return plan
    }
  }

  @Test("Each starts at the first moment at which it fits beside those before it", arguments: 0..<8)
  func earliest(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 4000)
    var (now, later, unknown) = (0, 0, 0)
    for round in 0..<60 {
      let fleet = PlannerTests.fleet(&random)
      let plans = Self.pending(&random, 5)
      let reports = WorkloadScheduler.schedule(plans, on: fleet, now: 0)
      #expect(reports.map(\.workload) == plans.map(\.name))
      let comment: Comment = "seed \(seed) round \(round)"
      var claims = Self.claims(fleet)
      for index in plans.indices.sorted(by: { (-plans[$0].queueing.priority, $0) < (-plans[$1].queueing.priority, $1) })
      {
        let plan = plans[index]
        func fits(at moment: Int) -> Bool {
          Self.fits(Self.plain(fleet, claims, from: moment, to: plan.limits.run.map { moment + $0 } ?? .max), plan)
        }
        let moments = ([0] + Set(claims.map(\.end))).filter { $0 < .max }.sorted()
        let first = moments.first(where: fits)
        switch reports[index].verdict {
        case .placed(let placed):
          now += 1
          #expect(first == 0, comment)
          #expect(placed.workers.count + placed.missing == plan.workers.parallelism && placed.victims.isEmpty, comment)
          claims.append(Self.claim(placed, plan, start: 0))
        case .queued(let queued):
          #expect(first == queued.startsWithin && first != 0, comment)
          #expect(!queued.waitsFor.isEmpty, comment)
          #expect((queued.reservation == nil) == (first == nil), comment)
          if let start = queued.startsWithin, let placed = queued.reservation {
            later += 1
            claims.append(Self.claim(placed, plan, start: start))
          } else {
            unknown += 1
          }
        case .impossible:
          #expect(!Self.fits(Self.plain(fleet, [], from: 0, to: .max), plan), comment)
        case .gated, .late: Issue.record(comment)
        }
      }
      Self.checkNothingTwice(fleet, claims, comment)
    }
    #expect(now > 20 && later > 5 && unknown > 0, "\(now) \(later) \(unknown)")
  }

  /// That at no moment more is claimed than there is, beyond what ran already.
  static func checkNothingTwice(_ fleet: Fleet, _ claims: [Claim], _ comment: Comment) {
    let running = Self.claims(fleet).count
    for (index, claim) in claims.enumerated().dropFirst(running) {
      let others = claims[..<index].filter { $0.start < claim.end && $0.end > claim.start }
      for part in claim.parts {
        for other in others.flatMap(\.parts) where other.node == part.node {
          #expect(Set(part.gpus).isDisjoint(with: other.gpus), comment)
        }
      }
    }
  }

  @Test("Who comes later changes nothing for those before", arguments: 0..<6)
  func backfill(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 5000)
    for round in 0..<60 {
      let fleet = PlannerTests.fleet(&random)
      let plans = Self.pending(&random, 6).sorted { $0.queueing.priority > $1.queueing.priority }
      let all = WorkloadScheduler.schedule(plans, on: fleet, now: 0)
      let count = Int.random(in: 1...5, using: &random)
      let first = WorkloadScheduler.schedule(Array(plans.prefix(count)), on: fleet, now: 0)
      #expect(Array(all.prefix(count)) == first, "seed \(seed) round \(round)")
    }
  }

  @Test("A short one goes before a long one's turn where it delays nobody, and else not")
  func order() {
    // One node with 8 GPUs; 4 are taken for 100 seconds. The big one waits for them.
    var fleet = Fleet(nodes: [Fleets.node("n")])
    fleet.running = [
      RunningWorkload(
        name: "r", priority: 0, endsWithin: 100,
        parts: [RunningWorkload.Part(node: "n", gpus: [0, 1, 2, 3], cores: 1, memory: 1024)])
    ]
    let big = Fleets.workload("big", gpus: 8)
    func small(_ run: Int) -> PlacementReport.Verdict? {
      var small = Fleets.workload("small", gpus: 4)
      small.limits.run = run
      return WorkloadScheduler.schedule([big, small], on: fleet, now: 0).last?.verdict
    }
    guard case .placed = small(100) else { return #expect(Bool(false), "100 seconds fit before the big one") }
    guard case .queued(let queued) = small(101) else { return #expect(Bool(false), "101 seconds don't") }
    #expect(queued.startsWithin == nil && queued.waitsFor == ["big"])
    let report = WorkloadScheduler.schedule([big], on: fleet, now: 0)[0]
    guard case .queued(let waiting) = report.verdict else { return #expect(Bool(false), "the big one waits") }
    #expect(
      waiting.startsWithin == 100 && waiting.waitsFor == ["r"] && waiting.reservation?.workers.first?.gpus.count == 8)
    #expect(report.attempts.first?.summary.map(\.text) == ["1 node: 4 of 8 GPUs are free, 8 needed"])
  }

  @Test("Deadlines are held against the first moment that is sure")
  func deadlines() {
    var fleet = Fleet(nodes: [Fleets.node("n")])
    fleet.running = [
      RunningWorkload(
        name: "r", priority: 0, endsWithin: 100,
        parts: [RunningWorkload.Part(node: "n", gpus: [0], cores: 1, memory: 1024)])
    ]
    func verdict(gpus: Int, run: Int?, finishBy: Int) -> PlacementReport.Verdict {
      var plan = Fleets.workload(gpus: gpus)
      plan.limits.run = run
      plan.limits.finishBy = finishBy
      return WorkloadScheduler.schedule([plan], on: fleet, now: 1000)[0].verdict
    }
    if case .placed = verdict(gpus: 7, run: 50, finishBy: 1050) {} else { Issue.record("ends in time") }
    #expect(verdict(gpus: 7, run: 51, finishBy: 1050) == .late(LateWorkload(endsWithin: 51, deadline: 50)))
    #expect(verdict(gpus: 8, run: 50, finishBy: 1149) == .late(LateWorkload(endsWithin: 150, deadline: 149)))
    if case .queued = verdict(gpus: 8, run: 50, finishBy: 1150) {} else { Issue.record("waits and ends in time") }
    #expect(verdict(gpus: 1, run: nil, finishBy: 999) == .late(LateWorkload(endsWithin: nil, deadline: -1)))
    if case .placed = verdict(gpus: 1, run: nil, finishBy: 1001) {} else { Issue.record("starts in time") }
  }

  @Test("Gates hold, and what can never fit says why")
  func verdicts() {
    let fleet = Fleet(nodes: [Fleets.node("n", gpus: 4)])
    var gated = Fleets.workload("g", gpus: 99)
    gated.placement.gates = [WorkloadPlan.Gate(name: "quota")]
    let reports = WorkloadScheduler.schedule([gated, Fleets.workload("i", gpus: 5)], on: fleet, now: 0)
    #expect(reports[0].verdict == .gated([WorkloadPlan.Gate(name: "quota")]) && reports[0].attempts.isEmpty)
    #expect(reports[1].verdict == .impossible)
    #expect(reports[1].attempts.flatMap(\.refusals).map(\.reason) == [.gpuCount(4, needs: 5)])
  }

  @Test("Any numbers are input", arguments: 0..<4)
  func hostile(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 8000)
    let numbers = [Int.min, -1, 0, 1, 2, 7, 64, 65, 300, 1 << 31, Int.max - 1, Int.max]
    func number() -> Int { numbers[Int.random(in: 0..<numbers.count, using: &random)] }
    for _ in 0..<100 {
      let nodes = (0..<3).map { index in
        let count = [0, 3, 12, 17, 70][Int.random(in: 0..<5, using: &random)]
        var node = FleetNode(name: random.oneIn(3) ? "" : "n\(index)", cores: number(), memory: number())
        node.gpus = (0..<count).map { _ in FleetGPU(type: "", name: "", memory: number()) }
        node.links =
          random.oneIn(2) ? [.same] : Fleets.matrix(count) { _, _ in random.oneIn(2) ? .nvlink(number()) : .pix }
        node.domains = random.oneIn(2) ? [] : ["a", "b", "c"]
        return node
      }
      var fleet = Fleet(levels: random.oneIn(2) ? [] : ["x", "x"], nodes: nodes)
      fleet.running = (0..<3).map { index in
        let part = RunningWorkload.Part(
          node: "n\(index)", gpus: [number(), number()], cores: number(), memory: number())
        return RunningWorkload(
          name: "r", priority: number(), endsWithin: random.oneIn(2) ? nil : number(), parts: [part, part])
      }
      let plans = (0..<3).map { _ in
        var plan = Fleets.workload(cores: number(), memory: number())
        plan.gpus =
          random.oneIn(2) ? [] : [GPURequest(count: number(), memory: number(), link: random.oneIn(2) ? nil : .nvlink)]
        plan.workers = WorkloadPlan.Workers(
          count: number(), parallelism: min(number(), 1 << 31), gang: random.oneIn(2) ? 3 : number())
        if plan.gpus.isEmpty || (plan.gpus.first?.count ?? 0) < 1 {
          plan.workers = WorkloadPlan.Workers(count: 5, parallelism: 5)
        }
        plan.placement.workersPerNode = random.oneIn(2) ? nil : number()
        if random.oneIn(2) { (plan.placement.within, plan.placement.isStrict) = ("x", random.oneIn(2)) }
        plan.queueing.priority = number()
        plan.queueing.preempts = random.oneIn(2)
        plan.limits.run = random.oneIn(2) ? nil : number()
        plan.limits.finishBy = random.oneIn(2) ? nil : number()
        return plan
      }
      #expect(WorkloadScheduler.schedule(plans, on: fleet, now: number()).count == 3)
    }
  }
}
