package import IR

/// Decides about workloads that wait, all at once: who starts now and where, who later, and who takes whose place.
///
/// Higher priorities go first, then those submitted first. Each gets the first moment at which it fits beside what runs and what was promised
/// to those before it (conservative backfill): a later one may start earlier, if it delays nobody's promise. What has no time limit is taken
/// to stay for ever; to what waits for the end of such a thing nothing can be promised.
package struct WorkloadScheduler: Sendable {
  let source: Fleet
  let now: Int
  var planner: Planner
  let empty: FleetState
  var timeline: Timeline
  /// The names of the timeline's owners: what runs, then what was placed or promised.
  var owners: [String] = []

  /// Looks at a fleet at a moment, in seconds since 1970.
  package init(_ fleet: Fleet, now: Int) {
    source = fleet
    self.now = now
    planner = Planner(empty: fleet)
    empty = planner.state
    timeline = Timeline(nodes: fleet.nodes.count)
    for workload in fleet.running {
      let parts: [(node: Int, share: Timeline.Share)] = workload.parts.compactMap { part in
        guard let node = planner.fleet.node(part.node) else { return nil }
        return (
          node,
          Timeline.Share(
            owner: 0, gpus: GPUSet(part.gpus).bits, cores: part.takenCores, memory: part.takenMemory, start: 0,
            end: workload.endsWithin.map { max($0, 1) } ?? Timeline.never)
        )
      }
      timeline.add(parts)
      owners.append(workload.name)
    }
  }

  /// What becomes of workloads, in the order in which they were submitted.
  package static func schedule(_ pending: [WorkloadPlan], on fleet: Fleet, now: Int) -> [PlacementReport] {
    var scheduler = WorkloadScheduler(fleet, now: now)
    var reports: [PlacementReport?] = Array(repeating: nil, count: pending.count)
    let order = pending.indices.sorted {
      (pending[$1].queueing.priority, $0) < (pending[$0].queueing.priority, $1)
    }
    for index in order { reports[index] = scheduler.decide(pending[index]) }
    return reports.compactMap(\.self)
  }

  /// Decides about the next workload, and keeps what it gets.
  package mutating func decide(_ plan: WorkloadPlan) -> PlacementReport {
    let demand = PlacementDemand(plan)
    if !plan.placement.gates.isEmpty { return report(plan, .gated(plan.placement.gates), []) }
    planner.state = empty
    guard planner.place(demand) != nil else { return report(plan, .impossible, attempts(plan, demand, nil)) }
    let deadline = plan.limits.finishBy.map(fromNow)
    let length = plan.limits.run.map { max($0, 1) } ?? Timeline.never
    look(at: 0, length)
    if let placement = planner.place(demand) {
      if let late = late(start: 0, plan, deadline) { return report(plan, .late(late), []) }
      return start(plan, demand, placement, [])
    }
    let attempts = attempts(plan, demand, nil)
    if plan.queueing.preempts, late(start: 0, plan, deadline) == nil, let victims = victims(plan, demand) {
      timeline.gone.formUnion(victims)
      look(at: 0, length)
      if let placement = planner.place(demand) { return start(plan, demand, placement, victims) }
    }
    guard let (moment, placement) = earliest(demand, length) else {
      if let deadline, late(start: 0, plan, deadline) != nil {
        return report(plan, .late(LateWorkload(endsWithin: nil, deadline: deadline)), attempts)
      }
      let waitsFor = blockers(demand, for: length)
      return report(plan, .queued(QueuedWorkload(startsWithin: nil, reservation: nil, waitsFor: waitsFor)), attempts)
    }
    if let late = late(start: moment, plan, deadline) { return report(plan, .late(late), attempts) }
    let waitsFor = blockers(placement, until: moment)
    let placed = placed(plan, demand, placement, victims: [])
    promise(plan, placement, start: moment, length)
    return report(
      plan, .queued(QueuedWorkload(startsWithin: moment, reservation: placed, waitsFor: waitsFor)), attempts)
  }

  /// A moment as seconds from now.
  private func fromNow(_ moment: Int) -> Int {
    let (seconds, isTooMuch) = moment.subtractingReportingOverflow(now)
    return isTooMuch ? (now < 0 ? .max : .min) : seconds
  }

  /// Sees the fleet as it is free from a moment on for so long.
  mutating func look(at moment: Int, _ length: Int) {
    planner.look(timeline, empty, in: span(moment, length))
  }

  func span(_ moment: Int, _ length: Int) -> Range<Int> {
    let (end, isTooMuch) = moment.addingReportingOverflow(length)
    return moment..<(isTooMuch ? Timeline.never : end)
  }

  private mutating func start(
    _ plan: WorkloadPlan, _ demand: PlacementDemand, _ placement: Placement, _ victims: [Int]
  ) -> PlacementReport {
    let attempts = attempts(plan, demand, placement)
    let placed = placed(plan, demand, placement, victims: victims.sorted().map { owners[$0] })
    promise(plan, placement, start: 0, plan.limits.run.map { max($0, 1) } ?? Timeline.never)
    return report(plan, .placed(placed), attempts)
  }

  private mutating func promise(_ plan: WorkloadPlan, _ placement: Placement, start: Int, _ length: Int) {
    timeline.add(
      placement.workers.map { ($0.node, $0.gpus.bits) }, cores: placement.cores, memory: placement.memory, start: start,
      end: span(start, length).upperBound)
    owners.append(plan.name)
  }

  /// The first moment at which a workload fits, and where.
  ///
  /// What runs only ever ends, so without the promises the moment is found by halving; with them it can't be earlier, and is looked for
  /// from there on.
  private mutating func earliest(_ demand: PlacementDemand, _ length: Int) -> (moment: Int, placement: Placement)? {
    let running = source.running.count
    let moments = timeline.ends
    var (low, high) = (0, moments.count)
    while low < high {
      let middle = (low + high) / 2
      planner.look(timeline, empty, in: span(moments[middle], length)) { $0 >= running }
      if planner.place(demand) != nil { high = middle } else { low = middle + 1 }
    }
    for moment in moments[low...] {
      look(at: moment, length)
      if let placement = planner.place(demand) { return (moment, placement) }
    }
    return nil
  }

  /// Whether a workload that starts then would miss its deadline; one without a time limit must at least have started.
  private func late(start: Int, _ plan: WorkloadPlan, _ deadline: Int?) -> LateWorkload? {
    guard let deadline else { return nil }
    guard let run = plan.limits.run else {
      return start < deadline ? nil : LateWorkload(endsWithin: nil, deadline: deadline)
    }
    let end = span(start, max(run, 0)).upperBound
    return end <= deadline ? nil : LateWorkload(endsWithin: end, deadline: deadline)
  }

  /// Those that have until a moment what was promised from then on; if they have other things than GPUs, all that end on the nodes.
  private func blockers(_ placement: Placement, until moment: Int) -> [String] {
    var (direct, others): (Set<Int>, Set<Int>) = ([], [])
    for worker in placement.workers {
      for share in timeline.shares[worker.node]
      where share.end <= moment && share.start < moment && !timeline.gone.contains(share.owner) {
        if share.gpus & worker.gpus.bits != 0 { direct.insert(share.owner) }
        others.insert(share.owner)
      }
    }
    return (direct.isEmpty ? others : direct).sorted().map { owners[$0] }
  }

  /// Those whose end nobody knows on nodes that would do.
  private mutating func blockers(_ demand: PlacementDemand, for length: Int) -> [String] {
    var found: Set<Int> = []
    for shape in demand.alternatives {
      planner.match(shape).nodes.forEach { node in
        for share in timeline.shares[node] where share.end == Timeline.never && !timeline.gone.contains(share.owner) {
          found.insert(share.owner)
        }
      }
    }
    return found.sorted().map { owners[$0] }
  }
}
