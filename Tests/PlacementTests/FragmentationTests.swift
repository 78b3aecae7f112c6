import IR
import TestSupport
import Testing

@testable import Placement

@Suite("Fragmentation")
struct FragmentationTests {
  /// What the planner turns away of a trace.
  static func planned(_ trace: FragmentationTrace) -> Int {
    var planner = Planner(Fleet(nodes: (0..<trace.nodes).map { Fleets.node("n\($0)") }))
    var (placed, number): ([Int: Placement], Int) = ([:], 0)
    return trace.turnedAway { job, free in
      defer { number += 1 }
      if number % 64 == 0 { #expect((0..<trace.nodes).allSatisfy { planner.freeGPUs(of: $0).count == free[$0] }) }
      guard let found = planner.place(Fleets.workload(gpus: job.gpus, workers: job.workers)) else { return nil }
      planner.take(found)
      placed[number] = found
      return found.workers.map(\.node)
    } ended: { job in
      if let placement = placed[job] { planner.give(placement) }
    }
  }

  @Test("Turns away no more than best fit on any trace, and no more than FGD but for two percent")
  func traces() {
    var sums: [PlacingRule: Int] = [:]
    var all = 0
    for (load, seed) in [90, 95, 97].flatMap({ load in (0..<6).map { (load, $0) } }) {
      let trace = FragmentationTrace(nodes: 32, jobs: 3000, load: load, seed: UInt64(seed))
      let ours = Self.planned(trace)
      for rule in PlacingRule.allCases {
        let theirs = trace.turnedAway(rule.place)
        sums[rule, default: 0] += theirs
        if rule == .bestFit { #expect(ours <= theirs, "load \(load), seed \(seed)") }
      }
      all += ours
    }
    let gradient = sums[.gradient] ?? 0
    #expect(gradient > 0 && all * 100 <= gradient * 102, "\(all) \(gradient)")
    #expect(all < sums[.firstFit] ?? 0 && all < sums[.spread] ?? 0)
  }
}
