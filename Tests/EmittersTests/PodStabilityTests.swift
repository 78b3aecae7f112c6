import Driver
import IR
import Testing

@Suite("Pods: what is not touched keeps its text")
struct PodStabilityTests {
  /// A pod of some claws: their names, counts and the services that they reach.
  private func pod(_ claws: [(String, Int?, [String])]) -> Compilation {
    var text = "services:\n"
    for (name, count, services) in claws {
      let count = count.map { ", count: \($0)" } ?? ""
      let surfaces = services.map { "service://\($0)" }.joined(separator: ", ")
      text += "  \(name):\n    build: .\n    x-claw: {agent: a.md, cllama: none\(count), surfaces: [\(surfaces)]}\n"
      text += "    environment:\n      NAME: \(name)\n"
    }
    return PodFixture.compile(text + "  web:\n    image: w\n  db:\n    image: d\n")
  }

  /// The lines of a service of the generated file.
  private func service(_ name: String, _ compilation: Compilation) -> [String] {
    let lines = PodFixture.text(compilation).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let start = lines.firstIndex(of: "  \(name):") else { return [] }
    return [lines[start]] + lines[(start + 1)...].prefix { $0.hasPrefix("    ") }
  }

  private func subnets(_ compilation: Compilation) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: (compilation.pod?.networks ?? []).map { ($0.name, $0.subnet) })
  }

  private let base: [(String, Int?, [String])] = [("a", 2, ["web"]), ("b", nil, []), ("c", nil, ["db"])]

  @Test("Scaling changes nothing but the instances that come and go")
  func scaling() {
    let two = pod(base)
    #expect(PodFixture.errors(two) == [])
    for count in [4, 3, 2, 20] {
      var claws = base
      claws[0].1 = count
      let scaled = pod(claws)
      for name in ["a-0", "a-1", "b", "c", "web", "db"] {
        #expect(!service(name, two).isEmpty)
        #expect(service(name, scaled) == service(name, two), "\(name) at \(count)")
      }
      #expect(subnets(scaled) == subnets(two))
    }
  }

  @Test("A further claw, a renamed one, or another surface of a claw changes no other")
  func neighbours() {
    let before = pod(base)
    let changed: [[(String, Int?, [String])]] = [
      base + [("later", nil, ["web"])], [("earlier", 3, [])] + base,
      base.map { $0.0 == "c" ? ("renamed", $0.1, $0.2) : $0 },
      base.map { $0.0 == "c" ? ($0.0, $0.1, ["db", "web"]) : $0 }, Array(base.reversed()),
    ]
    for claws in changed {
      let after = pod(claws)
      #expect(PodFixture.errors(after) == [])
      for name in ["a-0", "a-1", "b"] { #expect(service(name, after) == service(name, before)) }
      for name in ["claw-a", "claw-b"] { #expect(subnets(after)[name] == subnets(before)[name]) }
    }
  }

  @Test("Growing past the size of a network changes that network alone")
  func growing() {
    let before = subnets(pod(base))
    var claws = base
    claws[0].1 = 40
    let after = subnets(pod(claws))
    #expect(before["claw-a"]?.hasSuffix("/27") == true)
    #expect(after["claw-a"]?.hasSuffix("/26") == true)
    #expect(after["claw-b"] == before["claw-b"])
    #expect(after["claw-c"] == before["claw-c"])
  }

  @Test("Another contract changes its own claw alone, and no other text of it")
  func contract() {
    let text = PodFixture.claw("", more: "  b:\n    build: .\n    x-claw: {agent: b.md, cllama: none}\n")
    let before = PodFixture.compile(text)
    let after = PodFixture.compile(["claw-pod.yml": text, "a.md": "# Changed\n"])
    #expect(service("b", before) == service("b", after))
    let differing = zip(service("a", before), service("a", after)).filter { $0 != $1 }
    #expect(differing.allSatisfy { $0.0.contains("claw.contract") || $0.0.contains("/objects/") })
    #expect(differing.count == 2)
  }

  @Test("39. Sixty claws get subnets of their own that don't meet; so do a thousand", arguments: [60, 1000])
  func many(count: Int) {
    let compiled = pod((0..<count).map { ("claw\($0)", nil, []) })
    #expect(PodFixture.errors(compiled) == [])
    let ranges = (compiled.pod?.networks ?? []).map { SubnetRange($0.subnet) }.sorted { $0.lower < $1.lower }
    #expect(ranges.count == count)
    for (left, right) in zip(ranges, ranges.dropFirst()) { #expect(left.upper < right.lower) }
    for range in ranges { #expect(range.lower % range.size == 0) }
  }
}

/// The addresses of a network.
struct SubnetRange {
  var lower: Int
  var size: Int
  var upper: Int { lower + size - 1 }

  init(_ text: String) {
    let parts = text.split(separator: "/")
    let bytes = (parts.first ?? "").split(separator: ".").compactMap { Int($0) }
    lower = bytes.reduce(0) { $0 << 8 | $1 }
    size = 1 << (32 - (Int(parts.last ?? "") ?? 32))
  }
}
