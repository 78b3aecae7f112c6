import IR
import Source

extension PodLowering {
  /// Services that are workloads, too: schedulers get them with what the service says of itself.
  mutating func workloads() {
    for service in project.services {
      guard let declaration = blocks[service.name]?.workload else { continue }
      let facts = WorkloadService(
        name: service.name, image: service.image?.string, command: service.command ?? [],
        environment: service.environment.compactMap { entry in entry.value.scalarText.map { (entry.key, $0) } })
      if let workload = WorkloadLowering.lower(declaration, service: facts, into: &bag) {
        plan.workloads.append(workload)
      }
    }
  }
}
