import Glibc
package import IR

/// Looks at what runs after `up`: whether every claw runs and keeps running, and can't change its contract.
package enum StartCheck {
  /// Something that is not as it must be.
  package struct Problem: Sendable, Equatable {
    /// The container's service.
    package var service: String
    /// What is wrong: the end of a sentence about the claw.
    package var message: String
    /// Whether an invariant is broken, and not only a program.
    package var isInvariant: Bool
  }

  /// Looks until everything that was newly started has run for a while, or something is wrong.
  ///
  /// - Parameter fresh: services that were just started; a crash loop shows within `patience`.
  package static func run(
    _ tool: DockerTool, pod: PodPlan, fresh: Set<String>, patience: Duration = .seconds(3)
  ) throws(EngineFailure) -> [Problem] {
    let end = ContinuousClock.now + patience
    var contracts: [String: String] = [:]
    for claw in pod.claws { for instance in claw.instances { contracts[instance.name] = claw.contractDigest } }
    let isFresh = !fresh.isDisjoint(with: contracts.keys)
    var first: [String: Int] = [:]
    while true {
      let containers = try PodState.containers(tool, project: pod.name)
      var problems: [Problem] = []
      for (service, digest) in contracts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        guard let container = containers.first(where: { $0.service == service }) else {
          problems.append(Problem(service: service, message: "has no container", isInvariant: false))
          continue
        }
        let before = first[service] ?? (fresh.contains(service) ? 0 : container.restarts)
        first[service] = before
        problems += Self.problems(container, contract: digest, restartsBefore: before)
      }
      if !problems.isEmpty || !isFresh || ContinuousClock.now >= end { return problems }
      usleep(400_000)
    }
  }

  /// What is wrong with one container.
  static func problems(_ container: ContainerState, contract: String, restartsBefore: Int) -> [Problem] {
    func problem(_ message: String, isInvariant: Bool = false) -> Problem {
      Problem(service: container.service, message: message, isInvariant: isInvariant)
    }
    var problems: [Problem] = []
    if let mount = container.contract(contract) {
      if mount.isWritable { problems.append(problem("could write its contract", isInvariant: true)) }
    } else {
      problems.append(problem("does not have the contract that was compiled", isInvariant: true))
    }
    let again = container.restarts > restartsBefore
    switch container.state {
    case "running" where !again: break
    case "running", "restarting":
      problems.append(problem("ends again and again: \(container.restarts) restarts, status \(container.exitCode)"))
    case "exited" where container.isFinished: break
    case "exited" where container.exitCode == 0:
      problems.append(problem("ended with status 0: if it has one task only, say 'restart: \"no\"'"))
    case "exited": problems.append(problem("ended with status \(container.exitCode)"))
    default: problems.append(problem("is \(container.state)"))
    }
    return problems
  }
}
