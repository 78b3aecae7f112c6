import IR
package import JSON
import Source

/// Nodes as `kubectl get nodes -o json` writes them.
package enum KubernetesNodes {
  /// The fleet; nil if this is no list of nodes.
  package static func fleet(_ list: JSONValue) -> ImportedFleet? {
    guard let items = list["items"]?.array ?? (list["kind"]?.string == "Node" ? [list] : nil) else { return nil }
    let nodes = items.filter { $0["kind"]?.string == "Node" || $0["status"]?["capacity"] != nil }
    guard !nodes.isEmpty else { return nil }
    let labels = nodes.map { $0["metadata"]?["labels"]?.members ?? [] }
    // Levels are those that some node has, outermost first.
    let levels = places.filter { place in labels.contains { $0.contains { $0.name == place.label } } }
    var result = ImportedFleet(fleet: Fleet(levels: levels.map(\.level), nodes: []))
    for (node, labels) in zip(nodes, labels) {
      let name = node["metadata"]?["name"]?.string ?? ""
      let room = node["status"]?["allocatable"] ?? node["status"]?["capacity"]
      guard let room, let cores = cores(room["cpu"]), let memory = mebibytes(room["memory"]?.string ?? "") else {
        result.notes.append("'\(name)' says nothing of its cores or its memory, and is left out")
        continue
      }
      var found = FleetNode(name: name, cores: cores, memory: memory)
      found.domains = levels.map { place in labels.first { $0.name == place.label }?.value.string ?? "" }
      found.labels = labels.compactMap { label in
        guard let value = label.value.string, NodeLabel.isKey(label.name), NodeLabel.isValue(value) else { return nil }
        return .init(label.name, value)
      }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      found.conditions = (node["status"]?["conditions"]?.array ?? []).compactMap { condition in
        guard let type = condition["type"]?.string,
          let status = WorkloadPlan.Condition.Status(rawValue: (condition["status"]?.string ?? "").lowercased())
        else { return nil }
        return .init(type, status)
      }.sorted { $0.type.utf8.lexicographicallyPrecedes($1.type.utf8) }
      found.isDrained = node["spec"]?["unschedulable"]?.bool ?? false
      for taint in node["spec"]?["taints"]?.array ?? []
      where ["NoSchedule", "NoExecute"].contains(taint["effect"]?.string ?? "") {
        let key = taint["key"]?.string ?? ""
        if gpuTaints.contains(key) {
          result.notes.append(
            "'\(name)' takes pods that tolerate \(key): the plugin ExtendedResourceToleration adds it to those with GPUs"
          )
        } else {
          found.isDrained = true
          if key != "node.kubernetes.io/unschedulable" {
            result.notes.append("'\(name)' counts as drained: it is tainted with \(key)")
          }
        }
      }
      addGPUs(room, labels, to: &found, &result)
      result.fleet.nodes.append(found)
    }
    result.notes.append("what runs on the nodes is not in this list: add it below 'running'")
    return result
  }

  /// What keeps pods without GPUs away from nodes that have some.
  private static let gpuTaints: Set = ["nvidia.com/gpu", "amd.com/gpu"]

  private static let places: [(label: String, level: String)] = [
    ("topology.kubernetes.io/region", "region"), ("topology.kubernetes.io/zone", "zone"),
    ("topology.kubernetes.io/rack", "rack"),
  ]

  private static func addGPUs(
    _ room: JSONValue, _ labels: [JSONValue.Member], to node: inout FleetNode, _ result: inout ImportedFleet
  ) {
    for (resource, product, memory) in [
      ("nvidia.com/gpu", "nvidia.com/gpu.product", "nvidia.com/gpu.memory"),
      ("amd.com/gpu", "amd.com/gpu.product-name", "amd.com/gpu.vram"),
    ] {
      guard let count = room[resource]?.string.flatMap({ Int($0) }), count > 0 else { continue }
      if count > 16 {
        result.notes.append("'\(node.name)' has \(count) GPUs; claw places on at most 16 of a node")
      }
      func label(_ name: String) -> String? { labels.first { $0.name == name }?.value.string }
      let size = label(memory).flatMap { Int($0) ?? mebibytes($0) }
      let name = label(product) ?? resource
      node.gpus = ImportedFleet.gpus(name, count: count, memory: size)
      node.links = BuiltInLinks.matrix(name.contains("SXM") ? "nvswitch" : "pcie", count: node.gpus.count) ?? []
    }
  }

  /// `64`, `63500m`; whole cores, rounded down.
  private static func cores(_ value: JSONValue?) -> Int? {
    guard let text = value?.string ?? value?.integer.map(String.init) else { return nil }
    if text.utf8.last == 0x6D { return Int(text.dropLast()).map { $0 / 1000 } }
    return Int(text)
  }

  /// `527953440Ki`, `512Gi`, `540624322560`
  private static func mebibytes(_ text: String) -> Int? {
    let digits = text.utf8.prefix { $0.isASCIIDigit }
    guard let number = Int(String(Substring(digits))) else { return nil }
    switch String(Substring(text.utf8.dropFirst(digits.count))) {
    case "": return number >> 20
    case "Ki": return number >> 10
    case "Mi": return number
    case "Gi": return number.multipliedReportingOverflow(by: 1024).partialValue
    case "Ti": return number.multipliedReportingOverflow(by: 1 << 20).partialValue
    default: return nil
    }
  }
}
