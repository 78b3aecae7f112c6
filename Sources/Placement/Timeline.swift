import IR

/// Who has what on a fleet, and from when until when: what runs, and what is promised to those that wait.
struct Timeline: Sendable {
  /// Later than everything.
  static let never = Int.max

  /// What an owner has on a node for some time.
  struct Share: Sendable {
    var owner: Int
    var gpus: UInt64
    var cores: Int
    var memory: Int
    /// In seconds from now.
    var start: Int
    /// The first moment at which it is free again.
    var end: Int
  }

  /// By node.
  private(set) var shares: [[Share]]
  /// The nodes of each owner.
  private(set) var nodesOf: [[Int]] = []
  /// The owners that have been put out.
  var gone: Set<Int> = []
  /// The moments from now on at which something ends, ascending, without `never`.
  private(set) var ends: [Int] = []

  init(nodes: Int) { shares = Array(repeating: [], count: nodes) }

  /// Adds an owner; its number is the count of those before it.
  mutating func add(_ parts: [(node: Int, gpus: UInt64)], cores: Int, memory: Int, start: Int, end: Int) {
    add(parts.map { ($0.node, Share(owner: 0, gpus: $0.gpus, cores: cores, memory: memory, start: start, end: end)) })
  }

  /// Adds an owner with what it has on nodes.
  mutating func add(_ parts: [(node: Int, share: Share)]) {
    let owner = nodesOf.count
    var nodes: [Int] = []
    for (node, share) in parts where share.end > share.start {
      var share = share
      share.owner = owner
      shares[node].append(share)
      if !nodes.contains(node) { nodes.append(node) }
      guard share.end < Self.never, share.end > 0 else { continue }
      let place = ends.partitioningIndex { $0 >= share.end }
      if place == ends.count || ends[place] != share.end { ends.insert(share.end, at: place) }
    }
    nodesOf.append(nodes)
  }

  /// What of a node is free through a whole span of time, if some owners have nothing.
  func free(_ node: Int, of kind: NodeKind, in span: Range<Int>, without absent: (Int) -> Bool) -> (
    gpus: UInt64, cores: Int, memory: Int
  ) {
    var (gpus, cores, memory, isLater) = (kind.healthy.bits, 0, 0, false)
    for share in shares[node] where isThere(share, span, absent) {
      gpus &= ~share.gpus
      cores += share.cores
      memory += share.memory
      isLater = isLater || share.start > span.lowerBound
    }
    // Those that come later may meet some that have gone by then: the most is taken at a moment at which somebody comes.
    if isLater { (cores, memory) = peak(node, in: span, without: absent) }
    return (gpus, kind.cores - cores, kind.memory - memory)
  }

  private func isThere(_ share: Share, _ span: Range<Int>, _ absent: (Int) -> Bool) -> Bool {
    share.start < span.upperBound && share.end > span.lowerBound && !gone.contains(share.owner) && !absent(share.owner)
  }

  private func peak(_ node: Int, in span: Range<Int>, without absent: (Int) -> Bool) -> (cores: Int, memory: Int) {
    let here = shares[node].filter { isThere($0, span, absent) }
    var (cores, memory) = (0, 0)
    for share in here {
      let moment = max(share.start, span.lowerBound)
      var (coresThen, memoryThen) = (0, 0)
      for other in here where other.start <= moment && other.end > moment {
        coresThen += other.cores
        memoryThen += other.memory
      }
      (cores, memory) = (max(cores, coresThen), max(memory, memoryThen))
    }
    return (cores, memory)
  }
}

extension Planner {
  /// Sees the fleet as it is free through a whole span of time.
  mutating func look(
    _ timeline: Timeline, _ empty: FleetState, in span: Range<Int>, without absent: (Int) -> Bool = { _ in false }
  ) {
    state = empty
    for node in 0..<fleet.count where !timeline.shares[node].isEmpty { look(timeline, node, in: span, without: absent) }
  }

  /// Sees one node as it is free through a whole span of time.
  mutating func look(_ timeline: Timeline, _ node: Int, in span: Range<Int>, without absent: (Int) -> Bool) {
    let free = timeline.free(node, of: fleet.kind(of: node), in: span, without: absent)
    state.set(node, gpus: free.gpus, cores: free.cores, memory: free.memory)
  }
}
