import AST
import IR
import Source

/// The keys of a service that a workload takes, and those that mean nothing outside of compose.
private let takenKeys: Set = [
  "image", "build", "pull_policy", "command", "environment", "env_file", "x-claw", "profiles", "restart", "networks",
  "depends_on", "container_name", "labels", "label_file", "logging", "expose", "hostname", "attach", "develop",
  "platform", "annotations", "init", "scale", "stop_grace_period",
]

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
        // Whether it is set now or not: a workload is the same wherever it is compiled.
        if let text = entry.value.scalarText, entry.value.variables.isEmpty {
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
      guard var workload = WorkloadLowering.lower(declaration, service: facts, into: &bag) else { continue }
      for entry in service.value.entries ?? [] where !entry.value.isNull && !takenKeys.contains(entry.key) {
        workload.leftKeys.append(entry.key)
        workload.origins["service.\(entry.key)"] = entry.keyLocation
      }
      plan.workloads.append(workload)
    }
  }
}
