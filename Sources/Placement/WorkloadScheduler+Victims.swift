import IR

/// Whom a workload may put out so that it can start now.
///
/// Victims run, have less priority, and aren't protected; one is put out as a whole, on however many nodes it runs. The set is the one whose
/// highest priority is the lowest, then whose next is, and so on, a set being better than one that holds more beside it; among equal ones the one with the
/// fewest GPUs, then the first in the fleet's order. So no victim can be left out, and nobody is put out for nothing.
extension WorkloadScheduler {
  /// The victims' numbers; nil if it wouldn't fit even without all of them.
  mutating func victims(_ plan: WorkloadPlan, _ demand: PlacementDemand) -> [Int]? {
    let length = plan.limits.run.map { max($0, 1) } ?? Timeline.never
    let (span, timeline) = (span(0, length), self.timeline)
    var nodes = NodeSet(count: source.nodes.count)
    for shape in demand.alternatives { planner.match(shape).nodes.forEach { nodes.insert($0) } }
    let candidates = source.running.indices.filter { owner in
      let workload = source.running[owner]
      return workload.priority < plan.queueing.priority && !workload.isProtected && !timeline.gone.contains(owner)
        && timeline.nodesOf[owner].contains(where: nodes.contains)
    }
    let isCandidate = Set(candidates)
    planner.look(timeline, empty, in: span, without: isCandidate.contains)
    guard planner.place(demand) != nil else { return nil }
    if demand.gang == 1 { return victimsOnOneNode(demand, candidates, nodes, span) }
    // With all of them away; those that are kept are put back node by node.
    let away = planner
    let search = VictimSearch(candidates.map { candidate($0) })
    return search.best { kept in
      var planner = away
      let without = isCandidate.subtracting(kept)
      for node in Set(kept.flatMap { timeline.nodesOf[$0] }) {
        planner.look(timeline, node, in: span, without: without.contains)
      }
      return planner.place(demand) != nil
    }
  }

  /// For one worker it is enough to make room on one node: the best set of each node, and the best of those.
  private mutating func victimsOnOneNode(
    _ demand: PlacementDemand, _ candidates: [Int], _ nodes: NodeSet, _ span: Range<Int>
  ) -> [Int]? {
    var byNode: [[Int]] = Array(repeating: [], count: source.nodes.count)
    for owner in candidates { for node in timeline.nodesOf[owner] { byNode[node].append(owner) } }
    let matches = demand.alternatives.map { planner.match($0) }
    var best: (victims: [Int], cost: VictimSearch.Cost)?
    var view = planner
    for (node, local) in byNode.enumerated() where !local.isEmpty && nodes.contains(node) {
      let everybody = Set(local)
      let search = VictimSearch(local.map { candidate($0) })
      let found = search.best { kept in
        view.look(timeline, node, in: span, without: everybody.subtracting(kept).contains)
        return matches.contains { $0.nodes.contains(node) && view.capacity(node, $0, limit: 1) > 0 }
      }
      view.look(timeline, node, in: span, without: everybody.contains)
      guard let found else { continue }
      let cost = search.cost(found)
      if best.map({ cost < $0.cost }) ?? true { best = (found, cost) }
    }
    return best?.victims
  }

  private func candidate(_ owner: Int) -> VictimSearch.Candidate {
    VictimSearch.Candidate(
      owner: owner, priority: source.running[owner].priority,
      gpus: source.running[owner].parts.reduce(0) { $0 + $1.gpus.count })
  }
}
