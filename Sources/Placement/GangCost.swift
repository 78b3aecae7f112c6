/// What a place for several workers costs: less is better, and what comes first counts more.
struct GangCost: Sendable, Comparable {
  /// How many domains of each level and how many nodes are used, the most important in the highest bits.
  var spread: UInt64
  /// The costs of the links within the workers, and below them the GPUs that stay idle on the nodes used.
  var links: UInt64

  static let none = GangCost(spread: 0, links: 0)

  /// The lower bits of `links` that count idle GPUs.
  static let idleBits: UInt64 = 20

  static func + (left: GangCost, right: GangCost) -> GangCost {
    GangCost(spread: left.spread &+ right.spread, links: left.links &+ right.links)
  }

  static func < (left: GangCost, right: GangCost) -> Bool {
    left.spread != right.spread ? left.spread < right.spread : left.links < right.links
  }
}

/// How much each level counts in `GangCost.spread`: the level that the workload names first, then from the outermost on, nodes last.
struct SpreadWeights {
  /// What one more domain adds, by level; the node's last.
  let weights: [UInt64]

  /// Nil if so many workers over so many levels can't be counted in 64 bits.
  init?(levels: Int, preferred: Int?, workers: Int) {
    let bits = UInt64.bitWidth - workers.leadingZeroBitCount
    guard bits * (levels + 1) <= UInt64.bitWidth else { return nil }
    let order = (0...levels).filter { $0 == preferred } + (0...levels).filter { $0 != preferred }
    var weights = Array(repeating: UInt64(0), count: levels + 1)
    for (rank, level) in order.enumerated() { weights[level] = 1 << UInt64(bits * (levels - rank)) }
    self.weights = weights
  }
}
