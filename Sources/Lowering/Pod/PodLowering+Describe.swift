import IR
import Lexer
import Source

extension PodLowering {
  /// Notes what the runtime has to know of the claws.
  mutating func describe(_ claws: [ResolvedClaw]) {
    for claw in claws {
      var entry = PodPlan.Claw(
        service: claw.service.name, type: claw.runner.name, instances: claw.instances,
        network: ComposeNames.network(claw.service.name), serviceNetwork: claw.serviceNetwork, cllama: claw.cllama,
        contractDigest: claw.contract.digest, contractPath: claw.contractPath, services: claw.targets,
        surfaceVolumes: claw.surfaces.filter { $0.surface.kind == .volume }.map {
          ($0.surface.target, $0.surface.access != .readWrite)
        })
      entry.hasOpenEgress = claw.hasOpenEgress
      entry.tokenVariables = claw.tokenVariables
      entry.settings = resolvedSettings(claw)
      plan.claws.append(entry)
      if let source = claw.image.source {
        plan.builds.append(
          .init(service: claw.service.name, source: source.path, generated: claw.image.generated))
      }
    }
  }

  /// Every resolved setting and where it came from: `claw inspect` prints it.
  private func resolvedSettings(_ claw: ResolvedClaw) -> [(name: String, value: String, origin: String)] {
    let image = claw.image.config
    var settings: [(name: String, value: String, origin: String)] = []
    func add(_ name: String, _ value: String, _ isPod: Bool, isDefault: Bool = false) {
      settings.append((name, value, isDefault ? "default" : (isPod ? "pod" : "image")))
    }
    add("type", claw.runner.name, false)
    add("agent", claw.contractPath, claw.block.agent != nil)
    for (slot, reference) in claw.models {
      add("model.\(slot)", reference, claw.block.models.contains { $0.slot == slot })
    }
    add(
      "cllama", claw.cllama?.joined(separator: " ") ?? "none", claw.block.cllama != nil,
      isDefault: claw.block.cllama == nil && image.cllama.isEmpty)
    if claw.cllama != nil {
      add(
        "topology", claw.topology.rawValue, claw.gateway.topology != nil, isDefault: claw.gateway.topology == nil)
      for upstream in claw.upstreams { add("upstream.\(upstream.name)", upstream.url, true) }
    }
    add("count", String(claw.instances.count), claw.isCounted, isDefault: !claw.isCounted)
    let isOwnUser = claw.service.user?.scalarText?.isEmpty == false
    add(
      "user", claw.user, isOwnUser || claw.block.privileges.contains { $0.privilege.mode == "runtime" },
      isDefault: claw.user == StageCommand.defaultUser && !isOwnUser && !claw.has("runtime"))
    for (surface, _) in claw.surfaces {
      let mode = surface.kind == .volume || surface.kind == .host ? " " + (surface.access ?? .readOnly).rawValue : ""
      add("surface", surface.uri + mode, claw.block.surfaces.contains { $0.surface.uri == surface.uri })
    }
    for entry in claw.invocations {
      add(
        "invoke", "\(entry.schedule) \(entry.message)", claw.block.invoke?.contains { $0.invocation == entry } ?? false)
    }
    for (mode, value) in claw.privileges {
      add("privilege.\(mode)", value, claw.block.privileges.contains { $0.privilege.mode == mode })
    }
    for handle in claw.handles { add("handle.\(handle.platform)", handle.id?.value ?? "", true) }
    for manager in image.track { add("track", manager.value, false) }
    for line in image.configure { add("configure", line.value, false) }
    for skill in image.skills { add("skill", skill.value.text, false) }
    for skill in claw.block.skills { add("skill", skill.value, true) }
    for include in claw.block.includes {
      add("include", "\(include.id.value) \(include.mode.rawValue) \(include.file.value)", true)
    }
    return settings
  }
}
