/// Where the workers of a workload go.
package struct Placement: Sendable, Hashable {
  /// Which of the workload's GPU requests they get; 0 if there is one or none.
  package var alternative: Int
  /// The workers, by their number.
  package var workers: [Worker]
  /// What the links within the workers cost together.
  package var linkCost: Int
  /// The level whose domain they share: an index of the fleet's levels, their count for one node, -1 for none but the fleet. Workers
  /// that may run each by itself are placed without regard to it.
  package var span: Int
  /// What each worker takes.
  package var cores: Int
  /// In MiB.
  package var memory: Int

  /// A worker's place.
  package struct Worker: Sendable, Hashable {
    /// The node's index in the fleet.
    package var node: Int
    package var gpus: GPUSet

    /// Joins the two.
    package init(node: Int, gpus: GPUSet) {
      self.node = node
      self.gpus = gpus
    }
  }
}
