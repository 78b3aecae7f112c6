package import IR
import Lexer
import Source

/// Makes of a pod's generated compose file what it means, container by container, for an engine that isn't compose.
///
/// What is read is what compose would run, claw's own parts and the author's alike, so that both engines start the same
/// containers. Every key of a service is either understood here or lost by its name.
package struct PodManifestLowering {
  /// The folder that stands for that of the keys, whose place only 'up' knows.
  package static let keysFolder = "/claw-keys"

  let project: ComposeProject
  let pod: PodPlan
  var plan: PodManifestPlan

  /// The plan.
  ///
  /// - Parameter project: the generated file, loaded with `CLAW_KEYS` set to `keysFolder`.
  package static func lower(_ project: ComposeProject, pod: PodPlan) -> PodManifestPlan {
    var lowering = PodManifestLowering(
      project: project, pod: pod, plan: PodManifestPlan(name: project.name))
    lowering.run()
    return lowering.plan
  }

  private mutating func run() {
    if !NodeLabel.isValue(plan.name) {
      refuse("name", "'\(plan.name)' can't be a label: it ends with a letter or digit", project.model.location)
    }
    readTop()
    for service in project.services where service.isActive {
      if pod.workloads.contains(where: { $0.service == service.name }) {
        // What it becomes, its block says.
        plan.workloads.append(service.name)
      } else {
        read(service)
      }
    }
    var users: [String: Int] = [:]
    for service in plan.services {
      for case .volume(let name) in service.mounts.map(\.source) { users[name, default: 0] += service.replicas }
    }
    for volume in project.volumes {
      let name = volume.key
      if let settings = volume.value.entries?.first(where: { !["name", "labels"].contains($0.key) }) {
        lose("volumes.\(settings.key)", "claims say nothing of how a volume is made", settings.keyLocation)
      }
      guard let count = users[name] else { continue }
      check(name: name, volume.keyLocation)
      plan.volumes.append(.init(name: name, isShared: count > 1))
    }
  }

  private mutating func readTop() {
    for entry in project.model.entries ?? [] {
      switch entry.key {
      case "name", "services", "networks", "volumes", "version", "secrets", "x-claw": break
      case let key where key.utf8.starts(with: "x-".utf8): break
      default: lose(entry.key, "Kubernetes has nothing like it", entry.keyLocation)
      }
    }
    var names: Set<String> = []
    for network in project.networks {
      names.insert(network.key)
      plan.networks.append(.init(name: network.key, isInternal: network.value["internal"]?.bool ?? false))
      let isClaws = pod.networks.contains { $0.name == network.key }
      for setting in network.value.entries ?? [] where setting.key != "internal" && !isClaws {
        lose(
          "networks.\(setting.key)", "pods have one network, on which policies stand for several", setting.keyLocation)
      }
    }
    if !names.contains("default") { plan.networks.append(.init(name: "default", isInternal: false)) }
  }

  private mutating func read(_ service: ComposeService) {
    var made = PodManifestPlan.Service(name: service.name, role: role(service), owner: owner(service))
    let known = plan.losses.count
    defer { for index in known..<plan.losses.count { plan.losses[index].service = service.location } }
    check(name: service.name, service.location)
    for entry in service.value.entries ?? [] where !entry.value.isNull {
      if !isUnderstood(entry, service, &made) {
        lose(entry.key, "Kubernetes has no word for it", entry.keyLocation)
      }
    }
    // Of two folders in memory at one place the engine makes the later one.
    made.mounts = made.mounts.enumerated().filter { index, mount in
      !made.mounts[(index + 1)...].contains { $0.path == mount.path }
    }.map(\.element)
    made.isBuilt = service.has("build")
    if made.image.isEmpty { made.image = "\(plan.name)-\(service.name)" }
    readNetworks(service, &made)
    if made.role == .agent { secludes(service, &made) }
    if let sidecar = sidecar(service) {
      made.ports = [8080, 3128]
      // Images' own checks are none of Kubernetes' business.
      made.check = .init(command: ["/cllama", "health", "--json"], interval: 15, timeout: 5, delay: 10)
      if sidecar.topology == .hermetic {
        refuse(
          "cllama", "a sidecar that shares no network with its claw can't share a folder with it either",
          service.location)
      }
    }
    plan.services.append(made)
  }

  // MARK: Who a service is

  /// The sidecar that a service is.
  func sidecar(_ service: ComposeService) -> SidecarPlan? { pod.sidecars.first { $0.name.isSame(as: service.name) } }

  /// The claw of which a service is a container.
  func claw(_ service: ComposeService) -> PodPlan.Claw? {
    pod.claws.first { claw in claw.instances.contains { $0.name.isSame(as: service.name) } }
  }

  private func role(_ service: ComposeService) -> PodManifestPlan.Role {
    sidecar(service) != nil ? .cllama : claw(service) != nil ? .agent : .plain
  }

  private func owner(_ service: ComposeService) -> String {
    claw(service)?.service ?? sidecar(service)?.instances.first?.service ?? service.name
  }

  /// A claw whose one way out is its sidecar asks nobody for names: names are a way out too.
  private mutating func secludes(_ service: ComposeService, _ made: inout PodManifestPlan.Service) {
    guard let claw = claw(service) else { return }
    let sidecar = pod.sidecars.first { $0.instances.contains { $0.name.isSame(as: service.name) } }
    if let sidecar, !claw.hasOpenEgress {
      made.sidecar = sidecar.name
    } else if !claw.hasOpenEgress {
      lose(
        "dns", "the cluster's name server tells a claw names of the whole world, and so is a way out", service.location)
    }
  }

  // MARK: Reports

  mutating func lose(_ field: String, _ reason: String, _ location: Location) {
    // One waiver is for all services: the first place is shown.
    if plan.losses.contains(where: { $0.field == field && $0.reason == reason }) { return }
    plan.losses.append(.init(field, reason, at: location))
  }

  mutating func refuse(_ field: String, _ reason: String, _ location: Location) {
    plan.losses.append(.init(field, reason, at: location, canBeWaived: false))
  }

  mutating func need(_ secret: String, _ source: String?) {
    let need = PodManifestPlan.SecretNeed(name: secret, source: source)
    if !plan.secrets.contains(need) { plan.secrets.append(need) }
  }

  /// Names of services and volumes become names of objects.
  mutating func check(name: String, _ location: Location) {
    if let problem = WorkloadLowering.problem(ofName: name) {
      refuse("name", "'\(name)' \(problem)", location)
    }
  }
}
