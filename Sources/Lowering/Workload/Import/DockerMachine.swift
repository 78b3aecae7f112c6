import IR
package import JSON

/// A machine as `docker info --format '{{json .}}'` describes it.
package enum DockerMachine {
  /// The fleet of one node; nil if this is no such description.
  package static func fleet(_ info: JSONValue) -> ImportedFleet? {
    guard let cores = info["NCPU"]?.integer, cores > 0, let memory = info["MemTotal"]?.integer else { return nil }
    var node = FleetNode(name: info["Name"]?.string ?? "docker", cores: cores, memory: memory >> 20)
    var result = ImportedFleet(fleet: Fleet(nodes: []))
    var count = 0
    for resource in info["GenericResources"]?.array ?? [] {
      if let discrete = resource["DiscreteResourceSpec"], isGPU(discrete["Kind"]?.string) {
        count += discrete["Value"]?.integer ?? 0
      } else if let named = resource["NamedResourceSpec"], isGPU(named["Kind"]?.string) {
        count += 1
      }
    }
    node.gpus = ImportedFleet.gpus("gpu", count: count)
    node.links = BuiltInLinks.matrix("pcie", count: node.gpus.count) ?? []
    if count == 0 {
      result.notes.append("the engine names no GPUs among its generic resources: 'claw fleet probe' looks")
    }
    result.fleet.nodes = [node]
    return result
  }

  private static func isGPU(_ kind: String?) -> Bool { kind?.lowercased().contains("gpu") ?? false }
}
