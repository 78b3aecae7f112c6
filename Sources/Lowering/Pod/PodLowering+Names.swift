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
    for claw in claws {
      var names = claw.instances.map(\.name)
      if claw.cllama != nil { names += claw.instances.map { ComposeNames.sidecar($0.name) } }
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
  }

  /// A claw's own volumes are its alone: nothing else may have, declare or mount them.
  private mutating func checkVolumeNames(_ claws: [ResolvedClaw]) {
    var owners: [String: Location] = [:]
    for volume in project.volumes { owners[volume.key] = volume.keyLocation }
    var own: Set<String> = [ComposeNames.audit]
    for claw in claws {
      for name in claw.instances.flatMap(\.ownVolumes) {
        own.insert(name)
        guard let other = owners.updateValue(claw.service.location, forKey: name) else { continue }
        bag.report(
          PodRules.name, at: claw.service.location,
          "'\(claw.service.name)' needs the volume name '\(name)', which is taken", help: "rename one of the two",
          labels: [.init(other, "the other one")])
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

  /// Plain services are passed on; what they ask of counted claws must still be there, and what hands over the host is
  /// worth a word.
  mutating func checkPlainServices() {
    for service in project.services where clawIndex[service.name] == nil {
      if let privileged = service.privileged {
        bag.report(
          PodRules.unusualPlain, at: privileged.location, "the plain service '\(service.name)' is privileged",
          help: "claw passes it on as it is")
      }
      for mount in service.mounts where mount["source"]?.string?.hasSuffix("docker.sock") == true {
        bag.report(
          PodRules.unusualPlain, at: mount.location, "the plain service '\(service.name)' mounts the engine's socket",
          help: "claw passes it on as it is")
      }
      for dependency in service.allDependencies {
        guard countedInstances[dependency.name] != nil,
          !service.dependencies.contains(where: { $0.key == dependency.name })
        else { continue }
        bag.report(
          PodRules.refusedNetwork, at: dependency.location,
          "'\(dependency.name)' has a count: there is no one container of that name to share with",
          help: "name one of its instances, such as '\(dependency.name)-0'")
      }
    }
  }
}
