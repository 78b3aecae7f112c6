import Emitters
import IR
import Lowering
import Placement
import Processes
import Source
import TestSupport
import Testing

/// Holds the planner against Slurm's own: what fits an empty fleet is what `sbatch --test-only` takes.
@Suite(
  "The planner agrees with a real Slurm", .serialized,
  .enabled(if: Cluster.isWanted, "there is no Slurm: scripts/slurm install, as root"))
struct SlurmAgreementTests {
  /// How many workloads each fleet is asked about; the suite's usual is a sample of what CLAW_AGREEMENT asks for.
  static let count = Machine.variable("CLAW_AGREEMENT").flatMap { Int($0) } ?? 150

  static func fleet(_ random: inout SeededGenerator) -> Fleet {
    var nodes: [FleetNode] = []
    for kind in 0..<Int.random(in: 1...3, using: &random) {
      let count = [0, 1, 2, 4, 8][Int.random(in: 0..<5, using: &random)]
      let type = ["h100", "a100", "l4"][Int.random(in: 0..<3, using: &random)]
      let gpu = FleetGPU(type: type, name: type, memory: 80 * 1024)
      var node = FleetNode(
        name: "", cores: [4, 16, 63][Int.random(in: 0..<3, using: &random)],
        memory: [8000, 64_000, 512_000][Int.random(in: 0..<3, using: &random)],
        gpus: Array(repeating: gpu, count: count), links: BuiltInLinks.matrix("pcie", count: count) ?? [])
      node.labels = random.oneIn(2) ? [.init("fast", "true")] : []
      for number in 0..<Int.random(in: 1...4, using: &random) {
        node.name = "k\(kind)n\(number)"
        nodes.append(node)
      }
    }
    return Fleet(nodes: nodes)
  }

  static func lines(_ fleet: Fleet) -> String {
    fleet.nodes.map { node in
      let gpus = node.gpus.first.map { " Gres=gpu:\($0.type):\(node.gpus.count)" } ?? ""
      let features = node.labels.isEmpty ? "" : " Feature=\(node.labels.map(\.key).joined(separator: ","))"
      return "NodeName=\(node.name) CPUs=\(node.cores) RealMemory=\(node.memory)\(gpus)\(features)\n"
    }.joined()
  }

  static func plan(_ random: inout SeededGenerator) -> WorkloadPlan {
    let cores = Int.random(in: 1...20, using: &random)
    var plan = WorkloadPlan(
      name: "w", kind: .job, image: "a:1", cores: random.oneIn(8) ? 64 : cores,
      // Slurm has memory by the core, for tasks: whole MiB of it.
      memory: cores * Int.random(in: 1...(random.oneIn(4) ? 40_000 : 3000), using: &random))
    plan.command = ["true"]
    if !random.oneIn(4) {
      plan.gpus = [
        GPURequest(
          count: Int.random(in: 1...(random.oneIn(5) ? 9 : 4), using: &random),
          type: random.oneIn(3) ? nil : ["h100", "a100", "l4"][Int.random(in: 0..<3, using: &random)])
      ]
    }
    let count = Int.random(in: 1...(random.oneIn(5) ? 20 : 6), using: &random)
    let isGang = count > 1 && !random.oneIn(4)
    plan.workers = .init(count: count, parallelism: count, gang: isGang ? count : 1)
    if isGang, random.oneIn(2) { plan.placement.workersPerNode = Int.random(in: 1...3, using: &random) }
    if isGang, random.oneIn(6) {
      plan.placement.within = "node"
      plan.placement.isStrict = true
    }
    if random.oneIn(4) { plan.placement.nodeLabels = [.init("fast", "true")] }
    plan.id = "w-0"
    return plan
  }

  /// The one known difference: with --ntasks-per-node Slurm 22.05 uses no node that holds fewer tasks than that, though its
  /// manual calls it the most. On mixed fleets it then refuses what fits; claw says that it fits.
  static func isExplained(_ plan: WorkloadPlan, _ fleet: Fleet, isTaken: Bool) -> Bool {
    guard !isTaken, let most = plan.placement.workersPerNode else { return false }
    let full = fleet.nodes.filter { node in
      let gpus = plan.gpus.first.map { node.gpus.count / $0.count } ?? most
      return min(node.cores / plan.cores, node.memory / plan.memory, gpus) >= most
    }
    var planner = Planner(empty: Fleet(nodes: full))
    return planner.place(plan) == nil
  }

  @Test("Mixed fleets, workloads of every shape", arguments: Array(0..<8))
  func agrees(seed: Int) async throws {
    var random = SeededGenerator(seed: UInt64(seed) + 100)
    let fleet = Self.fleet(&random)
    try await Cluster.with(nodes: Self.lines(fleet), port: 26_940) {
      try await agrees(on: $0, fleet, &random)
    }
  }

  private func agrees(on cluster: Cluster, _ fleet: Fleet, _ random: inout SeededGenerator) async throws {
    var differences: [String] = []
    var fits = 0
    for _ in 0..<Self.count {
      let plan = Self.plan(&random)
      var planner = Planner(empty: fleet)
      let isPlaced = planner.place(plan) != nil
      let script = SlurmEmitter.emit(plan, isPlain: true, waived: ["image"]).files[0].bytes
      let answer = try await cluster.test(script)
      let isTaken = answer.status == 0
      if isPlaced { fits += 1 }
      if isPlaced != isTaken, !Self.isExplained(plan, fleet, isTaken: isTaken) {
        let gpus = plan.gpus.first.map { "\($0.count) \($0.type ?? "any")" } ?? "none"
        differences.append(
          "claw \(isPlaced), Slurm \(isTaken): \(plan.workers.count) workers (gang \(plan.workers.gang)), \(plan.cores) cores, "
            + "\(plan.memory) MiB, GPUs \(gpus), per node \(plan.placement.workersPerNode ?? 0), "
            + "\(plan.placement.within ?? "-"), labels \(plan.placement.nodeLabels.count): \(answer.errors)")
      }
    }
    #expect(
      differences.isEmpty,
      "\(differences.count) of \(Self.count) on\n\(Self.lines(fleet))\(differences.joined(separator: "\n"))")
    #expect(fits > 0 && fits < Self.count, "the workloads are no mix: \(fits)")
  }
}
