/// What of a fleet is free.
struct FleetState: Sendable {
  /// The usable GPUs of each node that nobody has.
  private(set) var gpus: [UInt64]
  private(set) var cores: [Int32]
  private(set) var memory: [Int32]
  /// For each number of free GPUs the nodes that have as many, one set behind the other.
  private(set) var buckets: [UInt64]
  let words: Int

  /// A fleet on which nothing runs.
  init(_ fleet: FleetIndex) {
    let kinds = fleet.kinds.map {
      (gpus: $0.healthy.bits, cores: Int32(clamping: $0.cores), memory: Int32(clamping: $0.memory))
    }
    gpus = fleet.kindOf.map { kinds[Int($0)].gpus }
    cores = fleet.kindOf.map { kinds[Int($0)].cores }
    memory = fleet.kindOf.map { kinds[Int($0)].memory }
    words = (fleet.count + 63) / 64
    buckets = Array(repeating: 0, count: words * (fleet.mostGPUs + 1))
    for node in gpus.indices { buckets[slot(node, gpus[node])] |= 1 << UInt64(node & 63) }
  }

  private func slot(_ node: Int, _ gpus: UInt64) -> Int { gpus.nonzeroBitCount * words + node >> 6 }

  /// Says what is free on a node.
  mutating func set(_ node: Int, gpus free: UInt64, cores freeCores: Int, memory freeMemory: Int) {
    let bit: UInt64 = 1 << UInt64(node & 63)
    buckets[slot(node, gpus[node])] &= ~bit
    buckets[slot(node, free)] |= bit
    gpus[node] = free
    cores[node] = Int32(clamping: freeCores)
    memory[node] = Int32(clamping: freeMemory)
  }

  /// Takes something away; what isn't there can't be taken.
  mutating func take(_ node: Int, gpus taken: UInt64, cores takenCores: Int, memory takenMemory: Int) {
    set(
      node, gpus: gpus[node] & ~taken, cores: Int(cores[node]) - takenCores, memory: Int(memory[node]) - takenMemory)
  }

  /// Gives back what was taken.
  mutating func give(_ node: Int, gpus given: UInt64, cores givenCores: Int, memory givenMemory: Int) {
    set(
      node, gpus: gpus[node] | given, cores: Int(cores[node]) + givenCores, memory: Int(memory[node]) + givenMemory)
  }

  var footprint: Int { gpus.capacity * 8 + (cores.capacity + memory.capacity) * 4 + buckets.capacity * 8 }
}
