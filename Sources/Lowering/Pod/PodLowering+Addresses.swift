import Diagnostics
import IR
import Source

extension PodLowering {
  /// Gives the network of each claw its addresses, and those of the sidecars.
  mutating func addresses(_ claws: [ResolvedClaw]) {
    let range = podBlock.networkRange?.value ?? SubnetPlanner.defaultRange
    guard var planner = SubnetPlanner(pod: plan.name, range: range) else {
      bag.report(
        PodRules.fieldType, at: podBlock.networkRange?.location ?? Location(main, SourceRange(at: 0)),
        "'\(range)' is no range of addresses for networks",
        help: "write a private range like '10.128.0.0/9', with a length from 8 to 20")
      return
    }
    let requests = claws.flatMap(networks) + egressNetwork(claws)
    let declared = Set(project.networks.map(\.key))
    // By name, so that the order of services in the file means nothing.
    for (name, members, isInternal, place) in requests.sorted(by: { $0.name < $1.name }) {
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

  private typealias Request = (name: String, members: Int, isInternal: Bool, place: Location)

  /// The networks that are there for a claw alone.
  private func networks(_ claw: ResolvedClaw) -> [Request] {
    let count = claw.instances.count
    let services = claw.targets.reduce(0) { $0 + replicas($1) }
    let place = claw.service.location
    var requests: [Request] = []
    switch claw.cllama == nil ? nil : claw.topology {
    case nil:
      requests.append((ComposeNames.network(claw.service.name), count + services, !claw.hasOpenEgress, place))
    case .own: requests.append((ComposeNames.network(claw.service.name), 2 * count, !claw.hasOpenEgress, place))
    case .shared: requests.append((ComposeNames.network(claw.service.name), count + 1, !claw.hasOpenEgress, place))
    case .hermetic: break
    }
    if claw.cllama != nil, !claw.targets.isEmpty {
      requests.append((ComposeNames.services(claw.service.name), count + services, true, place))
    }
    return requests
  }

  /// The network of all sidecars to the outside.
  private func egressNetwork(_ claws: [ResolvedClaw]) -> [Request] {
    let claws = claws.filter { $0.cllama != nil }
    guard let first = claws.first else { return [] }
    let sidecars = claws.reduce(0) { $0 + ($1.topology == .shared ? 0 : $1.instances.count) } + 1
    let services = Set(claws.flatMap { $0.upstreams.compactMap(\.service) + evaluatorServices($0) })
    let members = sidecars + services.reduce(0) { $0 + replicas($1) }
    return [(ComposeNames.egress, members, false, first.service.location)]
  }

  /// How many containers a plain service has.
  private func replicas(_ name: String) -> Int {
    let service = service(named: name)
    let count = service?["scale"]?.int ?? service?["deploy"]?["replicas"]?.int ?? 1
    return Int(min(max(count, 1), 65_536))
  }
}
