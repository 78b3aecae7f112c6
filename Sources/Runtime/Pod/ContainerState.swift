package import JSON
import Source

/// A container of a pod, as `docker inspect` shows it.
package struct ContainerState: Sendable {
  /// Its id.
  package var id: String
  /// Its name, without the slash that docker puts in front.
  package var name: String
  /// Its service in the generated file.
  package var service: String
  /// Its labels, the image's among them.
  package var labels: [String: String]
  /// `running`, `exited`, `restarting`, `created`, `paused` or `dead`.
  package var state: String
  /// `healthy`, `unhealthy` or `starting`; nil if it has no health check.
  package var health: String?
  /// What its last health check said.
  package var healthOutput: String?
  /// The exit status of its last run.
  package var exitCode: Int
  /// How often Docker has restarted it.
  package var restarts: Int
  /// Whether Docker restarts it when it ends.
  package var restartPolicy: String
  /// What is mounted, by the path inside.
  package var mounts: [String: Mount]

  /// Something that is mounted.
  package struct Mount: Sendable, Equatable {
    /// The path on the host, or the volume's folder.
    package var source: String
    /// Whether it can be written from inside.
    package var isWritable: Bool
  }

  /// The container that one element of `docker inspect`'s list describes; nil if it is none of a compose project.
  package init?(_ value: JSONValue) {
    guard let id = value["Id"]?.string, let config = value["Config"], let state = value["State"] else { return nil }
    labels = [:]
    for label in config["Labels"]?.members ?? [] { labels[label.name] = label.value.string ?? "" }
    guard let service = labels["com.docker.compose.service"] else { return nil }
    self.id = id
    self.service = service
    name = (value["Name"]?.string ?? "").split(separator: "/").joined(separator: "/")
    self.state = state["Status"]?.string ?? "unknown"
    let checks = state["Health"]
    health = checks?["Status"]?.string.flatMap { $0 == "none" || $0.isEmpty ? nil : $0 }
    healthOutput = checks?["Log"]?.array?.last?["Output"]?.string?.trimmed.printable
    exitCode = state["ExitCode"]?.integer ?? 0
    restarts = value["RestartCount"]?.integer ?? 0
    restartPolicy = value["HostConfig"]?["RestartPolicy"]?["Name"]?.string ?? "no"
    mounts = [:]
    for mount in value["Mounts"]?.array ?? [] {
      guard let target = mount["Destination"]?.string else { continue }
      mounts[target] = Mount(source: mount["Source"]?.string ?? "", isWritable: mount["RW"]?.bool ?? true)
    }
  }

  /// The hash of the configuration that it was made with.
  package var hash: String? { labels["com.docker.compose.config-hash"] }
  /// The id of the image that it was made from.
  package var image: String? { labels["com.docker.compose.image"] }
  /// Whether it was made by `compose run` and belongs to nobody.
  package var isOneOff: Bool { labels["com.docker.compose.oneoff"] == "True" }
  /// Whether it is an instance of a claw.
  package var isClaw: Bool { labels["claw.role"] == "agent" }
  /// Whether it is a claw's sidecar.
  package var isSidecar: Bool { labels["claw.role"] == "cllama" }
  /// What a sidecar says of itself, as of its last health check.
  package var sidecarState: (state: String, reason: String?) {
    if state != "running" { return (state, nil) }
    guard let text = healthOutput, let said = try? JSONParser.parse(text.utf8), let state = said["state"]?.string else {
      // Of a long answer the engine keeps only the beginning.
      return (health == "healthy" ? "serving" : health ?? state, nil)
    }
    return (state, said["reason"]?.string)
  }
  /// What a sidecar says of an instance that it serves, as of its last health check.
  package func sidecarActivity(_ instance: String) -> JSONValue? {
    guard state == "running", let text = healthOutput, let said = try? JSONParser.parse(text.utf8) else { return nil }
    return said["instances"]?.array?.first { $0["name"]?.string == instance }
  }
  /// The claw that it is an instance of, or its service.
  package var claw: String { labels["claw.service"] ?? service }
  /// The digest of the contract that it was made with.
  package var contractDigest: String? {
    labels["claw.contract"].map { $0.starts(withBytes: "sha256:") ? String($0.dropFirst(7)) : $0 }
  }
  /// The mount of a contract: its source lies under its digest.
  package func contract(_ digest: String) -> Mount? {
    mounts.values.first { FilePath.name(of: FilePath.directory(of: $0.source)).utf8.elementsEqual(digest.utf8) }
  }
  /// Whether it did its one task and ended: what is meant to go on running has a restart policy.
  package var isFinished: Bool { state == "exited" && exitCode == 0 && ["", "no"].contains(restartPolicy) }
}

/// What Docker has of a pod now.
package enum PodState {
  /// The containers of a project, running or not, by name.
  package static func containers(_ tool: DockerTool, project: String) throws(EngineFailure) -> [ContainerState] {
    let ids = try tool.output([
      "ps", "-a", "-q", "--no-trunc", "--filter", "label=com.docker.compose.project=\(project)",
    ]).split(separator: "\n").map(String.init)
    return try tool.inspect("container", ids).compactMap(ContainerState.init).filter { !$0.isOneOff }.sorted {
      $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
  }

  /// The volumes of a project: Docker's name, by the name in the compose file.
  package static func volumes(_ tool: DockerTool, project: String) throws(EngineFailure) -> [String: String] {
    let format = "{{.Label \"com.docker.compose.volume\"}}\t{{.Name}}"
    let text = try tool.output([
      "volume", "ls", "--filter", "label=com.docker.compose.project=\(project)", "--format", format,
    ])
    var volumes: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if parts.count == 2 { volumes[parts[0].isEmpty ? parts[1] : parts[0]] = parts[1] }
    }
    return volumes
  }
}
