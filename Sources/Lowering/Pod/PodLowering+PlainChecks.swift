import Diagnostics
import IR
import Source

extension PodLowering {
  /// Plain services are passed on; what they ask of claws must still be there and leave them their sandbox, and what
  /// hands over the host is worth a word.
  mutating func checkPlainServices(_ claws: [ResolvedClaw]) {
    // A claw with something wrong is not among the claws, and no plain service either.
    for service in project.services where clawIndex[service.name] == nil && blocks[service.name]?.isClaw != true {
      checkHostPower(service, claws)
      let labels =
        service.labels.map { ($0.key, $0.keyLocation) } + service.labelFileVariables.map { ($0.name, $0.location) }
      for (name, place) in labels where ComposeNames.isOwnLabel(name) {
        bag.report(
          PodRules.reservedLabel, at: place,
          "the plain service '\(service.name)' has the label '\(name)', which is claw's", help: "use another key")
      }
      checkSharing(service)
    }
  }

  /// What makes a service the host's root: it is passed on, and whoever reaches it may use that.
  private mutating func checkHostPower(_ service: ComposeService, _ claws: [ResolvedClaw]) {
    let powers = hostPowers(service)
    if powers.isEmpty { return }
    let callers = claws.flatMap { claw in
      claw.surfaces.filter { $0.surface.kind == .service && $0.surface.target == service.name }.map {
        Diagnostic.Label($0.location, "the claw '\(claw.service.name)' reaches it")
      }
    }
    for (place, what) in powers {
      bag.report(
        PodRules.unusualPlain, at: place, "the plain service '\(service.name)' \(what)",
        help: "claw passes it on as it is", labels: callers)
    }
  }

  private func hostPowers(_ service: ComposeService) -> [(Location, String)] {
    var powers: [(Location, String)] = []
    if let privileged = service.privileged { powers.append((privileged.location, "is privileged")) }
    if let socket = service["use_api_socket"], socket.bool == true {
      powers.append((socket.location, "is handed the engine's socket"))
    }
    for key in ["pid", "userns_mode", "network_mode"] {
      guard let value = service[key], value.string == "host" else { continue }
      powers.append((value.location, "shares the host's '\(key)'"))
    }
    for capability in service.addedCapabilities {
      guard let name = capability.string, PrivilegeParser.isDangerous(name) else { continue }
      powers.append((capability.location, "has the capability '\(name)'"))
    }
    for mount in service.mounts {
      guard let source = mount["source"]?.string else { continue }
      if let reason = HostPaths.power(source) {
        powers.append((mount.location, "mounts \(reason)"))
      } else if mount["type"]?.string == "bind", mount["read_only"]?.bool != true, holdsContracts(source) {
        powers.append((mount.location, "can write to '.claw', where the contracts of claws lie"))
      }
    }
    return powers
  }

  /// Whether a path is claw's own folder beside the pod file, or below it.
  private func holdsContracts(_ source: String) -> Bool {
    var path = FilePath.normalize(source)
    if FilePath.isAbsolute(source), FilePath.isAbsolute(plan.folder) {
      path = FilePath.relative(path, from: plan.folder)
    }
    return path == ".claw" || path.utf8.starts(with: ".claw/".utf8)
  }

  /// A claw shares no namespace and none of its own volumes, whoever asks for it; and one with a count is no single
  /// container.
  private mutating func checkSharing(_ service: ComposeService) {
    for dependency in service.allDependencies {
      guard countedInstances[dependency.name] != nil,
        !service.dependencies.contains(where: { $0.key == dependency.name })
      else { continue }
      bag.report(
        PodRules.refusedNetwork, at: dependency.location,
        "'\(dependency.name)' has a count: there is no one container of that name to share with",
        help: "let a surface of the claw name what both use")
    }
    let shared = ["network_mode", "ipc", "pid", "uts", "cgroup"].compactMap { key in service[key].map { (key, $0) } }
    for (key, value) in shared + (service["volumes_from"]?.elements ?? []).map({ ("volumes_from", $0) }) {
      guard let text = value.string, let claw = sharedClaw(text) else { continue }
      bag.report(
        PodRules.refusedKey, at: value.location, "'\(service.name)' can't share '\(key)' with the claw '\(claw)'",
        help: "a claw is in a sandbox of its own: share a volume or a service as a surface")
    }
  }

  /// The claw that `service:NAME`, `container:NAME` or `NAME:MODE` means; nil if it is none, or has a count, which is
  /// another finding.
  private func sharedClaw(_ text: String) -> String? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let name = parts.count > 1 && ["container", "service"].contains(parts[0]) ? parts[1] : parts[0]
    if parts[0] != "container" { return clawIndex[name] != nil && countedInstances[name] == nil ? name : nil }
    return clawIndex.keys.first { claw in
      (countedInstances[claw] ?? [claw]).contains { name == "\(plan.name)-\($0)-1" }
    }
  }
}
