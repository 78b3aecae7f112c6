/// The cheapest way to put a number of workers into a domain, found exactly.
///
/// For each domain, from the nodes outwards, it knows what every number of workers would cost there at least; what two parts cost is the
/// cheapest split between them. Costs add up, so that the best of the whole is made of the best of its parts.
struct GangSearch {
  /// The most steps (workers that find room times workers that are wanted) for which it is used: some 50 ms.
  static let limit = 20_000_000

  let workers: Int
  /// What one more domain adds to the spread, by level; the node's last.
  let weights: [UInt64]
  /// The first place of those that were added.
  private let first: Int
  /// What 1, 2, … workers cost on each node, without its own weight; the nodes one behind the other.
  private var costs: [UInt64] = []
  /// Where each node's costs end.
  private var ends: [Int] = []
  /// For each step taken how many workers its part gets, by the number that all parts up to it have.
  private var splits: [UInt16] = []
  private var steps: [Step] = []

  /// A part put to those before it.
  private struct Step {
    /// Where its row of `splits` begins.
    var row: Int
    var part: Part
  }

  private enum Part {
    case place(Int)
    /// A domain: the steps within it.
    case steps(Range<Int>)
  }

  init(workers: Int, weights: [UInt64], from first: Int) {
    self.workers = workers
    self.weights = weights
    self.first = first
  }

  /// Adds the next node's costs of 1, 2, … workers.
  mutating func add(_ node: some Sequence<UInt64>) {
    costs += node
    ends.append(costs.count)
  }

  /// The cheapest way into a domain that lies at a level.
  mutating func cheapest(
    in domain: Range<Int>, below level: Int, domains: [[Range<Int>]]
  ) -> (cost: GangCost, shares: [(place: Int, workers: Int)])? {
    let (table, steps) = solve(domain, level, domains)
    guard workers < table.count else { return nil }
    var shares: [(place: Int, workers: Int)] = []
    follow(steps, workers, &shares)
    return (table[workers], shares.sorted { $0.place < $1.place })
  }

  /// What each number of workers costs in a domain, and the steps that lead there.
  private mutating func solve(
    _ domain: Range<Int>, _ level: Int, _ domains: [[Range<Int>]]
  ) -> (table: [GangCost], steps: Range<Int>) {
    var table = [GangCost.none]
    var own: [Step] = []
    if level + 1 == domains.count {
      let weight = weights[domains.count]
      var part: [GangCost] = []
      for place in domain {
        let index = place - first
        let range = (index == 0 ? 0 : ends[index - 1])..<ends[index]
        if range.isEmpty { continue }
        part.removeAll(keepingCapacity: true)
        part.append(.none)
        for cost in costs[range] { part.append(GangCost(spread: weight, links: cost)) }
        own.append(Step(row: join(&table, part), part: .place(place)))
      }
    } else {
      let parts = domains[level + 1]
      var index = parts.partitioningIndex { $0.lowerBound >= domain.lowerBound }
      while index < parts.count, parts[index].upperBound <= domain.upperBound {
        var (part, steps) = solve(parts[index], level + 1, domains)
        index += 1
        guard part.count > 1 else { continue }
        for workers in 1..<part.count { part[workers].spread &+= weights[level + 1] }
        own.append(Step(row: join(&table, part), part: .steps(steps)))
      }
    }
    let start = steps.count
    steps += own
    return (table, start..<steps.count)
  }

  /// Puts a part to those before it; where the row of its shares begins.
  private mutating func join(_ table: inout [GangCost], _ part: [GangCost]) -> Int {
    let (row, before) = (splits.count, table.count)
    let most = min(workers, before + part.count - 2)
    table.reserveCapacity(most + 1)
    while table.count <= most { table.append(.none) }
    splits.append(contentsOf: repeatElement(0, count: most + 1))
    // From the most on: what is read is of the parts before, what is written isn't read again.
    for total in stride(from: most, through: 0, by: -1) {
      let first = max(0, total - before + 1)
      var (best, share) = (table[total - first] + part[first], first)
      for count in stride(from: first + 1, through: min(total, part.count - 1), by: 1) {
        let cost = table[total - count] + part[count]
        if cost < best { (best, share) = (cost, count) }
      }
      table[total] = best
      splits[row + total] = UInt16(truncatingIfNeeded: share)
    }
    return row
  }

  private func follow(_ range: Range<Int>, _ count: Int, _ shares: inout [(place: Int, workers: Int)]) {
    var left = count
    for step in steps[range].reversed() where left > 0 {
      let share = Int(splits[step.row + left])
      guard share > 0 else { continue }
      switch step.part {
      case .place(let place): shares.append((place, share))
      case .steps(let steps): follow(steps, share, &shares)
      }
      left -= share
    }
  }
}

extension Array {
  /// The first index from which on a condition holds, where it holds for all from there.
  func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
