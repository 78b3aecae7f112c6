/// The machines that workloads can be placed on: what they have, how it is joined, and what is taken already.
package struct Fleet: Sendable {
  /// The levels above a node, outermost first: `[spine, rack]`.
  package var levels: [String]
  /// The nodes, in the file's order.
  package var nodes: [FleetNode]
  /// What runs on them.
  package var running: [RunningWorkload]
  /// The queue of workloads that name none; nil where those may use only nodes that take every queue.
  package var defaultQueue: String?

  /// Joins the parts.
  package init(
    levels: [String] = [], nodes: [FleetNode], running: [RunningWorkload] = [], defaultQueue: String? = nil
  ) {
    self.levels = levels
    self.nodes = nodes
    self.running = running
    self.defaultQueue = defaultQueue
  }
}

/// A machine.
package struct FleetNode: Sendable, Hashable {
  package var name: String
  /// Whole processor cores.
  package var cores: Int
  /// In MiB.
  package var memory: Int
  /// Its GPUs; their place in the list is their index.
  package var gpus: [FleetGPU]
  /// How each two of its GPUs are joined, row by row; as many as the square of the GPUs.
  package var links: [GPULink]
  /// The domain that it stands in, for each level of the fleet; empty where it isn't said.
  package var domains: [String]
  /// Labels, by key.
  package var labels: [WorkloadPlan.Label] = []
  /// Conditions, by type.
  package var conditions: [WorkloadPlan.Condition] = []
  /// Whether it takes no new work.
  package var isDrained = false
  /// The queues that may use it; empty for all.
  package var queues: [String] = []

  /// Joins the parts.
  package init(
    name: String, cores: Int, memory: Int, gpus: [FleetGPU] = [], links: [GPULink] = [], domains: [String] = []
  ) {
    self.name = name
    self.cores = cores
    self.memory = memory
    self.gpus = gpus
    self.links = links
    self.domains = domains
  }
}

/// A GPU of a machine.
package struct FleetGPU: Sendable, Hashable {
  /// Its class: `h100`.
  package var type: String
  /// The name that its vendor gives it: `NVIDIA H100 80GB HBM3`.
  package var name: String
  /// In MiB.
  package var memory: Int
  /// Its number in the whole world; empty where it isn't known.
  package var uuid: String
  /// Whether it can be used.
  package var isHealthy: Bool

  /// Joins the parts.
  package init(type: String, name: String, memory: Int, uuid: String = "", isHealthy: Bool = true) {
    self.type = type
    self.name = name
    self.memory = memory
    self.uuid = uuid
    self.isHealthy = isHealthy
  }
}

/// How two GPUs of a machine are joined, as `nvidia-smi topo -m` says it.
package enum GPULink: Sendable, Hashable {
  /// The same GPU.
  case same
  /// So many NVLinks between them.
  case nvlink(Int)
  /// One PCIe bridge.
  case pix
  /// Several PCIe bridges.
  case pxb
  /// The host bridge of a processor.
  case phb
  /// Several host bridges of one NUMA node.
  case node
  /// The way between processors.
  case system

  /// The tool's word for it; nil for any other.
  package init?(word: String) {
    switch word {
    case "X": self = .same
    case "PIX": self = .pix
    case "PXB": self = .pxb
    case "PHB": self = .phb
    case "NODE": self = .node
    case "SYS": self = .system
    default:
      guard word.utf8.starts(with: "NV".utf8), let count = Int(word.dropFirst(2)), 1...64 ~= count else { return nil }
      self = .nvlink(count)
    }
  }

  /// The tool's word for it.
  package var word: String {
    switch self {
    case .same: "X"
    case .nvlink(let count): "NV\(count)"
    case .pix: "PIX"
    case .pxb: "PXB"
    case .phb: "PHB"
    case .node: "NODE"
    case .system: "SYS"
    }
  }
}

/// Something that runs on a fleet.
package struct RunningWorkload: Sendable, Hashable {
  /// Its name.
  package var name: String
  /// 0 to 1000.
  package var priority: Int
  /// Whether none may take its place.
  package var isProtected: Bool
  /// When it will have ended at the latest, in seconds from now; nil where nobody knows.
  package var endsWithin: Int?
  /// Its workers.
  package var parts: [Part]

  /// Joins the parts.
  package init(name: String, priority: Int, isProtected: Bool = false, endsWithin: Int? = nil, parts: [Part]) {
    self.name = name
    self.priority = priority
    self.isProtected = isProtected
    self.endsWithin = endsWithin
    self.parts = parts
  }

  /// A worker of it.
  package struct Part: Sendable, Hashable {
    /// The node's name.
    package var node: String
    /// The indices of the GPUs that it has.
    package var gpus: [Int]
    package var cores: Int
    /// In MiB.
    package var memory: Int

    /// Joins the parts.
    package init(node: String, gpus: [Int], cores: Int, memory: Int) {
      self.node = node
      self.gpus = gpus
      self.cores = cores
      self.memory = memory
    }
  }
}
