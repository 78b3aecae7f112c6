import Diagnostics
import IR
import Source

extension PodLowering {
  /// Gives the network of each claw its addresses.
  mutating func addresses(_ claws: inout [ResolvedClaw]) {
    let range = podBlock.networkRange?.value ?? SubnetPlanner.defaultRange
    guard var planner = SubnetPlanner(pod: plan.name, range: range) else {
      bag.report(
        PodRules.fieldType, at: podBlock.networkRange?.location ?? Location(main, SourceRange(at: 0)),
        "'\(range)' is no range of addresses for networks",
        help: "write a private range like '10.128.0.0/9', with a length from 8 to 20")
      return
    }
    let needsEgress = claws.contains { $0.cllama != nil }
    var requests = claws.map { claw in
      (
        ComposeNames.network(claw.service.name),
        claw.instances.count * (claw.cllama == nil ? 1 : 2) + claw.targets.reduce(0) { $0 + replicas($1) },
        !claw.hasOpenEgress,
        claw.service.location
      )
    }
    if needsEgress {
      requests.append(
        (ComposeNames.egress, claws.reduce(0) { $0 + $1.instances.count }, false, claws[0].service.location))
    }
    let declared = Set(project.networks.map(\.key))
    // By name, so that the order of services in the file means nothing.
    for (name, members, isInternal, place) in requests.sorted(by: { $0.0 < $1.0 }) {
      if declared.contains(name) {
        bag.report(PodRules.name, at: place, "claw needs the network name '\(name)', which the file has already")
        continue
      }
      guard let subnet = planner.subnet(for: name, members: members) else {
        bag.report(
          PodRules.fieldType, at: place, "there are no addresses left for the network '\(name)'",
          help: "give the pod a larger 'network-range' in its x-claw block")
        continue
      }
      plan.networks.append(.init(name: name, subnet: subnet, isInternal: isInternal))
    }
  }

  /// How many containers a plain service has.
  private func replicas(_ name: String) -> Int {
    let service = service(named: name)
    let count = service?["scale"]?.int ?? service?["deploy"]?["replicas"]?.int ?? 1
    return Int(min(max(count, 1), 65_536))
  }
}
