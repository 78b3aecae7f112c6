import Glibc
import IR
import JSON
import Source

/// What is on this machine that a claw must not reach: containers, networks, and the machine's own addresses.
package struct EgressSnapshot: Sendable {
  /// A container.
  package struct Container: Sendable {
    package var id: String
    package var name: String
    /// Its service, if it is of the pod.
    package var service: String?
    package var role: String?
    package var isRunning: Bool
    /// Its addresses by network.
    package var addresses: [(network: String, address: String)]
    /// The ports that its image or its service exposes.
    package var ports: [Int]
    /// The ports of the host that lead to it.
    package var published: [Int]
  }

  /// The running containers of the pod, by service.
  package var containers: [Container] = []
  /// Ports that any container of this machine publishes.
  package var published: [Int] = []
  /// Addresses of the host: its own, and its ends of bridges.
  package var hostAddresses: [String] = []
  /// Link-local addresses of the host on bridges, by network.
  package var linkLocal: [(network: String, address: String)] = []
  /// Whom the host asks for names.
  package var resolvers: [String] = []

  /// Nothing at all.
  init() {}

  /// Looks.
  package init(_ tool: DockerTool, project: String) throws(EngineFailure) {
    let ids = try tool.output(["ps", "-a", "-q", "--no-trunc"]).split(separator: "\n").map(String.init)
    for value in try tool.inspect("container", ids) {
      guard let container = Container(value, project: project) else { continue }
      published += container.published
      if container.service != nil { containers.append(container) }
    }
    published = Set(published).sorted()
    containers.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let networks = try tool.output(["network", "ls", "-q", "--no-trunc"]).split(separator: "\n").map(String.init)
    var addresses = Set(Self.interfaces(AF_INET).map(\.address)).subtracting(["127.0.0.1"])
    let six = Self.interfaces(AF_INET6)
    for network in try tool.inspect("network", networks) {
      for config in network["IPAM"]?["Config"]?.array ?? [] {
        if let gateway = config["Gateway"]?.string, !gateway.utf8.contains(0x3A) { addresses.insert(gateway) }
        // What Docker did not write down is the first address of the network.
        if config["Gateway"] == nil, let range = config["Subnet"]?.string.flatMap({ AddressRange($0) }) {
          addresses.insert(AddressRange(base: range.base + 1, bits: 32).address)
        }
      }
      guard let id = network["Id"]?.string, let name = network["Name"]?.string else { continue }
      let bridge = network["Options"]?["com.docker.network.bridge.name"]?.string ?? "br-" + id.prefix(12)
      linkLocal += six.filter { $0.name == bridge && $0.address.hasPrefix("fe80") }.map { (name, $0.address) }
    }
    hostAddresses = addresses.sorted()
    resolvers = Self.nameservers()
  }

  /// The addresses of the host's interfaces. Source: getifaddrs(3).
  private static func interfaces(_ family: Int32) -> [(name: String, address: String)] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    var found: [(String, String)] = []
    var next = list
    while let entry = next?.pointee {
      next = entry.ifa_next
      guard let address = entry.ifa_addr, Int32(address.pointee.sa_family) == family else { continue }
      var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let size = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
      guard getnameinfo(address, socklen_t(size), &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0 else {
        continue
      }
      let text = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      found.append((String(cString: entry.ifa_name), String(text.prefix { $0 != "%" })))
    }
    return found
  }

  private static func nameservers() -> [String] {
    guard let text = try? DiskFiles().readStream("/etc/resolv.conf", limit: 1 << 16) else { return [] }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words.count > 1 && words[0] == "nameserver" ? String(words[1]) : nil
    }
  }
}

extension EgressSnapshot.Container {
  /// A container as `docker inspect` shows it; nil if that is none.
  init?(_ value: JSONValue, project: String) {
    guard let id = value["Id"]?.string, let config = value["Config"] else { return nil }
    self.id = id
    name = (value["Name"]?.string ?? "").split(separator: "/").joined(separator: "/")
    var labels: [String: String] = [:]
    for label in config["Labels"]?.members ?? [] { labels[label.name] = label.value.string }
    let isOwn = labels["com.docker.compose.project"] == project && labels["com.docker.compose.oneoff"] != "True"
    service = isOwn ? labels["com.docker.compose.service"] : nil
    role = labels["claw.role"]
    isRunning = value["State"]?["Running"]?.bool == true
    addresses = (value["NetworkSettings"]?["Networks"]?.members ?? []).compactMap { member in
      member.value["IPAddress"]?.string.flatMap { $0.isEmpty ? nil : (member.name, $0) }
    }
    ports = (config["ExposedPorts"]?.members ?? []).compactMap { Int($0.name.prefix { $0 != "/" }) }.sorted()
    published = (value["NetworkSettings"]?["Ports"]?.members ?? []).flatMap { member in
      (member.value.array ?? []).compactMap { $0["HostPort"]?.string.flatMap { Int($0) } }
    }
  }
}
