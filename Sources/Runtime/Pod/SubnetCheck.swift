import Glibc
package import IR
import JSON
import Source

/// Finds out whether the addresses that a pod asks for are in use by something else on this machine: Docker itself only
/// notices its own networks, and a route to a company's network would silently stop working.
package enum SubnetCheck {
  /// An overlap.
  package struct Conflict: Sendable, Equatable {
    /// The pod's network, and its addresses.
    package var network: String
    /// The pod's addresses.
    package var subnet: String
    /// What has them already.
    package var other: String
  }

  /// Addresses that are in use.
  package struct Used: Sendable {
    /// The addresses.
    package var range: AddressRange
    /// Whose they are, for people.
    package var owner: String

    /// Joins the two.
    package init(range: AddressRange, owner: String) {
      self.range = range
      self.owner = owner
    }
  }

  /// The overlaps of some networks with what is in use.
  package static func conflicts(_ networks: [PodPlan.Network], with used: [Used]) -> [Conflict] {
    networks.flatMap { network in
      guard let own = AddressRange(network.subnet) else { return [Conflict]() }
      return used.filter { $0.range.overlaps(own) }.map {
        Conflict(network: network.name, subnet: network.subnet, other: "\($0.owner) (\($0.range))")
      }
    }
  }

  /// Networks of the pod that are there with other addresses than sidecars are to have: no container can join them.
  package static func moved(_ pod: PodPlan, _ tool: DockerTool) throws(EngineFailure) -> [Conflict] {
    let fixed = Set(pod.sidecars.flatMap { $0.addresses.map(\.network) })
    let wanted = pod.networks.filter { fixed.contains($0.name) }
    let names = wanted.map { "\(pod.name)_\($0.name)" }
    return try tool.inspect("network", names).compactMap { network in
      guard let own = wanted.first(where: { "\(pod.name)_\($0.name)" == network["Name"]?.string }),
        let has = network["IPAM"]?["Config"]?.array?.first?["Subnet"]?.string, has != own.subnet
      else { return nil }
      return Conflict(network: own.name, subnet: own.subnet, other: has)
    }
  }

  /// What is in use on this machine, without what the project has itself.
  package static func used(_ tool: DockerTool, project: String) throws(EngineFailure) -> [Used] {
    let ids = try tool.output(["network", "ls", "-q", "--no-trunc"]).split(separator: "\n").map(String.init)
    var used: [Used] = []
    var bridges: Set<String> = []
    for network in try tool.inspect("network", ids) {
      // Every network of Docker's has a route too; the network is the better name for it.
      if let id = network["Id"]?.string { bridges.insert("br-" + id.prefix(12)) }
      if let name = network["Options"]?["com.docker.network.bridge.name"]?.string { bridges.insert(name) }
      if network["Labels"]?["com.docker.compose.project"]?.string == project { continue }
      for config in network["IPAM"]?["Config"]?.array ?? [] {
        guard let range = config["Subnet"]?.string.flatMap({ AddressRange($0) }) else { continue }
        used.append(Used(range: range, owner: "Docker's network '\(network["Name"]?.string ?? "?")'"))
      }
    }
    return used
      + routes().filter { !bridges.contains($0.device) }.map {
        Used(range: $0.range, owner: "this machine's route through '\($0.device)'")
      }
  }

  private static func routes() -> [(device: String, range: AddressRange)] {
    guard let text = try? DiskFiles().readStream("/proc/net/route", limit: 1 << 20) else { return [] }
    return parse(routes: String(decoding: text, as: UTF8.self))
  }

  /// The routes of `/proc/net/route`, the default ones left out. Source: proc(5); addresses are in the machine's own
  /// byte order.
  static func parse(routes text: String) -> [(device: String, range: AddressRange)] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
      guard fields.count > 7, let base = UInt32(fields[1], radix: 16), let mask = UInt32(fields[7], radix: 16) else {
        return nil
      }
      let bits = mask.nonzeroBitCount
      return bits == 0 ? nil : (String(fields[0]), AddressRange(base: UInt32(bigEndian: base), bits: bits))
    }
  }
}
