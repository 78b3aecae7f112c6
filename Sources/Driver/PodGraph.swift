package import IR
import JSON

/// A pod as a picture: claws with their instances, services, volumes and networks, and what reaches what.
package struct PodGraph: Sendable {
  /// What stands in a box.
  package enum Shape: String, Sendable { case claw, sidecar, service, volume, upstream }

  /// A box.
  package struct Node: Sendable {
    /// A name that is unique in the picture.
    package var id: String
    /// What the pod file calls it; a sidecar is called like its claw.
    package var name: String
    /// The text in it.
    package var label: String
    /// What it is.
    package var shape: Shape
    /// The network that it stands in; nil for none.
    package var network: String?
  }

  /// An arrow.
  package struct Edge: Sendable {
    /// The id of the box that it starts from.
    package var from: String
    /// The id of the box that it points at.
    package var to: String
    /// The text beside it.
    package var label: String
  }

  /// The boxes.
  package private(set) var nodes: [Node] = []
  /// The arrows.
  package private(set) var edges: [Edge] = []

  /// The picture of a pod.
  package init(_ pod: PodPlan) {
    var ids: [String: String] = [:]
    var taken: Set<String> = []
    func node(_ kind: String, _ name: String, _ label: String, _ shape: Shape, _ network: String? = nil) -> String {
      if let id = ids["\(kind) \(name)"] { return id }
      let word = "\(kind)_\(String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }))"
      // 'a-b' and 'a_b' are two services.
      var id = word
      var number = 1
      while !taken.insert(id).inserted {
        number += 1
        id = "\(word)_\(number)"
      }
      ids["\(kind) \(name)"] = id
      nodes.append(Node(id: id, name: name, label: label, shape: shape, network: network))
      return id
    }
    for claw in pod.claws {
      let count = claw.instances.count > 1 ? " ×\(claw.instances.count)" : ""
      let own = node("claw", claw.service, "\(claw.service)\(count)\n\(claw.type)", .claw, claw.network)
      var way = own
      if let stack = claw.cllama {
        way = node("cllama", claw.service, "cllama\n\(stack.joined(separator: " "))", .sidecar, claw.network)
        edges.append(Edge(from: own, to: way, label: "models"))
        for upstream in Self.upstreams(of: claw, pod) {
          let target = node("upstream", upstream.name, "\(upstream.name)\n\(upstream.host)", .upstream)
          edges.append(Edge(from: way, to: target, label: "models"))
        }
      }
      for service in claw.services {
        edges.append(Edge(from: way, to: node("service", service, service, .service), label: claw.serviceNetwork))
      }
      for volume in claw.surfaceVolumes {
        let target = node("volume", volume.name, volume.name, .volume)
        edges.append(Edge(from: own, to: target, label: volume.isReadOnly ? "reads" : "reads, writes"))
      }
    }
  }

  /// Where a claw's sidecars ask models.
  private static func upstreams(of claw: PodPlan.Claw, _ pod: PodPlan) -> [(name: String, host: String)] {
    let sidecar = pod.sidecars.first { $0.instances.contains { $0.service == claw.service } }
    let list = sidecar?.settings.first { $0.name == "upstreams" }?.value.array ?? []
    return list.compactMap { upstream in
      guard let name = upstream["name"]?.string, let url = upstream["url"]?.string else { return nil }
      let parts = url.split(separator: "/", omittingEmptySubsequences: true)
      return (name, parts.count > 1 ? String(parts[1]) : url)
    }
  }

  /// The picture for Mermaid.
  package var mermaid: String {
    var text = "flowchart LR\n"
    for node in nodes {
      let label = "\"" + node.label.replacing("\"", with: "#quot;").replacing("\n", with: "<br/>") + "\""
      switch node.shape {
      case .claw: text += "  \(node.id)[\(label)]\n"
      case .sidecar: text += "  \(node.id){{\(label)}}\n"
      case .service: text += "  \(node.id)(\(label))\n"
      case .volume: text += "  \(node.id)[(\(label))]\n"
      case .upstream: text += "  \(node.id)[[\(label)]]\n"
      }
    }
    for edge in edges { text += "  \(edge.from) -->|\"\(edge.label)\"| \(edge.to)\n" }
    return text
  }

  /// The picture for Graphviz.
  package var dot: String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }
    var text = "digraph pod {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n"
    for node in nodes {
      let shape =
        switch node.shape {
        case .claw: "box"
        case .sidecar: "hexagon"
        case .service: "ellipse"
        case .volume: "cylinder"
        case .upstream: "box3d"
        }
      text += "  \(node.id) [shape=\(shape), label=\(quoted(node.label))];\n"
    }
    for edge in edges { text += "  \(edge.from) -> \(edge.to) [label=\(quoted(edge.label))];\n" }
    return text + "}\n"
  }
}
