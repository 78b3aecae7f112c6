import IR
import JSON
import Testing
@testable import Runtime

@Suite("The plan of up")
struct UpPlanTests {
  private func container(_ service: String, hash: String, image: String = "i", state: String = "running") throws
    -> ContainerState
  {
    let labels: JSONValue = [
      "com.docker.compose.service": .string(service), "com.docker.compose.config-hash": .string(hash),
      "com.docker.compose.image": .string(image),
    ]
    return try #require(
      ContainerState([
        "Id": "1", "Name": .string("/p-\(service)-1"), "Config": ["Labels": labels],
        "State": ["Status": .string(state), "ExitCode": 0],
      ]))
  }

  private func service(_ name: String, hash: String) -> PodConfig.Service {
    .init(name: name, hash: hash, image: "image", isBuilt: false, labels: [:])
  }

  @Test("Each service gets the action that its container asks for")
  func actions() throws {
    let wanted = PodConfig(
      services: [
        service("new", hash: "1"), service("same", hash: "1"), service("changed", hash: "2"),
        service("rebuilt", hash: "1"), service("stopped", hash: "1"),
      ], volumes: [])
    let there = try [
      container("same", hash: "1"), container("changed", hash: "1"), container("rebuilt", hash: "1", image: "old"),
      container("stopped", hash: "1", state: "exited"), container("gone", hash: "1"),
    ]
    let plan = UpPlan.make(wanted, images: ["image": "i"], containers: there, volumes: [:], pod: nil)
    #expect(
      plan.steps.map { "\($0.service) \($0.action)" } == [
        "new create", "same keep", "changed recreate", "rebuilt recreate", "stopped start", "gone remove",
      ])
    #expect(plan.fresh == ["new", "changed", "rebuilt", "stopped"])
  }

  @Test("Volumes of removed ordinals go; nobody else's do")
  func volumes() {
    var pod = PodPlan(name: "p", folder: "")
    pod.claws = [
      .init(
        service: "desk", type: "generic",
        instances: [
          .init(name: "desk-0", ordinal: 0, ownVolumes: ["desk-0-workspace"]),
          .init(name: "desk-1", ordinal: 1, ownVolumes: ["desk-1-workspace"]),
        ], network: "claw-desk", serviceNetwork: "claw-desk", cllama: nil, contractDigest: "", contractPath: "",
        services: [], surfaceVolumes: [])
    ]
    let left = OwnVolumes.left(
      over: [
        "desk-0-workspace", "desk-2-workspace", "desk-10-workspace", "desk-notes", "desk-2-notes", "desk-workspace",
        "desks-2-workspace",
      ], pod: pod)
    #expect(left == ["desk-10-workspace", "desk-2-workspace"])
  }
}

@Suite("Addresses")
struct AddressTests {
  @Test(
    "Overlaps",
    arguments: [
      ("10.0.0.0/24", "10.0.0.128/25", true), ("10.0.0.0/24", "10.0.1.0/24", false), ("0.0.0.0/0", "1.2.3.4", true),
      ("10.173.114.0/27", "10.173.114.31/32", true), ("10.173.114.0/27", "10.173.114.32/27", false),
    ])
  func overlaps(left: String, right: String, expected: Bool) throws {
    let (one, other) = (try #require(AddressRange(left)), try #require(AddressRange(right)))
    #expect(one.overlaps(other) == expected)
    #expect(other.overlaps(one) == expected)
  }

  @Test("What is no address range", arguments: ["", "10.0.0/8", "10.0.0.256/8", "10.0.0.0/33", "::1/64", "a.b.c.d"])
  func invalid(text: String) { #expect(AddressRange(text) == nil) }

  @Test("Routes of the kernel")
  func routes() {
    let text = """
      Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
      eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
      docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0

      """
    let routes = SubnetCheck.parse(routes: text)
    #expect(routes.map { "\($0.device) \($0.range)" } == ["docker0 172.17.0.0/16"])
  }
}
