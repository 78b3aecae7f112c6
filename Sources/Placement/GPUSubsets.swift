package import IR

/// Which GPUs of a node workers get: for nodes of one topology and one demand on links.
///
/// For each set of free GPUs, each size and each number of workers it knows the least that the links of disjoint subsets can cost
/// together. For up to 8 GPUs that is a table over all sets; beyond, an exact search whose answers are kept; beyond 16, a greedy one.
package struct GPUSubsets: Sendable {
  /// The most GPUs for which all sets are in a table.
  static let tabled = 8
  /// The most GPUs for which the answers are exact.
  package static let exact = 16

  package let topology: GPUTopology
  let demand: GPURequest.Link?
  /// For each GPU, those that it may stand with.
  let companions: [UInt64]
  /// Where "may stand with" is transitive: its classes. Nil elsewhere.
  let islands: [UInt64]?
  let groups: [Int]
  /// Tables by size, for nodes of up to 8 GPUs; nil until they are needed.
  var tables: [PackingTable?]
  /// Answers for bigger nodes.
  var memo: [PackingQuestion: PackingAnswer] = [:]

  /// Starts without any answer.
  package init(_ topology: GPUTopology, demand: GPURequest.Link?) {
    self.topology = topology
    self.demand = demand
    companions = topology.companions[GPUTopology.row(of: demand)]
    groups = topology.groups
    tables = Array(repeating: nil, count: topology.count + 1)
    let rows = companions
    let isTransitive = (0..<topology.count).allSatisfy { row in
      GPUSet(bits: rows[row]).indices.allSatisfy { rows[$0] == rows[row] }
    }
    islands = isTransitive ? rows.indices.filter { rows[$0].trailingZeroBitCount == $0 }.map { rows[$0] } : nil
  }

  /// How many workers with `size` GPUs each find room among the free ones.
  package mutating func capacity(_ free: GPUSet, size: Int) -> Int {
    guard size > 0 else { return .max }
    if topology.count <= Self.tabled { return size > topology.count ? 0 : table(size).capacity(free.bits) }
    if size == 1 || demand == nil { return free.count / size }
    if let islands { return islands.reduce(0) { $0 + (free.bits & $1).nonzeroBitCount / size } }
    var workers = 0
    while workers < free.count / size, packing(PackingQuestion(free.bits, size, workers + 1)) != nil { workers += 1 }
    return workers
  }

  /// The least that the links of so many workers cost together; nil if they find no room.
  package mutating func cost(_ free: GPUSet, size: Int, workers: Int) -> Int? {
    guard size > 0, workers > 0 else { return 0 }
    if topology.count <= Self.tabled {
      return size > topology.count ? nil : table(size).cost(free.bits, workers)
    }
    return packing(PackingQuestion(free.bits, size, workers)).map { Int($0.cost) }
  }

  /// The GPUs of each of so many workers, at the least cost; nil if they find no room.
  ///
  /// One worker's are, among those of the same cost, those that leave the free ones joined best; then those of the lowest indices.
  package mutating func choose(_ free: GPUSet, size: Int, workers: Int) -> [GPUSet]? {
    guard size > 0 else { return Array(repeating: GPUSet(), count: workers) }
    var (rest, left, chosen) = (free.bits, workers, [GPUSet]())
    while left > 0 {
      let subset: UInt64
      if topology.count <= Self.tabled {
        guard size <= topology.count, let found = table(size).choice(rest, left) else { return nil }
        subset = found
      } else {
        guard let found = packing(PackingQuestion(rest, size, left)) else { return nil }
        subset = found.subset
      }
      if subset == 0 {
        rest &= rest - 1
      } else {
        chosen.append(GPUSet(bits: subset))
        rest &= ~subset
        left -= 1
      }
    }
    return chosen.sorted { $0.bits.trailingZeroBitCount < $1.bits.trailingZeroBitCount }
  }

  /// Bytes that its answers take.
  var footprint: Int {
    tables.reduce(0) { $0 + ($1?.footprint ?? 0) } + memo.capacity
      * MemoryLayout<(PackingQuestion, PackingAnswer)>.stride
  }

  private mutating func table(_ size: Int) -> PackingTable {
    if let table = tables[size] { return table }
    let table = PackingTable(topology, companions, size: size)
    tables[size] = table
    return table
  }
}

/// How so many workers of one size fit into a set of free GPUs.
struct PackingQuestion: Hashable {
  var free: UInt64
  var size: UInt8
  var workers: UInt8

  init(_ free: UInt64, _ size: Int, _ workers: Int) {
    self.free = free
    self.size = UInt8(clamping: size)
    self.workers = UInt8(clamping: workers)
  }
}

/// The least cost, and the GPUs of the first worker; none if the lowest free GPU stays free.
struct PackingAnswer {
  var cost: Int32
  var subset: UInt64
}
