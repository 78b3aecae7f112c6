/// All sets of free GPUs of a node with up to 8 of them, for workers of one size: how many fit, at what cost, and where.
struct PackingTable: Sendable {
  private let width: Int
  /// By set and number of workers; `.max` where they don't fit.
  private var costs: [Int32]
  /// The first worker's GPUs; 0 if the lowest free GPU stays free.
  private var choices: [UInt8]
  private var capacities: [UInt8]

  init(_ topology: GPUTopology, _ companions: [UInt64], size: Int) {
    let sets = 1 << topology.count
    let most = topology.count / size
    width = most + 1
    costs = Array(repeating: .max, count: sets * width)
    choices = Array(repeating: 0, count: sets * width)
    capacities = Array(repeating: 0, count: sets)
    let sums = (0..<sets).map { Int32(topology.cost(of: GPUSet(bits: UInt64($0)))) }
    // Those of the lowest indices first: a subset that comes later must be better to be taken.
    let allowed = (0..<sets).filter { (set: Int) -> Bool in
      guard set.nonzeroBitCount == size else { return false }
      return GPUSet(bits: UInt64(set)).indices.allSatisfy { UInt64(set) & ~companions[$0] == 0 }
    }
    let subsets = allowed.sorted { UInt8($0).reversed > UInt8($1).reversed }
    for set in 0..<sets {
      costs[set * width] = 0
      guard most > 0 else { continue }
      fillOne(set, subsets, sums)
      if set.nonzeroBitCount >= 2 * size, most > 1 {
        for workers in 2...most { fill(set, workers, subsets, sums) }
      }
      for workers in 1...most where costs[set * width + workers] != .max { capacities[set] = UInt8(workers) }
    }
  }

  /// The best subset for one worker: the cheapest, and of those the one that leaves the rest joined best.
  private mutating func fillOne(_ set: Int, _ subsets: [Int], _ sums: [Int32]) {
    var best: (cost: Int32, rest: Int32, subset: Int)?
    for subset in subsets where subset & ~set == 0 {
      let (cost, rest) = (sums[subset], sums[set & ~subset])
      if let known = best, (known.cost, known.rest) <= (cost, rest) { continue }
      best = (cost, rest, subset)
    }
    guard let best else { return }
    costs[set * width + 1] = best.cost
    choices[set * width + 1] = UInt8(best.subset)
  }

  /// Several workers: the lowest free GPU is either some worker's or nobody's.
  private mutating func fill(_ set: Int, _ workers: Int, _ subsets: [Int], _ sums: [Int32]) {
    let lowest = set & -set
    var best: (cost: Int32, subset: Int) = (.max, 0)
    for subset in subsets where subset & ~set == 0 && subset & lowest != 0 {
      let others = costs[(set & ~subset) * width + workers - 1]
      if others != .max, sums[subset] + others < best.cost { best = (sums[subset] + others, subset) }
    }
    let without = costs[(set & ~lowest) * width + workers]
    if without < best.cost { best = (without, 0) }
    costs[set * width + workers] = best.cost
    choices[set * width + workers] = UInt8(best.subset)
  }

  func capacity(_ free: UInt64) -> Int { Int(capacities[Int(free)]) }

  func cost(_ free: UInt64, _ workers: Int) -> Int? {
    guard workers < width else { return nil }
    let cost = costs[Int(free) * width + workers]
    return cost == .max ? nil : Int(cost)
  }

  func choice(_ free: UInt64, _ workers: Int) -> UInt64? {
    guard cost(free, workers) != nil else { return nil }
    return UInt64(choices[Int(free) * width + workers])
  }

  var footprint: Int { costs.count * 4 + choices.count + capacities.count }
}

extension FixedWidthInteger {
  /// The bits the other way round: the lowest becomes the highest.
  var reversed: Self {
    var (rest, result) = (self, Self.zero)
    for _ in 0..<bitWidth {
      result = result << 1 | (rest & 1)
      rest >>= 1
    }
    return result
  }
}
