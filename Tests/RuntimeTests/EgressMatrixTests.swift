import IR
import JSON
import Source
import TestSupport
import Testing

@testable import Runtime

@Suite("What is tried from a claw")
struct EgressMatrixTests {
  private static func container(_ service: String, _ role: String?, _ addresses: [String: String], ports: [Int] = [])
    -> JSONValue
  {
    var labels: [JSONValue.Member] = [
      .init("com.docker.compose.project", "news"), .init("com.docker.compose.service", .string(service)),
    ]
    if let role { labels.append(.init("claw.role", .string(role))) }
    return [
      "Id": .string("id-" + service), "Name": .string("/news-\(service)-1"), "State": ["Running": true],
      "Config": [
        "Labels": .object(labels), "ExposedPorts": .object(ports.map { .init("\($0)/tcp", .object([])) }),
      ],
      "NetworkSettings": [
        "Networks": .object(
          addresses.sorted { $0.key < $1.key }.map { .init($0.key, ["IPAddress": .string($0.value)]) }),
        "Ports": .object([.init("80/tcp", [["HostIp": "0.0.0.0", "HostPort": "8480"]])]),
      ],
    ]
  }

  private static var snapshot: EgressSnapshot {
    get throws {
      var snapshot = EgressSnapshot()
      let values = [
        container("desk-0", "agent", ["news_claw-desk": "10.0.0.2"]),
        container("desk-0-cllama", "cllama", ["news_claw-desk": "10.0.0.30", "news_claw-egress": "10.0.1.2"]),
        container("desk-1", "agent", ["news_claw-desk": "10.0.0.3"]),
        container("chief", "agent", ["news_claw-chief": "10.0.2.2"]),
        container("wire", nil, ["news_default": "10.0.3.2"], ports: [4000]),
      ]
      snapshot.containers = values.compactMap { .init($0, project: "news") }
      snapshot.hostAddresses = ["172.17.0.1"]
      snapshot.published = [8480]
      return snapshot
    }
  }

  private static func claw(_ name: String, _ instances: [String], services: [String] = [], isOpen: Bool = false)
    -> PodPlan.Claw
  {
    var claw = PodPlan.Claw(
      service: name, type: "generic", instances: instances.map { .init(name: $0, ordinal: nil, ownVolumes: []) },
      network: "claw-\(name)", serviceNetwork: "claw-\(name)", cllama: nil, contractDigest: "", contractPath: "",
      services: services, surfaceVolumes: [])
    claw.hasOpenEgress = isOpen
    return claw
  }

  private func targets(_ claw: PodPlan.Claw, sidecar: Bool) throws -> [EgressTarget] {
    var pod = PodPlan(name: "news", folder: "")
    pod.claws = [claw]
    if sidecar {
      var plan = SidecarPlan(
        name: "desk-0-cllama", topology: .own, instances: [.init(name: "desk-0", service: "desk")], keyFolder: "desk",
        keys: [], policies: [], settings: [])
      plan.addresses = [("claw-desk", "10.0.0.30")]
      pod.sidecars = [plan]
    }
    return EgressMatrix(pod, try Self.snapshot, hostPort: 999).targets("desk-0", of: claw)
  }

  @Test("Its sidecar must answer on its network and nowhere else; nothing else must")
  func own() throws {
    let all = try targets(Self.claw("desk", ["desk-0", "desk-1"]), sidecar: true)
    #expect(
      all.filter { $0.expectation == .reached }.map(\.place) == ["desk-0-cllama:8080", "news-desk-0-cllama-1:8080"])
    let blocked = Set(all.filter { $0.expectation == .blocked }.map(\.place))
    for place in [
      "10.0.1.2:8080", "10.0.2.2:80", "chief:80", "10.0.3.2:4000", "wire:4000", "172.17.0.1:999", "udp 172.17.0.1:999",
      "172.17.0.1:8480", "169.254.169.254:80", "1.1.1.1:443", "the name example.com", "[2606:4700:4700::1111]:443",
    ] { #expect(blocked.contains(place), "\(place)") }
    #expect(
      all.contains { $0.place == "10.0.0.3:80" && $0.expectation == .either }, "instances of one claw share a network")
  }

  @Test("Without a sidecar the declared services must answer")
  func services() throws {
    let all = try targets(Self.claw("desk", ["desk-0"], services: ["wire"]), sidecar: false)
    #expect(all.filter { $0.expectation == .reached }.map(\.place) == ["wire:4000"])
    #expect(!all.contains { $0.expectation == .blocked && $0.host == "10.0.3.2" })
  }

  @Test("A privilege that opens the network leaves nothing to be blocked")
  func open() throws {
    let all = try targets(Self.claw("desk", ["desk-0"], isOpen: true), sidecar: true)
    #expect(!all.contains { $0.expectation == .blocked })
  }

  @Test("What refuses was reached; a sidecar that refuses does not serve")
  func verdicts() {
    func result(_ expectation: EgressTarget.Expectation, _ outcome: String) -> Bool {
      EgressResult(target: .init(.host, .tcp, "h", 1, expectation, ""), outcome: outcome, detail: nil).isSurprise
    }
    #expect(result(.blocked, "refused") && result(.blocked, "open") && !result(.blocked, "silent"))
    #expect(!result(.blocked, "unreachable") && !result(.blocked, "unknown"))
    #expect(result(.reached, "refused") && result(.reached, "silent") && !result(.reached, "open"))
    #expect(!result(.either, "open"))
  }
}
