package import IR
import Source

/// What is tried from each container of a pod's claws. Pure: what there is, is a snapshot.
package struct EgressMatrix: Sendable {
  private let pod: PodPlan
  private let snapshot: EgressSnapshot
  /// A port that something on the host listens on.
  private let hostPort: Int

  /// The matrix of a pod.
  package init(_ pod: PodPlan, _ snapshot: EgressSnapshot, hostPort: Int) {
    self.pod = pod
    self.snapshot = snapshot
    self.hostPort = hostPort
  }

  /// The targets of an instance of a claw.
  package func targets(_ instance: String, of claw: PodPlan.Claw) -> [EgressTarget] {
    let sidecar = pod.sidecars.first { $0.instances.contains { $0.name == instance } }
    let targets = own(sidecar) + services(claw, sidecar) + others(instance, claw, sidecar) + outside(claw)
    // An open network is what its pod file asks for.
    guard claw.hasOpenEgress else { return targets }
    return targets.map { target in
      var target = target
      if target.expectation == .blocked { target.expectation = .either }
      return target
    }
  }

  private func container(_ service: String) -> EgressSnapshot.Container? {
    snapshot.containers.first { $0.service == service && $0.isRunning }
  }

  // MARK: Its own way

  private func own(_ sidecar: SidecarPlan?) -> [EgressTarget] {
    guard let sidecar else { return [] }
    if sidecar.topology == .hermetic {
      let socket = EgressTarget(.sidecar, .unix, SidecarFiles.socket, 0, .reached, "the socket")
      return [socket] + elsewhere(sidecar, own: [])
    }
    let own = sidecar.addresses.map(\.address)
    var targets: [EgressTarget] = [.init(.sidecar, .tcp, sidecar.name, 8080, .reached, "by its name")]
    if let name = container(sidecar.name)?.name {
      targets.append(.init(.sidecar, .tcp, name, 8080, .reached, "by its container's name"))
    }
    for address in own { targets.append(.init(.sidecar, .tcp, address, 8080, .either, "by its address")) }
    return targets + elsewhere(sidecar, own: own)
  }

  private func elsewhere(_ sidecar: SidecarPlan, own: [String]) -> [EgressTarget] {
    let addresses = container(sidecar.name)?.addresses.map(\.address) ?? []
    return addresses.filter { !own.contains($0) }.map { .init(.elsewhere, .tcp, $0, 8080, .blocked, sidecar.name) }
  }

  private func services(_ claw: PodPlan.Claw, _ sidecar: SidecarPlan?) -> [EgressTarget] {
    // Through the sidecar it reaches them, and no other way.
    guard sidecar == nil else { return [] }
    return claw.services.flatMap { name in
      ports(name).map { .init(.services, .tcp, name, $0, .reached, "declared") }
    }
  }

  private func ports(_ service: String) -> [Int] {
    let ports = container(service)?.ports ?? []
    return ports.isEmpty ? [80] : ports
  }

  // MARK: What is others'

  private func others(_ instance: String, _ claw: PodPlan.Claw, _ sidecar: SidecarPlan?) -> [EgressTarget] {
    let siblings = Set(claw.instances.map(\.name))
    let siblingSidecars = Set(
      pod.sidecars.filter { $0.instances.contains { siblings.contains($0.name) } }.map(\.name))
    var targets: [EgressTarget] = []
    for container in snapshot.containers where container.isRunning {
      guard let service = container.service, service != instance, service != sidecar?.name else { continue }
      let isSibling = siblings.contains(service) || siblingSidecars.contains(service)
      let isClaw = container.role == "agent" || container.role == "cllama"
      if sidecar == nil, claw.services.contains(service) { continue }
      let group: EgressTarget.Group = isSibling ? .siblings : isClaw ? .claws : .others
      let expectation: EgressTarget.Expectation = isSibling ? .either : .blocked
      let ports = container.role == "cllama" ? [8080, 3128, 53] : container.ports.isEmpty ? [80] : container.ports
      targets.append(.init(group, .tcp, service, ports[0], expectation, "by name"))
      for (network, address) in container.addresses {
        for port in ports { targets.append(.init(group, .tcp, address, port, expectation, "\(service) on \(network)")) }
      }
    }
    return targets
  }

  // MARK: The host and the world

  private func outside(_ claw: PodPlan.Claw) -> [EgressTarget] {
    var targets: [EgressTarget] = []
    for address in snapshot.hostAddresses {
      targets.append(.init(.host, .tcp, address, hostPort, .blocked, "a listener on the host"))
      targets.append(.init(.host, .udp, address, hostPort, .blocked, "a listener on the host"))
      for port in snapshot.published.prefix(32) {
        targets.append(.init(.published, .tcp, address, port, .blocked, "a published port"))
      }
    }
    for address in ["169.254.169.254", "169.254.170.2"] {
      targets.append(.init(.metadata, .tcp, address, 80, .blocked, "a cloud's metadata"))
    }
    let world: [EgressTarget] = [
      .init(.internet, .tcp, "1.1.1.1", 443, .blocked, "by address"),
      .init(.internet, .udp, "1.1.1.1", 53, .blocked, "a datagram"),
      .init(.internet, .dns, "example.com", 53, server: "1.1.1.1", .blocked, "a resolver of the internet"),
      .init(.internet, .tcp, "example.com", 443, .blocked, "by name"),
      .init(.names, .dns, "example.com", 53, .blocked, "as programs ask"),
      .init(.names, .dns, "a.name.that.leaks.example.net", 53, .blocked, "as programs ask"),
    ]
    targets += world
    for resolver in snapshot.resolvers where !resolver.utf8.contains(0x3A) && !resolver.hasPrefix("127.") {
      targets.append(.init(.names, .dns, "example.com", 53, server: resolver, .blocked, "the host's resolver"))
    }
    for (_, address) in snapshot.linkLocal {
      targets.append(.init(.six, .tcp, address + "%eth0", hostPort, .blocked, "the host on a bridge"))
    }
    let six: [EgressTarget] = [
      .init(.six, .udp, "ff02::1%eth0", hostPort, .blocked, "everybody on the link"),
      .init(.six, .tcp, "2606:4700:4700::1111", 443, .blocked, "the internet"),
    ]
    return targets + six
  }
}
