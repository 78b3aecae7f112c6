package import IR

/// What became of a workload, and why: all that a person needs to be told, as plain values.
package struct PlacementReport: Sendable, Hashable {
  /// The workload's name.
  package var workload: String
  package var verdict: Verdict
  /// What the nodes said: one for each of the workload's GPU requests up to the one that it got, or for all of them if it got none; one
  /// if it wants no GPU. None for a workload that wasn't tried.
  package var attempts: [Attempt]

  /// The answer.
  package enum Verdict: Sendable, Hashable {
    /// It starts now.
    case placed(PlacedWorkload)
    /// It starts later.
    case queued(QueuedWorkload)
    /// Nothing of it starts before these are taken away.
    case gated([WorkloadPlan.Gate])
    /// It can't be done by the moment that it names.
    case late(LateWorkload)
    /// It would not fit if nothing ran; the attempts say why.
    case impossible
  }

  /// A try with one GPU request.
  package struct Attempt: Sendable, Hashable {
    /// Nil if the workload wants no GPU.
    package var request: GPURequest?
    /// The nodes that take no worker, in the fleet's order.
    package var refusals: [Refusal]
    /// The nodes that have room and weren't needed, with how many workers they would hold, in the fleet's order.
    package var spare: [Spare]

    /// The refusals counted by reason, the most frequent first.
    package var summary: [Reason] {
      var (places, reasons): ([NodeRefusal: Int], [Reason]) = ([:], [])
      for refusal in refusals {
        if let place = places[refusal.reason] {
          reasons[place].nodes += 1
        } else {
          places[refusal.reason] = reasons.count
          reasons.append(Reason(nodes: 1, reason: refusal.reason))
        }
      }
      return reasons.enumerated().sorted { ($1.element.nodes, $0.offset) < ($0.element.nodes, $1.offset) }.map(
        \.element)
    }
  }

  /// A node that takes no worker.
  package struct Refusal: Sendable, Hashable {
    package var node: String
    package var reason: NodeRefusal
  }

  /// A node that has room.
  package struct Spare: Sendable, Hashable {
    package var node: String
    package var workers: Int
  }

  /// How many nodes refused for a reason.
  package struct Reason: Sendable, Hashable {
    package var nodes: Int
    package var reason: NodeRefusal

    /// `37 nodes: 2 of 4 GPUs are free, 3 needed`.
    package var text: String { "\(nodes == 1 ? "1 node" : "\(nodes) nodes"): \(reason.text)" }
  }
}

/// Where a workload's workers go.
package struct PlacedWorkload: Sendable, Hashable {
  /// Which of the workload's GPU requests it gets, from 0, and that request; nil if it wants none.
  package var alternative: Int
  package var request: GPURequest?
  package var workers: [Worker]
  /// How many more workers it wants at a time, for which there is no room now.
  package var missing: Int
  /// The innermost level whose domain all workers share: `node`, one of the fleet's, or `fleet`.
  package var span: String
  /// That domain's name; empty if it has none.
  package var domain: String
  /// What the links within the workers cost together, in the units of `GPULink.cost`.
  package var linkCost: Int
  /// The running workloads that must end for it, in the fleet's order.
  package var victims: [String]

  /// A worker.
  package struct Worker: Sendable, Hashable {
    package var number: Int
    package var node: String
    /// The indices of its GPUs, ascending.
    package var gpus: [Int]
    /// What the links between them cost.
    package var linkCost: Int
    /// The domains that its node stands in, outermost first; empty where it isn't said.
    package var domains: [String]
  }
}

/// When a workload will go, and what it waits for.
package struct QueuedWorkload: Sendable, Hashable {
  /// The first moment that is sure, in seconds from now; nil if it waits for something whose end nobody knows.
  package var startsWithin: Int?
  /// Where it will be then.
  package var reservation: PlacedWorkload?
  /// The workloads that must end first, running ones in the fleet's order, then waiting ones.
  package var waitsFor: [String]
}

/// When a workload would be done, and when it should be.
package struct LateWorkload: Sendable, Hashable {
  /// In seconds from now; nil if nobody knows.
  package var endsWithin: Int?
  /// In seconds from now; less than 0 if it has passed.
  package var deadline: Int
}
