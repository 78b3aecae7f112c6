import Lowering
import Testing
import TestSupport

@Suite("Pod subnets")
struct PodSubnetTests {
  private func range(_ text: String) -> ClosedRange<Int> {
    let parts = text.split(separator: "/")
    let lower = (parts.first ?? "").split(separator: ".").compactMap { Int($0) }.reduce(0) { $0 << 8 | $1 }
    return lower...lower + (1 << (32 - (Int(parts.last ?? "") ?? 32))) - 1
  }

  @Test("Networks of any sizes are aligned, hold their members, lie in the range and never meet")
  func properties() throws {
    var random = SeededGenerator(seed: 7)
    for text in ["10.128.0.0/9", "172.16.0.0/12", "192.168.0.0/16", "10.0.0.0/20", "100.64.0.0/10"] {
      var planner = try #require(SubnetPlanner(pod: "p", range: text))
      var taken: [ClosedRange<Int>] = []
      for number in 0..<200 {
        let members = random.oneIn(4) ? Int.random(in: 1...600, using: &random) : Int.random(in: 1...29, using: &random)
        guard let subnet = planner.subnet(for: "n\(number)", members: members) else {
          #expect(text == "10.0.0.0/20")
          continue
        }
        let own = range(subnet)
        #expect(own.count >= members + 3 && own.lowerBound % own.count == 0)
        #expect(range(text).contains(own.lowerBound) && range(text).contains(own.upperBound))
        #expect(!taken.contains { $0.overlaps(own) })
        taken.append(own)
      }
    }
  }

  @Test("A place depends on the pod's and the network's name alone")
  func place() throws {
    var one = try #require(SubnetPlanner(pod: "p", range: SubnetPlanner.defaultRange))
    var other = try #require(SubnetPlanner(pod: "p", range: SubnetPlanner.defaultRange))
    _ = other.subnet(for: "first", members: 3)
    #expect(one.subnet(for: "second", members: 3) == other.subnet(for: "second", members: 20))
  }

  @Test(
    "What is no private range is refused",
    arguments: [
      "", "10.0.0.0", "10.0.0.0/21", "10.0.0.0/7", "10.0.0.1/9", "8.0.0.0/8", "127.0.0.0/8", "224.0.0.0/8", "0.0.0.0/8",
      "172.16.0.0/11", "10.0.0/9", "10.0.0.256/9", "::/9", "10.0.0.0/-1", "10.0.0.0/9/9",
    ])
  func refused(range: String) { #expect(SubnetPlanner(pod: "p", range: range) == nil) }
}
