import IR
import Source

/// Compose's networks as policies: who is on none reaches nobody, and who is on one reaches whoever is on it.
extension PodManifestWriter {
  var policies: [KubernetesObject] {
    let all: ComposePlan.Value = .map(["matchLabels": .mapping([podLabel])])
    var objects = [
      policy("claw-default-deny", all, ["Ingress", "Egress"], []),
      policy(
        "claw-names", .map(["matchLabels": .mapping([podLabel, Self.namesLabel])]), ["Egress"],
        [.init("egress", .list([KubernetesWriter.names]))]),
    ]
    let used = Set(plan.services.flatMap(\.networks))
    var names: Set<String> = []
    for network in plan.networks where used.contains(network.name) {
      let members: ComposePlan.Value = .map(["matchLabels": .mapping([podLabel, Self.label(network: network.name)])])
      let peers: ComposePlan.Value = .list([.map(["podSelector": members])])
      var egress: [ComposePlan.Value] = [.map(["to": peers])]
      if !network.isInternal { egress.append(Self.world) }
      var name = "claw-network-" + Self.word(network.name)
      while !names.insert(name).inserted { name += "-x" }
      objects.append(
        policy(
          name, members, ["Ingress", "Egress"],
          [.init("ingress", .list([.map(["from": peers])])), .init("egress", .list(egress))]))
    }
    return objects
  }

  private func policy(
    _ name: String, _ selector: ComposePlan.Value, _ types: [String], _ rules: [ComposePlan.Entry]
  ) -> KubernetesObject {
    KubernetesObject(
      "networking.k8s.io/v1", "NetworkPolicy", name, labels: [podLabel],
      spec: [.init("podSelector", selector), .init("policyTypes", .plains(types))] + rules)
  }

  /// The label of whoever is on a network.
  static func label(network: String) -> ComposePlan.Entry { .init("claw.network/\(network)", .plain("true")) }

  /// The label of whoever may ask for names.
  static let namesLabel = ComposePlan.Entry("claw.names", .plain("true"))

  /// A part of an object's name.
  private static func word(_ text: String) -> String {
    String(
      decoding: text.lowercased().utf8.map { $0.isASCIIAlphanumeric || $0 == 0x2D ? $0 : 0x2D }, as: UTF8.self)
  }

  /// All that is outside: neither other pods, nor machines beside the nodes, nor what tells a node who it is.
  private static let world: ComposePlan.Value = .map([
    "to": .list([
      .map([
        "ipBlock": .map([
          "cidr": .plain("0.0.0.0/0"),
          "except": .plains(["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]),
        ])
      ]),
      .map(["ipBlock": .map(["cidr": .plain("::/0"), "except": .plains(["fc00::/7", "fe80::/10"])])]),
    ])
  ])
}
