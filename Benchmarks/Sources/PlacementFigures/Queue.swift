import Glibc
import IR
import Placement
import TestSupport

/// What decisions about waiting workloads take on a full fleet: all reports with all reasons included.
struct QueueFigures {
  let fleet: Fleet

  func run() {
    var random = SeededGenerator(seed: 5)
    var fleet = fleet
    var planner = Planner(fleet)
    var misses = 0
    while misses < 200 {
      let plan = BenchmarkFleets.single(&random)
      guard let found = planner.place(plan) else {
        misses += 1
        continue
      }
      planner.take(found)
      let parts = found.workers.map {
        RunningWorkload.Part(
          node: fleet.nodes[$0.node].name, gpus: $0.gpus.indices, cores: plan.cores, memory: plan.memory)
      }
      fleet.running.append(
        RunningWorkload(
          name: "r\(fleet.running.count)", priority: 100 * Int.random(in: 0...9, using: &random),
          endsWithin: random.oneIn(10) ? nil : Int.random(in: 1...1000, using: &random) * 60, parts: parts))
    }
    let start = seconds(CLOCK_MONOTONIC)
    var scheduler = WorkloadScheduler(fleet, now: 0)
    print("  \(fleet.running.count) running; read in \(fixed((seconds(CLOCK_MONOTONIC) - start) * 1000, 0)) ms")
    func measure(_ name: String, _ count: Int, _ make: () -> WorkloadPlan) {
      var (longest, sum, verdicts) = (0.0, 0.0, [0, 0, 0, 0])
      for _ in 0..<count {
        let plan = make()
        let start = seconds(CLOCK_MONOTONIC)
        let report = scheduler.decide(plan)
        let time = seconds(CLOCK_MONOTONIC) - start
        (longest, sum) = (max(longest, time), sum + time)
        switch report.verdict {
        case .placed(let placed): verdicts[placed.victims.isEmpty ? 0 : 1] += 1
        case .queued(let queued): verdicts[queued.startsWithin == nil ? 3 : 2] += 1
        default: break
        }
      }
      print(
        "  \(name): \(fixed(sum / Double(count) * 1000)) ms each, \(fixed(longest * 1000)) ms at most; \(verdicts[0]) placed, \(verdicts[1])"
          + " by putting others out, \(verdicts[2]) promised a start, \(verdicts[3]) without one")
    }
    func single(_ priority: Int, preempts: Bool) -> WorkloadPlan {
      var plan = BenchmarkFleets.single(&random)
      plan.queueing.priority = priority
      plan.queueing.preempts = preempts
      plan.limits.run = 3600
      return plan
    }
    func gang(_ workers: Int, preempts: Bool) -> WorkloadPlan {
      var plan = BenchmarkFleets.gang(workers)
      plan.queueing.priority = 900
      plan.queueing.preempts = preempts
      plan.limits.run = 3600
      return plan
    }
    measure("single workers", 50) { single(500, preempts: false) }
    measure("single workers that preempt", 50) { single(500, preempts: true) }
    measure("gangs of 16 nodes", 5) { gang(16, preempts: false) }
    measure("gangs of 16 nodes that preempt", 5) { gang(16, preempts: true) }
  }
}
