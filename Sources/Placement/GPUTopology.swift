package import IR

/// How the GPUs of a node are joined: what nodes of one make have in common.
package struct GPUTopology: Sendable, Hashable {
  /// How many GPUs there are, `GPUSet.limit` at most.
  package let count: Int
  /// For each two GPUs what it costs to send from one to the other, row by row.
  let costs: [Int32]
  /// For each demand on links, and each GPU, those that it may stand with; `GPURequest.Link.allCases` order, without a demand last.
  let companions: [[UInt64]]

  /// Reads a node's links. A pair counts as the worse of its two directions, and as joined between processors where nothing is said.
  package init(links: [GPULink], count: Int) {
    let size = min(max(count, 0), GPUSet.limit)
    self.count = size
    let isSaid = links.count == count * count
    func link(_ row: Int, _ column: Int) -> GPULink {
      if row == column { return .same }
      guard isSaid else { return .system }
      let (there, back) = (links[row * count + column], links[column * count + row])
      return there.cost >= back.cost ? there : back
    }
    costs = (0..<size * size).map { link($0 / size, $0 % size).cost }
    companions = (GPURequest.Link.allCases + [nil]).map { demand in
      (0..<size).map { row in GPUSet((0..<size).filter { link(row, $0).satisfies(demand) }).bits }
    }
  }

  /// Which row of `companions` a demand has.
  static func row(of demand: GPURequest.Link?) -> Int {
    switch demand {
    case .nvlink: 0
    case .socket: 1
    case nil: 2
    }
  }

  /// The costs of all pairs of a set, together.
  package func cost(of set: GPUSet) -> Int {
    var (sum, rest) = (0, set.bits)
    while rest != 0 {
      let row = rest.trailingZeroBitCount
      rest &= rest - 1
      var others = rest
      while others != 0 {
        let column = others.trailingZeroBitCount
        others &= others - 1
        if row < count, column < count { sum += Int(costs[row * count + column]) }
      }
    }
    return sum
  }

  /// Whether every two of a set are joined as it is demanded.
  package func allows(_ set: GPUSet, _ demand: GPURequest.Link?) -> Bool {
    let rows = companions[Self.row(of: demand)]
    return set.indices.allSatisfy { $0 < count && set.bits & ~rows[$0] == 0 }
  }

  /// The GPUs that can change places with one another without any cost or demand changing: the number of its group for each.
  var groups: [Int] {
    var groups: [Int] = []
    for gpu in 0..<count {
      let twin = (0..<gpu).first { other in
        (0..<count).allSatisfy { $0 == gpu || $0 == other || costs[gpu * count + $0] == costs[other * count + $0] }
          && companions.allSatisfy { (rows) -> Bool in
            let pair: UInt64 = 1 << UInt64(gpu) | 1 << UInt64(other)
            return rows[gpu] | pair == rows[other] | pair
          }
      }
      groups.append(twin.map { groups[$0] } ?? gpu)
    }
    return groups
  }
}
