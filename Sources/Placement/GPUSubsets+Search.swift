/// Nodes with more GPUs than a table can hold.
extension GPUSubsets {
  /// How workers fit; nil if they don't.
  mutating func packing(_ question: PackingQuestion) -> PackingAnswer? {
    let needed = Int(question.size) * Int(question.workers)
    guard question.free.nonzeroBitCount >= needed else { return nil }
    if let known = memo[question] { return known.cost == .max ? nil : known }
    let answer =
      if question.workers == 1 {
        topology.count <= Self.exact
          ? best(question.free, Int(question.size)) : greedy(question.free, Int(question.size))
      } else if topology.count <= Self.exact {
        several(question)
      } else {
        inTurn(question)
      }
    // A fleet whose nodes are all in different states must not make this grow for ever.
    if memo.count >= 1 << 15 { memo.removeAll() }
    memo[question] = answer ?? PackingAnswer(cost: .max, subset: 0)
    return answer
  }

  /// The best subset for one worker by branch and bound: the cheapest, then the one that leaves the rest joined best, then
  /// the one of the lowest indices. Of GPUs that are alike the lower ones are taken first, so that not every order is tried.
  private func best(_ free: UInt64, _ size: Int) -> PackingAnswer? {
    var found: (cost: Int, rest: Int, subset: UInt64)?
    func extend(_ subset: UInt64, _ cost: Int, _ candidates: UInt64, _ skipped: UInt64, _ left: Int) {
      if let found, cost > found.cost { return }
      if left == 0 {
        let rest = topology.cost(of: GPUSet(bits: free & ~subset))
        if let found, (found.cost, found.rest) <= (cost, rest) { return }
        found = (cost, rest, subset)
        return
      }
      var (candidates, skipped) = (candidates, skipped)
      while candidates.nonzeroBitCount >= left {
        let gpu = candidates.trailingZeroBitCount
        candidates &= candidates - 1
        let group: UInt64 = 1 << UInt64(groups[gpu])
        if skipped & group == 0 {
          var (added, others) = (0, subset)
          while others != 0 {
            added += Int(topology.costs[gpu * topology.count + others.trailingZeroBitCount])
            others &= others - 1
          }
          extend(subset | 1 << UInt64(gpu), cost + added, candidates & companions[gpu], skipped, left - 1)
        }
        skipped |= group
      }
    }
    extend(0, 0, free, 0, size)
    return found.map { PackingAnswer(cost: Int32(clamping: $0.cost), subset: $0.subset) }
  }

  /// Several workers, exactly: the lowest free GPU is either some worker's or nobody's.
  private mutating func several(_ question: PackingQuestion) -> PackingAnswer? {
    // Where every two GPUs are joined alike there is nothing to choose.
    if Set(groups).count == 1 { return inTurn(question) }
    let lowest = question.free & (0 &- question.free)
    let size = Int(question.size)
    var found: PackingAnswer?
    for (subset, cost) in subsets(of: question.free & ~lowest, with: lowest, size: size) {
      if let found, cost >= Int(found.cost) { continue }
      guard let others = packing(PackingQuestion(question.free & ~subset, size, Int(question.workers) - 1)) else {
        continue
      }
      let sum = cost + Int(others.cost)
      if found.map({ sum < Int($0.cost) }) ?? true {
        found = PackingAnswer(cost: Int32(clamping: sum), subset: subset)
      }
    }
    if let without = packing(PackingQuestion(question.free & ~lowest, size, Int(question.workers))),
      found.map({ without.cost < $0.cost }) ?? true
    {
      found = PackingAnswer(cost: without.cost, subset: 0)
    }
    return found
  }

  /// All subsets of a size that hold one GPU and that the demand allows, with their costs, cheapest first; of those that differ only by GPUs that
  /// are alike, one.
  private func subsets(of free: UInt64, with first: UInt64, size: Int) -> [(subset: UInt64, cost: Int)] {
    var all: [(subset: UInt64, cost: Int)] = []
    func extend(_ subset: UInt64, _ candidates: UInt64, _ skipped: UInt64, _ left: Int) {
      if left == 0 {
        all.append((subset, topology.cost(of: GPUSet(bits: subset))))
        return
      }
      var (candidates, skipped) = (candidates, skipped)
      while candidates.nonzeroBitCount >= left {
        let gpu = candidates.trailingZeroBitCount
        candidates &= candidates - 1
        let group: UInt64 = 1 << UInt64(groups[gpu])
        if skipped & group == 0 {
          extend(subset | 1 << UInt64(gpu), candidates & companions[gpu], skipped, left - 1)
        }
        skipped |= group
      }
    }
    extend(first, free & companions[first.trailingZeroBitCount], 0, size - 1)
    return all.enumerated().sorted { ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset) }.map(\.element)
  }

  /// Workers one after another, each with the best that is left.
  private mutating func inTurn(_ question: PackingQuestion) -> PackingAnswer? {
    var (rest, cost, first) = (question.free, 0, UInt64(0))
    for worker in 0..<Int(question.workers) {
      guard let one = packing(PackingQuestion(rest, Int(question.size), 1)) else { return nil }
      if worker == 0 { first = one.subset }
      rest &= ~one.subset
      cost += Int(one.cost)
    }
    return PackingAnswer(cost: Int32(clamping: cost), subset: first)
  }

  /// One worker on a very big node: from each free GPU on, always the one that costs least; the best of these.
  private func greedy(_ free: UInt64, _ size: Int) -> PackingAnswer? {
    var found: PackingAnswer?
    for start in GPUSet(bits: free).indices {
      var (subset, cost): (UInt64, Int) = (1 << UInt64(start), 0)
      var candidates = free & companions[start] & ~subset
      while subset.nonzeroBitCount < size, candidates != 0 {
        let costs = GPUSet(bits: candidates).indices.map { gpu in
          (GPUSet(bits: subset).indices.reduce(0) { $0 + Int(topology.costs[gpu * topology.count + $1]) }, gpu)
        }
        guard let next = costs.min(by: <) else { break }
        subset |= 1 << UInt64(next.1)
        cost += next.0
        candidates &= companions[next.1] & ~subset
      }
      if subset.nonzeroBitCount == size, found.map({ cost < Int($0.cost) }) ?? true {
        found = PackingAnswer(cost: Int32(clamping: cost), subset: subset)
      }
    }
    return found
  }
}
