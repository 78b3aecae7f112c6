import IR
import Placement
import TestSupport

/// Fleets and workloads for tests.
enum Fleets {
  /// A matrix from what a pair of different GPUs is joined by.
  static func matrix(_ count: Int, _ link: (Int, Int) -> GPULink) -> [GPULink] {
    (0..<count * count).map { place in
      let (row, column) = (place / count, place % count)
      return row == column ? .same : link(min(row, column), max(row, column))
    }
  }

  /// Eight GPUs behind switches.
  static let switched = matrix(8) { _, _ in .nvlink(18) }

  /// The hybrid cube mesh of a DGX-1: two quads, in each two double pairs, and each GPU joined with its twin in the other quad.
  static let cubeMesh = matrix(8) { left, right in
    let double: Set<[Int]> = [[0, 3], [0, 4], [1, 2], [1, 5], [2, 3], [4, 7], [5, 6], [6, 7]]
    let single: Set<[Int]> = [[0, 1], [0, 2], [1, 3], [2, 6], [3, 7], [4, 5], [4, 6], [5, 7]]
    if double.contains([left, right]) { return .nvlink(2) }
    return single.contains([left, right]) ? .nvlink(1) : .system
  }

  /// Two processors, each with two bridges of two GPUs.
  static let bridged = matrix(8) { left, right in
    left / 4 != right / 4 ? .system : left / 2 == right / 2 ? .pix : .phb
  }

  /// One tree of bridges.
  static let tree = matrix(8) { left, right in left / 2 == right / 2 ? .pix : left / 4 == right / 4 ? .pxb : .phb }

  /// Two processors, all of one joined alike.
  static let sockets = matrix(8) { left, right in left / 4 != right / 4 ? .system : .node }

  /// Four GPUs in pairs.
  static let pairs = matrix(4) { left, right in left / 2 == right / 2 ? .nvlink(4) : .phb }

  /// Nodes of all makes, by name.
  static let makes: [(name: String, links: [GPULink], count: Int)] = [
    ("switched", switched, 8), ("cube mesh", cubeMesh, 8), ("bridged", bridged, 8), ("tree", tree, 8),
    ("sockets", sockets, 8), ("pairs", pairs, 4),
    ("ring", matrix(6) { $1 - $0 == 1 || $1 - $0 == 5 ? .nvlink(1) : .node }, 6),
    ("three", matrix(3) { $0 + $1 == 1 ? .nvlink(2) : .system }, 3), ("one", [.same], 1), ("unsaid", [], 5),
  ]

  static func gpus(_ count: Int, type: String = "h100", memory: Int = 81559) -> [FleetGPU] {
    (0..<count).map { _ in FleetGPU(type: type, name: "NVIDIA \(type.uppercased())", memory: memory) }
  }

  static func node(
    _ name: String, cores: Int = 64, memory: Int = 512_000, gpus: Int = 8, type: String = "h100",
    links: [GPULink]? = nil,
    domains: [String] = []
  ) -> FleetNode {
    FleetNode(
      name: name, cores: cores, memory: memory, gpus: Self.gpus(gpus, type: type),
      links: links ?? matrix(gpus) { _, _ in .nvlink(18) }, domains: domains)
  }

  static func workload(
    _ name: String = "w", cores: Int = 1, memory: Int = 1024, gpus: Int = 0, type: String? = nil,
    link: GPURequest.Link? = nil, workers: Int = 1, gang: Int? = nil
  ) -> WorkloadPlan {
    var plan = WorkloadPlan(
      name: name, kind: .job, image: "i", cores: cores, memory: memory,
      workers: WorkloadPlan.Workers(count: workers, parallelism: workers, gang: gang ?? workers))
    if gpus > 0 { plan.gpus = [GPURequest(count: gpus, type: type, link: link)] }
    return plan
  }
}
