import IR
import TestSupport

/// The fleets and workloads that are measured.
enum BenchmarkFleets {
  private static func matrix(_ link: (Int, Int) -> GPULink) -> [GPULink] {
    (0..<64).map { $0 / 8 == $0 % 8 ? .same : link(min($0 / 8, $0 % 8), max($0 / 8, $0 % 8)) }
  }

  /// 10,000 nodes with eight GPUs each of four makes, in racks of 32 and spines of 8 racks, with labels, conditions and unique numbers.
  static func mixed(_ count: Int = 10_000) -> Fleet {
    var random = SeededGenerator(seed: 1)
    let makes: [(type: String, name: String, memory: Int, cores: Int, links: [GPULink])] = [
      ("h100", "NVIDIA H100 80GB HBM3", 81559, 192, matrix { _, _ in .nvlink(18) }),
      ("a100", "NVIDIA A100-SXM4-40GB", 40536, 128, matrix { _, _ in .nvlink(12) }),
      (
        "v100", "Tesla V100-SXM2-32GB", 32768, 80,
        matrix { left, right in
          let distance = right - left
          return distance == 4 || left / 4 == right / 4 ? .nvlink(distance == 4 || distance == 1 ? 2 : 1) : .system
        }
      ),
      ("l40s", "NVIDIA L40S", 46068, 96, matrix { $0 / 4 == $1 / 4 ? ($0 / 2 == $1 / 2 ? .pix : .phb) : .system }),
    ]
    let nodes = (0..<count).map { index in
      // A rack holds nodes of one make.
      let make = makes[[0, 0, 0, 0, 0, 1, 1, 1, 2, 3][index / 32 % 10]]
      var node = FleetNode(
        name: "node-\(index)", cores: make.cores, memory: 1 << 20,
        gpus: (0..<8).map {
          FleetGPU(type: make.type, name: make.name, memory: make.memory, uuid: "GPU-\(random.next())-\(index)-\($0)")
        }, links: make.links, domains: ["spine-\(index / 256)", "rack-\(index / 32)"])
      node.labels = [
        WorkloadPlan.Label("pool", ["train", "serve", "mixed"][index % 3]),
        WorkloadPlan.Label("zone", "z\(index / 2500)"),
        WorkloadPlan.Label("hostname", node.name),
      ]
      node.conditions = [
        WorkloadPlan.Condition("Ready", random.oneIn(50) ? .false : .true),
        WorkloadPlan.Condition("DiskPressure", random.oneIn(40) ? .true : .false),
      ]
      return node
    }
    return Fleet(levels: ["spine", "rack"], nodes: nodes)
  }

  /// Equal nodes, as the Slurm beside has them.
  static func uniform(_ count: Int, gpus: Int = 8) -> Fleet {
    let nodes = (0..<count).map { index in
      FleetNode(
        name: "n\(index + 1)", cores: 64, memory: 512_000,
        gpus: (0..<gpus).map { _ in FleetGPU(type: "h100", name: "NVIDIA H100", memory: 81559) },
        links: (0..<gpus * gpus).map { $0 / gpus == $0 % gpus ? .same : .nvlink(18) }, domains: [])
    }
    return Fleet(nodes: nodes)
  }

  /// A worker with any of all constraints.
  static func single(_ random: inout SeededGenerator) -> WorkloadPlan {
    var plan = WorkloadPlan(
      name: "w", kind: .job, image: "i", cores: 4 * Int.random(in: 1...4, using: &random),
      memory: 8192 * Int.random(in: 1...4, using: &random))
    var request = GPURequest(count: [1, 1, 1, 2, 2, 3, 4, 4, 5, 8][Int.random(in: 0..<10, using: &random)])
    switch Int.random(in: 0..<6, using: &random) {
    case 0: request.type = "h100"
    case 1: request.type = "a100"
    case 2: request.memory = 40_000
    case 3: request.model = "SXM"
    case 4:
      request.selector = DeviceSelector(
        expression: .all([.number(.memoryMiB, .atLeast, 32_000), .not(.text(.name, .contains, "L40S"))]),
        text: "device.memory_mib >= 32000 && !name.contains('L40S')")
    default: break
    }
    if random.oneIn(3) { request.link = request.count <= 4 && random.oneIn(2) ? .socket : .nvlink }
    plan.gpus = [request]
    if random.oneIn(4) { plan.gpus.append(GPURequest(count: request.count)) }
    if random.oneIn(3) {
      plan.placement.nodeLabels = [
        WorkloadPlan.Label("pool", ["train", "serve", "mixed"][Int.random(in: 0..<3, using: &random)])
      ]
    }
    if random.oneIn(4) {
      plan.placement.nodeLabels.append(WorkloadPlan.Label("zone", "z\(Int.random(in: 0..<4, using: &random))"))
    }
    plan.placement.conditions = [WorkloadPlan.Condition("Ready", .true)]
    if random.oneIn(2) { plan.placement.conditions.append(WorkloadPlan.Condition("DiskPressure", .false)) }
    return plan
  }

  /// A gang of whole nodes.
  static func gang(_ workers: Int, within: String? = nil) -> WorkloadPlan {
    var plan = WorkloadPlan(
      name: "g", kind: .job, image: "i", cores: 32, memory: 65536,
      workers: WorkloadPlan.Workers(count: workers, parallelism: workers, gang: workers))
    plan.gpus = [GPURequest(count: 8, link: .nvlink)]
    plan.placement.conditions = [WorkloadPlan.Condition("Ready", .true)]
    plan.placement.within = within
    return plan
  }
}
