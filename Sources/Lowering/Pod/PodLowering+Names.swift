import Diagnostics
import IR
import Lexer
import Source

extension PodLowering {
  mutating func checkMaster(_ claws: [ResolvedClaw]) {
    guard let master = podBlock.master else { return }
    if clawIndex[master.value] == nil, blocks[master.value]?.isClaw != true {
      let near = Suggestion.nearest(to: master.value, in: claws.map(\.service.name))
      bag.report(
        PodRules.master, at: master.location, "'\(master.value)' is no claw of this pod",
        help: near.map { "did you mean '\($0)'?" })
    }
    plan.unsupported.append(.init(message: "a master claw", location: master.location))
  }

  mutating func checkNames(_ claws: [ResolvedClaw]) {
    var taken: [String: Location] = [:]
    for service in project.services where clawIndex[service.name] == nil {
      taken[service.name.lowercased()] = service.location
    }
    if let first = claws.first(where: { $0.cllama != nil && $0.topology == .shared }) {
      if let other = taken.updateValue(first.service.location, forKey: ComposeNames.sharedSidecar) {
        bag.report(
          PodRules.name, at: other, "'\(ComposeNames.sharedSidecar)' is the sidecar that claws share",
          help: "call the service otherwise")
      }
    }
    for claw in claws {
      var names = claw.instances.map(\.name)
      if claw.topology != .shared { names += claw.instances.compactMap { claw.sidecar($0) } }
      for name in names {
        if let other = taken.updateValue(claw.service.location, forKey: name.lowercased()) {
          bag.report(
            PodRules.name, at: claw.service.location, "'\(claw.service.name)' needs the name '\(name)', which is taken",
            help: "rename one of the two services", labels: [.init(other, "the other service")])
        }
      }
      if ComposeNames.network(claw.service.name) == ComposeNames.egress {
        bag.report(
          PodRules.name, at: claw.service.location, "a claw can't be called '\(claw.service.name)'",
          help: "its network would have the name of the sidecars' one")
      }
    }
    checkVolumeNames(claws)
    checkNetworkNames(claws)
  }

  /// A claw's network is its alone, by whatever key of the file it is reached.
  private mutating func checkNetworkNames(_ claws: [ResolvedClaw]) {
    let own = Set(
      (claws.flatMap { [ComposeNames.network($0.service.name), ComposeNames.services($0.service.name)] }
        + [ComposeNames.egress]).map { "\(plan.name)_\($0)" })
    for network in project.networks {
      let name = network.value["name"]?.string ?? (network.value.isExternal ? network.key : nil)
      guard let name, own.contains(name) else { continue }
      bag.report(
        PodRules.name, at: network.keyLocation, "the network '\(name)' is claw's",
        help: "declare the service as a surface of the claw: 'surfaces: [service://NAME]'")
    }
  }

  /// A claw's own volumes are its alone: nothing else may have, declare or mount them.
  private mutating func checkVolumeNames(_ claws: [ResolvedClaw]) {
    var owners: [String: Location] = [:]
    for volume in project.volumes {
      owners[volume.key] = volume.keyLocation
      // By another key it is the same volume.
      let real = volumeName(volume.key, volume.value)
      if real.utf8.starts(with: (plan.name + "_").utf8) {
        owners[String(Substring(real.utf8.dropFirst(plan.name.utf8.count + 1)))] = volume.keyLocation
      }
    }
    var own: Set<String> = []
    for claw in claws {
      let sidecars = Set(claw.instances.compactMap { claw.sidecar($0) }).subtracting([ComposeNames.sharedSidecar])
      let ofSidecars = sidecars.sorted().flatMap {
        [ComposeNames.audit($0), ComposeNames.socket($0), ComposeNames.skillmap($0)]
      }
      for name in claw.instances.flatMap(\.ownVolumes) + ofSidecars {
        own.insert(name)
        guard let other = owners.updateValue(claw.service.location, forKey: name) else { continue }
        bag.report(
          PodRules.name, at: claw.service.location,
          "'\(claw.service.name)' needs the volume name '\(name)', which is taken", help: "rename one of the two",
          labels: [.init(other, "the other one")])
      }
    }
    if claws.contains(where: { $0.cllama != nil && $0.topology == .shared }) {
      let name = ComposeNames.audit(ComposeNames.sharedSidecar)
      own.insert(name)
      if let place = owners[name] {
        bag.report(PodRules.name, at: place, "the volume '\(name)' is the sidecar's", help: "call yours otherwise")
      }
    }
    for claw in claws {
      for (surface, location) in claw.surfaces where surface.kind == .volume && own.contains(surface.target) {
        bag.report(
          PodRules.surface, at: location, "the volume '\(surface.target)' belongs to one claw alone",
          help: "share a volume of another name")
      }
    }
  }

}
