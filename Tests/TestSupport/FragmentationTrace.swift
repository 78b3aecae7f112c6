/// Jobs that come and go on a fleet of equal nodes with eight GPUs each: how much work a way of placing has to turn away.
package struct FragmentationTrace: Sendable {
  /// A job: so many workers with so many GPUs each.
  package struct Job: Sendable {
    package var workers: Int
    package var gpus: Int
    package var arrival: Int
    package var length: Int
  }

  package let nodes: Int
  package let jobs: [Job]

  /// Jobs of 1, 1, 1, 2, 2, 3, 4, 4, 5 or 8 GPUs, and once in twenty a gang of two to four whole nodes, so many that they would keep `load` percent of the GPUs
  /// busy if none were turned away. The lengths differ by up to ten times.
  package init(nodes: Int, jobs count: Int, load: Int, seed: UInt64) {
    self.nodes = nodes
    var random = SeededGenerator(seed: seed)
    let sizes = [1, 1, 1, 2, 2, 3, 4, 4, 5, 8]
    var jobs: [Job] = []
    // Work that has come so far, in hundredths of a GPU second: the next job comes when the fleet could have done it at that load.
    var work = 0
    for _ in 0..<count {
      let isGang = random.oneIn(20)
      let workers = isGang ? Int.random(in: 2...4, using: &random) : 1
      let gpus = isGang ? 8 : sizes[Int.random(in: 0..<sizes.count, using: &random)]
      let length = Int.random(in: 10_000...100_000, using: &random)
      jobs.append(Job(workers: workers, gpus: gpus, arrival: work / (nodes * 8 * load), length: length))
      work += 100 * workers * gpus * length
    }
    self.jobs = jobs
  }

  /// Plays the jobs: `place` gets a job and the free GPUs of each node and says which nodes its workers get, or nothing; what it gets is free
  /// again when the job ends. The share of the work that was turned away, in millionths, after the fleet has filled.
  package func turnedAway(_ place: (Job, [Int]) -> [Int]?, ended: ((Int) -> Void)? = nil) -> Int {
    var free = Array(repeating: 8, count: nodes)
    var running: [(end: Int, job: Int, nodes: [Int])] = []
    var (offered, lost) = (0, 0)
    for (number, job) in jobs.enumerated() {
      for done in running where done.end <= job.arrival {
        for node in done.nodes { free[node] += jobs[done.job].gpus }
        ended?(done.job)
      }
      running.removeAll { $0.end <= job.arrival }
      let work = job.workers * job.gpus * job.length
      let counts = number >= jobs.count / 4
      if counts { offered += work }
      if let placed = place(job, free) {
        for node in placed { free[node] -= job.gpus }
        running.append((job.arrival + job.length, number, placed))
      } else if counts {
        lost += work
      }
    }
    return Int(Double(lost) / Double(max(offered, 1)) * 1_000_000)
  }
}

/// Simple ways to place jobs, to compare with.
package enum PlacingRule: String, Sendable, CaseIterable {
  case firstFit = "first fit"
  case spread
  case bestFit = "best fit"
  /// Fragmentation gradient descent (Weng et al., ATC 2023): the node on which the expected number of GPUs that the usual jobs can't use grows the least.
  case gradient = "FGD"

  /// Where the workers of a job go: one after another.
  package func place(_ job: FragmentationTrace.Job, _ free: [Int]) -> [Int]? {
    var (free, nodes) = (free, [Int]())
    for _ in 0..<job.workers {
      var best: (score: Double, node: Int)?
      for (node, gpus) in free.enumerated() where gpus >= job.gpus {
        let score = score(gpus, job.gpus)
        if best.map({ score < $0.score }) ?? true { best = (score, node) }
        if self == .firstFit { break }
      }
      guard let best else { return nil }
      free[best.node] -= job.gpus
      nodes.append(best.node)
    }
    return nodes
  }

  private func score(_ free: Int, _ gpus: Int) -> Double {
    switch self {
    case .firstFit: 0
    case .spread: -Double(free)
    case .bestFit: Double(free - gpus)
    case .gradient: Self.useless[free - gpus] - Self.useless[free]
    }
  }

  /// Of so many free GPUs of a node how many the usual job can't use: all, if it wants more. Out of 100 jobs, 95 are of the sizes of a trace,
  /// and the others want whole nodes.
  private static let useless: [Double] = (0...8).map { free in
    let sizes = [1, 1, 1, 2, 2, 3, 4, 4, 5, 8]
    return Double(free) * 0.95 * Double(sizes.count { $0 > free }) / 10 + Double(free) * (free < 8 ? 0.05 : 0)
  }
}
