package import IR

/// Says where workloads go on a fleet.
///
/// What it answers is a function of the fleet, of what is taken of it, and of the workload; nothing else. `place` doesn't take what it
/// answers: `take` does. A planner is a value: a copy of it is another fleet. It doesn't keep the fleet that it was made of.
package struct Planner: Sendable {
  let fleet: FleetIndex
  var state: FleetState
  /// For each topology and demand on links which GPUs workers get.
  var subsets: [GPUSubsets]
  /// Which nodes have what workers want, for what was asked for lately: in all, of GPUs, of labels.
  var matches: [PlacementDemand.Traits: NodeMatch] = [:]
  var gpuMatches: [GPURequest: GPUMatch] = [:]
  var labelSets: [LabelKey: NodeSet] = [:]

  /// A fleet on which what the fleet says runs.
  package init(_ fleet: Fleet) {
    self.init(empty: fleet)
    for workload in fleet.running {
      for part in workload.parts { take(part) }
    }
  }

  /// A fleet on which nothing runs, whatever the fleet says.
  package init(empty fleet: Fleet) {
    self.fleet = FleetIndex(fleet)
    state = FleetState(self.fleet)
    subsets = self.fleet.topologies.flatMap { topology in
      (GPURequest.Link.allCases + [nil]).map { GPUSubsets(topology, demand: $0) }
    }
  }

  /// Where a workload would go now; nil if it can't.
  ///
  /// All workers get the same of the workload's GPU requests: the first with which all of them find room; else the first with which as many
  /// as must run together do, and then as many workers as find room.
  package mutating func place(_ plan: WorkloadPlan) -> Placement? { place(PlacementDemand(plan)) }

  /// Where a workload would go now; nil if it can't.
  package mutating func place(_ demand: PlacementDemand) -> Placement? {
    var partial: Placement?
    for alternative in demand.alternatives.indices {
      guard let found = place(demand, alternative: alternative) else { continue }
      if found.workers.count == demand.workers { return found }
      if partial == nil { partial = found }
    }
    return partial
  }

  private mutating func place(_ demand: PlacementDemand, alternative: Int) -> Placement? {
    guard outermost(demand) != nil else { return nil }
    let match = match(demand.alternatives[alternative])
    var found: Placement?
    if demand.workers == 1 {
      found = placeOne(match)
    } else if demand.isTogether {
      found = placeTogether(match, demand)
    } else {
      found = placeEach(match, demand)
    }
    found?.alternative = alternative
    return found
  }

  /// Takes what a workload was given.
  package mutating func take(_ placement: Placement) {
    for worker in placement.workers {
      state.take(worker.node, gpus: worker.gpus.bits, cores: placement.cores, memory: placement.memory)
    }
  }

  /// Gives back what a workload had.
  package mutating func give(_ placement: Placement) {
    for worker in placement.workers {
      state.give(worker.node, gpus: worker.gpus.bits, cores: placement.cores, memory: placement.memory)
    }
  }

  /// Takes what a worker of a running workload has.
  mutating func take(_ part: RunningWorkload.Part) {
    guard let node = fleet.node(part.node) else { return }
    state.take(
      node, gpus: GPUSet(part.gpus).bits, cores: part.takenCores, memory: part.takenMemory)
  }

  /// The GPUs of a node that can be used and are free.
  package func freeGPUs(of node: Int) -> GPUSet { GPUSet(bits: state.gpus[node]) }

  /// How many nodes there are.
  package var count: Int { fleet.count }

  /// Bytes that the planner takes now: the fleet, what is free, and the answers that it keeps.
  package var footprint: Int {
    fleet.footprint + state.footprint + subsets.reduce(0) { $0 + $1.footprint }
      + matches.reduce(0) { $0 + $1.value.footprint } + gpuMatches.reduce(0) { $0 + $1.value.footprint }
      + labelSets.count * (state.words * 8 + 80)
  }
}

extension RunningWorkload.Part {
  /// What it takes: what can't be is nothing, or all that a node can have.
  var takenCores: Int { min(max(cores, 0), Int(Int32.max)) }
  /// In MiB.
  var takenMemory: Int { min(max(memory, 0), Int(Int32.max)) }
}
