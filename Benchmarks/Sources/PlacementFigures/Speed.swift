import Glibc
import IR
import Placement
import TestSupport

/// What one placement costs on a big fleet, at the load at which a fleet stands: in processor time.
struct SpeedFigures {
  let fleet: Fleet

  /// The share of GPUs that are taken before anything is measured.
  private let load = 0.9

  func run() -> Bool {
    let before = resident()
    let start = seconds(CLOCK_MONOTONIC)
    var planner = Planner(fleet)
    let grown = resident() - before
    print("  read: \(fixed((seconds(CLOCK_MONOTONIC) - start) * 1000, 0)) ms")
    var random = SeededGenerator(seed: 2)
    let plans = (0..<8192).map { _ in BenchmarkFleets.single(&random) }
    var placed: [Placement] = []
    var taken = 0
    let all = fleet.nodes.reduce(0) { $0 + $1.gpus.count }
    while Double(taken) < load * Double(all) {
      guard let found = planner.place(plans[Int.random(in: 0..<plans.count, using: &random)]) else { continue }
      planner.take(found)
      taken += gpus(found)
      placed.append(found)
    }
    let rate = single(&planner, plans, &placed, &random)
    let gangs = gangs(&planner, &placed)
    print(
      "  state: \(fixed(Double(planner.footprint) / 1e6, 2)) MB by its own count with all that it keeps by now,"
        + " \(planner.footprint / all) bytes for each GPU; reading the fleet made the process \(fixed(Double(grown) / 1e6, 1)) MB bigger"
        + " (16 MB and 200 bytes are the goals)")
    return rate >= 100_000 && gangs <= 0.010 && planner.footprint <= 16 << 20
  }

  private func gpus(_ placement: Placement) -> Int { placement.workers.reduce(0) { $0 + $1.gpus.count } }

  /// Single workers: one goes, one comes.
  private func single(
    _ planner: inout Planner, _ plans: [WorkloadPlan], _ placed: inout [Placement], _ random: inout SeededGenerator
  ) -> Double {
    let count = 500_000
    var refused = 0
    let start = processorTime()
    for number in 0..<count {
      let leaving = Int(random.next() % UInt64(placed.count))
      planner.give(placed[leaving])
      if let found = planner.place(plans[number & 8191]) {
        planner.take(found)
        placed[leaving] = found
      } else {
        refused += 1
        planner.take(placed[leaving])
      }
    }
    let time = processorTime() - start
    var times: [Double] = []
    for number in 0..<100_000 {
      let begin = processorTime()
      let found = planner.place(plans[number & 8191])
      times.append(processorTime() - begin)
      _ = found
    }
    times.sort()
    print(
      "  single-node: \(grouped(Double(count) / time))/s with departures, \(refused) of \(count) found no room;"
        + " a decision takes \(fixed(times[times.count / 2] * 1e6)) µs at the median, \(fixed(times[times.count * 99 / 100] * 1e6)) µs at p99,"
        + " \(fixed((times.last ?? 0) * 1e6, 0)) µs at most (100 000/s is the goal)")
    return Double(count) / time
  }

  /// Gangs of whole nodes: on this fleet after so many have gone that there is room, and on an empty one.
  private func gangs(_ planner: inout Planner, _ placed: inout [Placement]) -> Double {
    var worst = 0.0
    var random = SeededGenerator(seed: 3)
    // Every third leaves: whole nodes are then free here and there.
    for index in placed.indices.reversed() where random.oneIn(2) {
      planner.give(placed[index])
      placed.swapAt(index, placed.count - 1)
      placed.removeLast()
    }
    var empty = Planner(empty: fleet)
    for workers in [1, 2, 8, 16, 32, 64] {
      var line: [String] = []
      for (name, isEmpty) in [("loaded", false), ("empty", true)] {
        var (longest, found, rounds) = (0.0, 0, 20)
        while rounds > 0 {
          rounds -= 1
          let plan = BenchmarkFleets.gang(workers, within: rounds % 2 == 0 ? "rack" : nil)
          let start = processorTime()
          let placement = isEmpty ? empty.place(plan) : planner.place(plan)
          longest = max(longest, processorTime() - start)
          if let placement {
            found += 1
            // The next must look elsewhere.
            if isEmpty { empty.take(placement) } else { planner.take(placement) }
          }
        }
        worst = max(worst, longest)
        line.append("\(name) \(fixed(longest * 1000, 2)) ms at most (\(found) of 20 placed)")
      }
      print("  gang of \(workers): \(line.joined(separator: ", "))")
    }
    print("  longest gang: \(fixed(worst * 1000, 2)) ms (10 ms is the goal)")
    return worst
  }
}
