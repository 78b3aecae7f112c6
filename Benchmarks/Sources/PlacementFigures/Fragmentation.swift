import IR
import Placement
import TestSupport

/// What share of the work on a fleet of 1000 GPUs has to be turned away, by the way of placing.
struct FragmentationFigures {
  private static let seeds = 20

  func run() -> Bool {
    var isGood = true
    for load in [90, 95, 97] {
      var (ours, rules) = ([Int](), [PlacingRule: [Int]]())
      for seed in 0..<Self.seeds {
        let trace = FragmentationTrace(nodes: 125, jobs: 20_000, load: load, seed: UInt64(seed))
        ours.append(planned(trace))
        for rule in PlacingRule.allCases { rules[rule, default: []].append(trace.turnedAway(rule.place)) }
      }
      func mean(_ values: [Int]) -> Double { Double(values.reduce(0, +)) / Double(values.count) / 10_000 }
      let others = PlacingRule.allCases.map { "\($0.rawValue) \(fixed(mean(rules[$0] ?? []), 3)) %" }
      let bestFit = rules[.bestFit] ?? []
      let worse = zip(ours, bestFit).count { $0 > $1 }
      let gradient = mean(rules[.gradient] ?? [])
      print(
        "  load \(load) %: claw turns away \(fixed(mean(ours), 3)) %, \(others.joined(separator: ", ")); worse than best fit on \(worse) of \(Self.seeds)"
      )
      isGood = isGood && worse == 0 && mean(ours) <= gradient * 1.02
    }
    return isGood
  }

  private func planned(_ trace: FragmentationTrace) -> Int {
    var planner = Planner(BenchmarkFleets.uniform(trace.nodes))
    var (placed, number): ([Int: Placement], Int) = ([:], 0)
    return trace.turnedAway { job, _ in
      defer { number += 1 }
      var plan = WorkloadPlan(
        name: "w", kind: .job, image: "i", cores: 1, memory: 1024,
        workers: WorkloadPlan.Workers(count: job.workers, parallelism: job.workers, gang: job.workers))
      plan.gpus = [GPURequest(count: job.gpus)]
      guard let found = planner.place(plan) else { return nil }
      planner.take(found)
      placed[number] = found
      return found.workers.map(\.node)
    } ended: { job in
      if let placement = placed.removeValue(forKey: job) { planner.give(placement) }
    }
  }
}
