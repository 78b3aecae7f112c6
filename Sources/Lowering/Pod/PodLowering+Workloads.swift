import AST
import IR
import Source

extension PodLowering {
  /// Services that are workloads, too: schedulers get them with what the service says of itself.
  mutating func workloads() {
    for service in project.services {
      guard let declaration = blocks[service.name]?.workload else { continue }
      var facts = WorkloadService(
        name: service.name, image: service.image?.string, command: service.command ?? [],
        isCommandFromShell: service["command"]?.isFromShell ?? false)
      for entry in service.environment {
        let name = Located(entry.key, entry.keyLocation)
        if let text = entry.value.scalarText, !entry.value.isFromShell {
          facts.environment.append((name, text))
        } else {
          facts.shellVariables.append(name)
        }
      }
      // Such files are where people keep secrets out of the file that they commit.
      for variable in service.envFileVariables
      where !service.environment.contains(where: { $0.key == variable.name })
        && !facts.shellVariables.contains(where: { $0.value == variable.name })
      {
        facts.shellVariables.append(Located(variable.name, variable.location))
      }
      if let workload = WorkloadLowering.lower(declaration, service: facts, into: &bag) {
        plan.workloads.append(workload)
      }
    }
  }
}
