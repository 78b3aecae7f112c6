import Canonical
package import IR

/// Ids of workloads: the same workload has the same id everywhere, and any other has another.
package enum WorkloadID {
  /// The name, a hyphen and the first 12 digits of the SHA-256 of the workload's canonical JSON.
  package static func of(_ plan: WorkloadPlan) -> String {
    // Texts of a checked plan hold nothing that canonical JSON can't.
    let bytes = (try? CanonicalJSON.bytes(WorkloadWire.message(plan, id: nil).json)) ?? []
    return "\(plan.name)-\(Digest.sha256Hex(bytes).prefix(12))"
  }
}
