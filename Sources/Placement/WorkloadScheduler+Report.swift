import IR

/// What is told of a decision.
extension WorkloadScheduler {
  func report(
    _ plan: WorkloadPlan, _ verdict: PlacementReport.Verdict, _ attempts: [PlacementReport.Attempt]
  ) -> PlacementReport {
    PlacementReport(workload: plan.name, verdict: verdict, attempts: attempts)
  }

  /// What the nodes say to a workload as the planner sees the fleet now: with each GPU request up to the one that it got.
  mutating func attempts(
    _ plan: WorkloadPlan, _ demand: PlacementDemand, _ placement: Placement?
  ) -> [PlacementReport.Attempt] {
    let last = placement?.alternative ?? demand.alternatives.count - 1
    return (0...last).map { alternative in
      let isTaken = placement?.alternative == alternative
      var answers = planner.answers(demand, alternative: alternative)
      planner.refuseTogether(&answers, demand)
      let used = isTaken ? Set(placement?.workers.map(\.node) ?? []) : []
      var attempt = PlacementReport.Attempt(request: demand.alternatives[alternative].gpus, refusals: [], spare: [])
      for (node, answer) in answers.enumerated() {
        let name = planner.fleet.names[node]
        switch answer {
        case .refused(let reason): attempt.refusals.append(PlacementReport.Refusal(node: name, reason: reason))
        case .room(let workers):
          if !used.contains(node) {
            attempt.spare.append(PlacementReport.Spare(node: name, workers: min(workers, demand.workersPerNode)))
          }
        }
      }
      return attempt
    }
  }

  /// A placement in names.
  func placed(
    _ plan: WorkloadPlan, _ demand: PlacementDemand, _ placement: Placement, victims: [String]
  ) -> PlacedWorkload {
    let tree = planner.fleet.tree
    func domains(_ node: Int) -> [String] { tree.levels.indices.map { tree.names[$0][Int(tree.domainOf[$0][node])] } }
    let workers = placement.workers.enumerated().map { number, worker in
      let topology = planner.fleet.topologies[planner.fleet.kind(of: worker.node).topology]
      return PlacedWorkload.Worker(
        number: number, node: planner.fleet.names[worker.node], gpus: worker.gpus.indices,
        linkCost: topology.cost(of: worker.gpus), domains: domains(worker.node))
    }
    let isNode = placement.span == tree.levels.count
    let first = placement.workers.first?.node ?? 0
    return PlacedWorkload(
      alternative: placement.alternative, request: demand.alternatives[placement.alternative].gpus, workers: workers,
      missing: demand.workers - workers.count,
      span: isNode ? "node" : placement.span < 0 ? "fleet" : tree.levels[placement.span],
      domain: isNode ? planner.fleet.names[first] : placement.span < 0 ? "" : domains(first)[placement.span],
      linkCost: placement.linkCost, victims: victims)
  }
}
