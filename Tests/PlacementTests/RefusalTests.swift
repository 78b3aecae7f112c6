import IR
import TestSupport
import Testing

@testable import Placement

@Suite("Refusals")
struct RefusalTests {
  /// The reasons that a workload is told on a fleet of one node, or of several.
  private func texts(_ nodes: [FleetNode], levels: [String] = [], running: [RunningWorkload] = [], _ plan: WorkloadPlan)
    -> [String]
  {
    let report = WorkloadScheduler.schedule([plan], on: Fleet(levels: levels, nodes: nodes, running: running), now: 0)[
      0]
    return report.attempts.flatMap { $0.summary.map(\.text) }
  }

  private func one(
    _ plan: WorkloadPlan, links: [GPULink]? = nil, taken: [Int] = [], cores: Int = 0, memory: Int = 0,
    _ change: (inout FleetNode) -> Void = { _ in }
  ) -> String? {
    var node = Fleets.node("n", cores: 8, memory: 8192, gpus: 4, links: links)
    change(&node)
    let part = RunningWorkload.Part(node: "n", gpus: taken, cores: cores, memory: memory)
    return texts([node], running: [RunningWorkload(name: "r", priority: 0, parts: [part])], plan).first
  }

  @Test("Each reason, in words")
  func reasons() {
    let plan = Fleets.workload(cores: 2, memory: 2048, gpus: 2, type: "h100")
    #expect(one(plan) == nil)
    #expect(one(plan) { $0.isDrained = true } == "1 node: takes no new work")
    #expect(one(plan) { $0.queues = ["q"] } == "1 node: only for workloads of some queues")
    var queued = plan
    queued.queueing.queue = "x"
    #expect(one(queued) { $0.queues = ["q"] } == "1 node: not for queue x")
    var labelled = plan
    labelled.placement.nodeLabels = [WorkloadPlan.Label("a", "b")]
    #expect(one(labelled) { $0.labels = [WorkloadPlan.Label("a", "c")] } == "1 node: no label a=b")
    var conditioned = plan
    conditioned.placement.conditions = [WorkloadPlan.Condition("Ready", .true)]
    #expect(one(conditioned) == "1 node: Ready is unknown, not true")
    #expect(one(Fleets.workload(gpus: 5)) == "1 node: has 4 GPUs of 5")
    #expect(
      one(plan) { node in for index in 0...2 { node.gpus[index].isHealthy = false } }
        == "1 node: 1 GPU is healthy, 2 needed")
    #expect(one(Fleets.workload(gpus: 1, type: "a100")) == "1 node: 0 GPUs are of the type, 1 needed")
    var request = plan
    request.gpus[0].memory = 90_000
    #expect(one(request) == "1 node: 0 GPUs have the memory, 2 needed")
    request = plan
    request.gpus[0].model = "nvl"
    #expect(one(request) == "1 node: 0 GPUs are of the model, 2 needed")
    request = plan
    request.gpus[0].selector = DeviceSelector(expression: .number(.index, .less, 1), text: "device.index < 1")
    #expect(one(request) == "1 node: 1 GPU meets the selector, 2 needed")
    #expect(one(Fleets.workload(gpus: 3, link: .nvlink), links: Fleets.pairs) == "1 node: no 3 GPUs joined by NVLink")
    #expect(one(Fleets.workload(cores: 9)) == "1 node: has 8 of 9 cores")
    #expect(one(Fleets.workload(memory: 9000)) == "1 node: has 8192 of 9000 MiB of memory")
    #expect(one(plan, cores: 7) == "1 node: 1 of 8 cores are free, 2 needed")
    #expect(one(plan, memory: 7000) == "1 node: 1192 of 8192 MiB of memory are free, 2048 needed")
    #expect(one(plan, taken: [0, 1, 2]) == "1 node: 1 of 4 GPUs is free, 2 needed")
    #expect(
      one(Fleets.workload(gpus: 2, link: .nvlink), links: Fleets.pairs, taken: [0, 2])
        == "1 node: of 2 free GPUs no 2 are joined by NVLink")
  }

  @Test("What nodes say together: domains, levels, the limit per node")
  func together() {
    let nodes = ["a", "a", "b"].enumerated().map { Fleets.node("n\($0.offset)", gpus: 4, domains: [$0.element]) }
    var plan = Fleets.workload(gpus: 4, workers: 4)
    #expect(texts(nodes, levels: ["rack"], plan) == ["3 nodes: the fleet holds 3 of 4 workers"])
    plan = Fleets.workload(gpus: 4, workers: 3)
    (plan.placement.within, plan.placement.isStrict) = ("rack", true)
    #expect(
      texts(nodes, levels: ["rack"], plan) == [
        "2 nodes: rack a holds 2 of 3 workers", "1 node: rack b holds 1 of 3 workers",
      ])
    plan.placement.within = "hall"
    #expect(texts(nodes, levels: ["rack"], plan) == ["3 nodes: the fleet has no level hall"])
    plan = Fleets.workload(gpus: 1, workers: 4)
    plan.placement.workersPerNode = 1
    #expect(texts(nodes, levels: ["rack"], plan) == ["3 nodes: would hold 4 workers, may hold 1"])
  }

  @Test("A node refuses exactly where not even one worker fits, and each node is spoken of once", arguments: 0..<6)
  func each(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 7000)
    for round in 0..<150 {
      let fleet = PlannerTests.fleet(&random)
      let plan = PlannerTests.workload(&random)
      let plain = PlainPlanner(fleet)
      var planner = Planner(fleet)
      let requests: [GPURequest?] = plan.gpus.isEmpty ? [nil] : plan.gpus
      for (alternative, request) in requests.enumerated() {
        let answers = planner.answers(PlacementDemand(plan), alternative: alternative)
        for (node, answer) in answers.enumerated() {
          var free = plan
          free.placement.workersPerNode = nil
          let workers = plain.costs(node, free, request, limit: plan.workers.parallelism).count - 1
          switch answer {
          case .room(let room): #expect(room == workers, "seed \(seed) round \(round) node \(node)")
          case .refused: #expect(workers == 0, "seed \(seed) round \(round) node \(node): \(answer)")
          }
        }
      }
      let report = WorkloadScheduler.schedule([plan], on: fleet, now: 0)[0]
      for attempt in report.attempts {
        var names = attempt.refusals.map(\.node) + attempt.spare.map(\.node)
        if case .placed(let placed) = report.verdict, attempt == report.attempts.last {
          names += Set(placed.workers.map(\.node))
        }
        #expect(names.sorted() == fleet.nodes.map(\.name).sorted(), "seed \(seed) round \(round)")
      }
    }
  }
}
