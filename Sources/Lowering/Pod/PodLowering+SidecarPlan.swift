import Diagnostics
import IR
import JSON
import Source

extension PodLowering {
  /// Plans the sidecars, after networks have their addresses.
  mutating func sidecars(_ claws: [ResolvedClaw]) {
    planSidecars(claws)
    for (index, sidecar) in plan.sidecars.enumerated() {
      for instance in sidecar.instances { sidecarIndex[instance.name] = index }
    }
  }

  private mutating func planSidecars(_ claws: [ResolvedClaw]) {
    for claw in claws where claw.cllama != nil && claw.topology != .shared {
      for (index, instance) in claw.instances.enumerated() {
        var sidecar = sidecar(ComposeNames.sidecar(instance.name), claw, [instance])
        if claw.topology == .own { sidecar.addresses = addresses(claw, index) }
        plan.sidecars.append(guarded(sidecar))
      }
    }
    let sharing = claws.filter { $0.cllama != nil && $0.topology == .shared }
    guard let first = sharing.first else { return }
    var shared = sidecar(ComposeNames.sharedSidecar, first, first.instances)
    shared.addresses = addresses(first, 0)
    for claw in sharing.dropFirst() {
      let other = sidecar(shared.name, claw, claw.instances)
      if let difference = Self.difference(shared, other) {
        bag.report(
          PodRules.sharedSidecar, at: claw.block.location,
          "'\(claw.service.name)' and '\(first.service.name)' share a sidecar and differ in '\(difference)'",
          help: "make them alike, or write 'topology: own' for one", labels: [.init(first.block.location, "the other")])
      }
      shared.instances += other.instances
      shared.addresses += addresses(claw, 0)
    }
    plan.sidecars.append(guarded(shared))
  }

  /// The sidecar with the networks of its claws as those that may connect through it and ask it for names: whatever else is
  /// on a network of its may not.
  private func guarded(_ sidecar: SidecarPlan) -> SidecarPlan {
    let names = sidecar.addresses.map(\.network)
    let ranges = plan.networks.filter { names.contains($0.name) }.map { JSONValue.string($0.subnet) }
    guard !ranges.isEmpty else { return sidecar }
    var sidecar = sidecar
    sidecar.settings.append(.init("clients", .array(ranges)))
    return sidecar
  }

  private func sidecar(_ name: String, _ claw: ResolvedClaw, _ instances: [PodPlan.Instance]) -> SidecarPlan {
    var settings = settings(claw)
    if claw.hasOwnSkillmap, let map = instances.first.flatMap({ claw.skillmaps[$0.name] }) {
      settings.append(.init("skillmap", ["file": .string(SidecarFiles.skillmap), "base": map]))
    }
    return SidecarPlan(
      name: name, topology: claw.topology,
      instances: instances.map { .init(name: $0.name, service: claw.service.name) },
      keyFolder: claw.topology == .shared ? name : claw.service.name, keys: claw.keys,
      policies: usedPolicies(claw).map(\.name), settings: settings)
  }

  /// The address of the sidecar of a claw's instance: from the end of the network on, where the engine's own choice, which
  /// starts at the other end, does not come.
  private func addresses(_ claw: ResolvedClaw, _ index: Int) -> [(network: String, address: String)] {
    let name = ComposeNames.network(claw.service.name)
    guard let network = plan.networks.first(where: { $0.name == name }),
      let address = SubnetPlanner.address(index, fromEndOf: network.subnet)
    else { return [] }
    return [(name, address)]
  }

  /// What one sidecar can't be for two claws; nil if they agree.
  private static func difference(_ first: SidecarPlan, _ other: SidecarPlan) -> String? {
    let names = first.settings.map(\.name) + other.settings.map(\.name)
    let differing = names.first { name in
      first.settings.first { $0.name == name }?.value != other.settings.first { $0.name == name }?.value
    }
    let keys = first.keys.map { ($0.name, $0.source) }
    let isAlike = keys.elementsEqual(other.keys.map { ($0.name, $0.source) }, by: ==)
    return differing ?? (isAlike ? nil : "cllama-env")
  }

  /// The sidecar that serves an instance; nil for none.
  func sidecar(of instance: PodPlan.Instance) -> SidecarPlan? {
    sidecarIndex[instance.name].map { plan.sidecars[$0] }
  }
}
