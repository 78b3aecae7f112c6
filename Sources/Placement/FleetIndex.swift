import IR

/// A fleet without what changes by placing, so laid out that 10,000 nodes take a few megabytes and questions are quick.
struct FleetIndex: Sendable {
  let names: [String]
  let kinds: [NodeKind]
  let kindOf: [UInt32]
  /// The nodes of each kind.
  let nodesOf: [[UInt32]]
  /// The same as sets; none where there are so many kinds that these would be big.
  let setsOf: [NodeSet]
  let topologies: [GPUTopology]
  let tree: DomainTree
  let defaultQueue: String?
  /// The most GPUs that a node has.
  let mostGPUs: Int
  private let labels: [LabelKey: [UInt32]]
  private let uuids: UniqueNumbers
  private let byName: [TextKey: UInt32]

  init(_ fleet: Fleet) {
    names = fleet.nodes.map(\.name)
    tree = DomainTree(fleet)
    defaultQueue = fleet.defaultQueue
    var topologies: [GPUTopology] = []
    var topologyNumbers: [GPUTopology: Int] = [:]
    var (kinds, kindNumbers): ([NodeKind], [NodeKind: Int]) = ([], [:])
    var kindOf: [UInt32] = []
    var nodesOf: [[UInt32]] = []
    var labels: [LabelKey: [UInt32]] = [:]
    var byName: [TextKey: UInt32] = [:]
    kindOf.reserveCapacity(names.count)
    for (index, node) in fleet.nodes.enumerated() {
      let topology = GPUTopology(links: node.links, count: node.gpus.count)
      let topologyNumber = topologyNumbers[topology] ?? topologies.count
      if topologyNumber == topologies.count {
        topologies.append(topology)
        topologyNumbers[topology] = topologyNumber
      }
      let kind = NodeKind(node, topology: topologyNumber)
      let number = kindNumbers[kind] ?? kinds.count
      if number == kinds.count {
        kinds.append(kind)
        nodesOf.append([])
        kindNumbers[kind] = number
      }
      kindOf.append(UInt32(number))
      nodesOf[number].append(UInt32(index))
      for label in node.labels { labels[LabelKey(label), default: []].append(UInt32(index)) }
      if byName[TextKey(node.name)] == nil { byName[TextKey(node.name)] = UInt32(index) }
    }
    self.topologies = topologies
    self.kinds = kinds
    self.kindOf = kindOf
    self.nodesOf = nodesOf
    let areFew = kinds.count * fleet.nodes.count <= 8 << 20
    setsOf = areFew ? nodesOf.map { NodeSet($0, count: fleet.nodes.count) } : []
    self.labels = labels
    self.byName = byName
    mostGPUs = kinds.map(\.gpus.count).max() ?? 0
    uuids = UniqueNumbers(fleet)
  }

  var count: Int { names.count }

  func kind(of node: Int) -> NodeKind { kinds[Int(kindOf[node])] }

  /// The node of a name; the first, if it stands there twice.
  func node(_ name: String) -> Int? { byName[TextKey(name)].map { Int($0) } }

  /// The nodes with a label, ascending.
  func nodes(with label: WorkloadPlan.Label) -> [UInt32] { labels[LabelKey(label)] ?? [] }

  func node(_ node: Int, has label: WorkloadPlan.Label) -> Bool {
    let nodes = nodes(with: label)
    var (low, high) = (0, nodes.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(nodes[middle]) < node { low = middle + 1 } else { high = middle }
    }
    return low < nodes.count && Int(nodes[low]) == node
  }

  /// A node's GPUs, with their unique numbers.
  func gpus(of node: Int) -> [FleetGPU] {
    kind(of: node).gpus.enumerated().map { index, gpu in
      var gpu = gpu
      gpu.uuid = uuids.number(of: index, on: node)
      return gpu
    }
  }

  /// Bytes that it takes, counting what arrays and tables hold for each element.
  var footprint: Int {
    let perName = names.reduce(0) { $0 + 16 + ($1.utf8.count > 15 ? $1.utf8.count + 33 : 0) }
    let perKind = kinds.reduce(0) { $0 + 96 + $1.gpus.count * 56 + $1.conditions.count * 32 + $1.queues.count * 16 }
    let perLabel = labels.reduce(0) { $0 + 80 + $1.value.capacity * 4 }
    let perNode = 4 + 4 + 24 + tree.levels.count * 4 + 4
    let perDomain = tree.domains.reduce(0) { $0 + $1.count * 32 }
    let perTopology = topologies.reduce(0) { $0 + $1.costs.count * 4 + $1.count * 24 + 64 }
    let perSet = setsOf.reduce(0) { $0 + $1.words.capacity * 8 }
    return perSet + perName + perKind + perLabel + perNode * count + perDomain + perTopology + uuids.footprint
  }

}

/// A label by its bytes.
struct LabelKey: Hashable {
  var key: TextKey
  var value: TextKey

  init(_ label: WorkloadPlan.Label) { (key, value) = (TextKey(label.key), TextKey(label.value)) }
}

/// The unique numbers of all GPUs, in one run of bytes: as texts of their own they would be the most of a fleet.
struct UniqueNumbers: Sendable {
  private var bytes: [UInt8] = []
  /// Where each GPU's number ends.
  private var ends: [UInt32] = []
  /// The first GPU of each node.
  private var first: [UInt32] = []

  init(_ fleet: Fleet) {
    guard fleet.nodes.contains(where: { $0.gpus.contains { !$0.uuid.isEmpty } }) else { return }
    for node in fleet.nodes {
      first.append(UInt32(ends.count))
      for gpu in node.gpus.prefix(GPUSet.limit) {
        bytes += gpu.uuid.utf8
        ends.append(UInt32(bytes.count))
      }
    }
  }

  func number(of index: Int, on node: Int) -> String {
    guard node < first.count else { return "" }
    let place = Int(first[node]) + index
    let start = place == 0 ? 0 : Int(ends[place - 1])
    return String(decoding: bytes[start..<Int(ends[place])], as: UTF8.self)
  }

  var footprint: Int { bytes.capacity + (ends.capacity + first.capacity) * 4 }
}
