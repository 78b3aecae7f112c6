import Glibc
import IR
import Placement
import TestSupport

/// What one placement costs on a big fleet, at the load at which a fleet stands.
struct SpeedFigures {
  let fleet: Fleet

  /// The share of GPUs that are taken before anything is measured.
  private let load = 0.9

  func run() -> Bool {
    let before = heap()
    let start = seconds(CLOCK_MONOTONIC)
    var planner = Planner(fleet)
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
    let (rate, refused) = single(&planner, plans, &placed, &random)
    let gangs = gangs(&planner, &placed)
    let used =
      heap() - before - placed.capacity * MemoryLayout<Placement>.stride - placed.count * 64 - plans.count * 1100
    print(
      "  state: \(fixed(Double(planner.footprint) / 1e6, 2)) MB by its own count, about \(fixed(Double(used) / 1e6, 1)) MB of the heap,"
        + " \(planner.footprint / all) bytes for each GPU (16 MB and 200 bytes are the goals)")
    _ = refused
    return rate >= 100_000 && gangs <= 0.010 && planner.footprint <= 16 << 20
  }

  private func gpus(_ placement: Placement) -> Int { placement.workers.reduce(0) { $0 + $1.gpus.count } }

  /// Single workers: one goes, one comes.
  private func single(
    _ planner: inout Planner, _ plans: [WorkloadPlan], _ placed: inout [Placement], _ random: inout SeededGenerator
  ) -> (rate: Double, refused: Int) {
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
      let begin = seconds(CLOCK_MONOTONIC)
      let found = planner.place(plans[number & 8191])
      times.append(seconds(CLOCK_MONOTONIC) - begin)
      _ = found
    }
    times.sort()
    print(
      "  single-node: \(grouped(Double(count) / time))/s with departures, \(refused) of \(count) found no room;"
        + " a decision takes \(fixed(times[times.count / 2] * 1e6)) µs at the median, \(fixed(times[times.count * 99 / 100] * 1e6)) µs at p99,"
        + " \(fixed((times.last ?? 0) * 1e6, 0)) µs at most (100 000/s is the goal)")
    return (Double(count) / time, refused)
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
          let start = seconds(CLOCK_MONOTONIC)
          let placement = isEmpty ? empty.place(plan) : planner.place(plan)
          longest = max(longest, seconds(CLOCK_MONOTONIC) - start)
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
    print("  longest: \(fixed(worst * 1000, 2)) ms (10 ms is the goal)")
    return worst
  }
}
