import Driver
import IR
import JSON
import Runtime
import Source

/// A pod as it runs: its generated file, its containers, and what the pod file says today.
struct PodView {
  let tool: DockerTool
  let project: PodProject
  let services: [String]
  let containers: [ContainerState]
  /// What the pod file says today; nil if it can't be compiled.
  let pod: PodPlan?

  /// Looks at the pod that the arguments name.
  init(_ path: String?, _ tool: DockerTool) throws {
    let path = try PodFileOptions.resolve(path)
    let file = try PodFileOptions.generated(path)
    let generated = try PodFileOptions.read(file)
    project = PodProject(file: file, name: generated.name)
    services = generated.services
    containers = try Engine.run { () throws(EngineFailure) in
      try PodState.containers(tool, project: generated.name)
    }
    self.tool = tool
    pod = PodFileOptions.compile(path)?.pod
  }

  /// The instances of each claw, as far as they are known from containers or from the pod file.
  var instances: [String: [String]] {
    var found = pod?.instancesByService ?? [:]
    for container in containers where container.isClaw && found[container.claw]?.contains(container.service) != true {
      found[container.claw, default: []].append(container.service)
    }
    return found
  }

  /// The services that names on the command line mean.
  func resolve(_ names: [String]) throws -> [String] {
    try Targets.resolve(
      names, instances: instances, services: Set(services + containers.map(\.service)).sorted())
  }

  /// The rows of claws: every instance that is wanted or there.
  var claws: [ClawRow] {
    var rows: [ClawRow] = []
    var seen: Set<String> = []
    for claw in pod?.claws ?? [] {
      for instance in claw.instances {
        seen.insert(instance.name)
        let container = containers.first { $0.service == instance.name }
        var row = ClawRow(name: instance.name, service: claw.service, container: container, claw: claw)
        if let sidecar = pod?.sidecars.first(where: { $0.instances.contains { $0.name == instance.name } }) {
          row.sidecar = (sidecar.name, containers.first { $0.service == sidecar.name })
        }
        rows.append(row)
      }
    }
    for container in containers where container.isClaw && seen.insert(container.service).inserted {
      rows.append(ClawRow(name: container.service, service: container.claw, container: container, claw: nil))
    }
    return rows
  }

  /// The rows of plain services.
  var plain: [(name: String, container: ContainerState?)] {
    let sidecars = containers.filter(\.isSidecar).map(\.service) + (pod?.sidecars.map(\.name) ?? [])
    let known = Set(claws.map(\.name) + sidecars)
    var rows: [(String, ContainerState?)] = []
    for name in Set(services + containers.map(\.service)).subtracting(known).sorted() {
      let own = containers.filter { $0.service == name }
      if own.isEmpty { rows.append((name, nil)) } else { rows += own.map { (name, $0) } }
    }
    return rows
  }
}

/// What is known of an instance of a claw.
struct ClawRow {
  var name: String
  var service: String
  var container: ContainerState?
  var claw: PodPlan.Claw?
  /// Its sidecar's name, and the container of that.
  var sidecar: (name: String, container: ContainerState?)?

  var type: String { claw?.type ?? container?.labels["claw.type"] ?? "-" }
  var state: String { container?.state ?? "missing" }
  var health: String { container?.health ?? "-" }
  var cllama: String { claw.map { $0.cllama?.joined(separator: "+") ?? "none" } ?? "-" }
  /// What its sidecar does now, and why it denies.
  var sidecarState: (state: String, reason: String?) {
    guard let sidecar else { return (claw == nil ? "-" : "none", nil) }
    return sidecar.container?.sidecarState ?? ("missing", nil)
  }
  /// What its sidecar counted for it.
  var activity: JSONValue? { sidecar?.container?.sidecarActivity(name) }
  /// Its drift: the score, and the level where that is not free.
  var drift: String {
    guard let activity, let score = activity["drift_score"]?.string else { return "-" }
    let level = activity["level"]?.string ?? "free"
    return level == "free" ? score : "\(score) \(level)"
  }
  var requests: String { activity?["requests_last_hour"]?.integer.map(String.init) ?? "-" }
  var cost: String { activity?["cost_last_day_usd"]?.string.map { "$\($0)" } ?? "-" }
  /// The digest of the contract that the container was made with.
  var digest: String? { container?.contractDigest }
  /// Whether what the container sees is what was compiled, and what the pod file says today; nil if that says nothing,
  /// because it can't be compiled or has no such instance any more.
  var isContractCurrent: Bool? {
    guard let container, let digest else { return nil }
    if let claw, claw.contractDigest != digest { return false }
    guard let mount = container.contract(digest) else { return false }
    if mount.isWritable || !ObjectCheck.isIntact(mount.source) { return false }
    return claw == nil ? nil : true
  }
  var contract: String {
    guard let digest else { return "-" }
    return "\(digest.prefix(12)) \(isContractCurrent.map { $0 ? "ok" : "changed" } ?? "?")"
  }
  /// Whether it runs as it should, or did its one task.
  var isHealthy: Bool {
    guard let container else { return false }
    if sidecar != nil, container.state == "running", sidecarState.state != "serving" { return false }
    return container.isFinished || (container.state == "running" && container.health != "unhealthy")
  }
}
