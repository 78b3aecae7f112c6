import IR

/// Whom workers may talk to: one another, the cluster's names, and what is said.
extension KubernetesWriter {
  var networkPolicy: KubernetesObject {
    let workers = ComposePlan.Value.map(["podSelector": selector])
    var ingress: [ComposePlan.Value] = [.map(["from": .list([workers])])]
    if !plan.ports.isEmpty {
      ingress.append(
        .map(["ports": .list(plan.ports.map { Self.port($0.number, $0.isUDP ? "UDP" : "TCP") })]))
    }
    var egress: [ComposePlan.Value] = [.map(["to": .list([workers])]), Self.names]
    for address in plan.egress {
      var rule: [ComposePlan.Entry] = [
        .init("to", .list([.map(["ipBlock": .map(["cidr": .plain(address.block)])])]))
      ]
      if let port = address.port {
        rule.append(.init("ports", .list([Self.port(port, "TCP"), Self.port(port, "UDP")])))
      }
      egress.append(.mapping(rule))
    }
    return KubernetesObject(
      "networking.k8s.io/v1", "NetworkPolicy", objectName, labels: labels,
      spec: [
        .init("podSelector", selector), .init("policyTypes", .plains(["Ingress", "Egress"])),
        .init("ingress", .list(ingress)), .init("egress", .list(egress)),
      ])
  }

  static func port(_ number: Int, _ transport: String) -> ComposePlan.Value {
    .map(["protocol": .plain(transport), "port": .integer(number)])
  }

  /// The cluster's own name server.
  static let names: ComposePlan.Value = .map([
    "to": .list([
      .map([
        "namespaceSelector": .map(["matchLabels": .map(["kubernetes.io/metadata.name": .plain("kube-system")])]),
        "podSelector": .map(["matchLabels": .map(["k8s-app": .plain("kube-dns")])]),
      ])
    ]), "ports": .list([port(53, "UDP"), port(53, "TCP")]),
  ])
}
