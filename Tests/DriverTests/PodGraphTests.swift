import Diagnostics
import Driver
import Source
import TestSupport
import Testing

@Suite("The picture of a pod")
struct PodGraphTests {
  private func graph(_ pod: String) throws -> PodGraph {
    let compilation = PodSource.compile(pod)
    return PodGraph(try #require(compilation.pod, "\(compilation.bag.sorted().map(\.message))"))
  }

  @Test("Names that differ only in what an id can't hold are boxes of their own")
  func ids() throws {
    let graph = try graph(
      """
      services:
        a-b: {image: x}
        a_b: {image: x}
        bot:
          build: .
          x-claw: {agent: AGENTS.md, cllama: none, surfaces: ["service://a-b", "service://a_b", "volume://a-b"]}
      """)
    #expect(Set(graph.nodes.map(\.id)).count == graph.nodes.count)
    #expect(graph.nodes.map(\.label) == ["bot\ngeneric", "a-b", "a_b", "a-b"])
    #expect(Set(graph.edges.map(\.to)).count == 3)
    #expect(graph.mermaid.contains("service_a_b_2(\"a_b\")"))
    #expect(graph.dot.contains("claw_bot -> service_a_b_2 "))
  }

  @Test("A text that means something to the picture's language stays text")
  func escapes() throws {
    let graph = try graph(
      """
      services:
        bot:
          build: .
          x-claw: {agent: AGENTS.md, cllama: none, count: 2, surfaces: [volume://data read-write]}
      """)
    #expect(graph.svg.contains(">bot ×2<"))
    #expect(graph.edges.map(\.label) == ["reads, writes"])
  }

  @Test("A sidecar's box leads to the upstreams that it asks, and every box has the name of the pod file")
  func upstreams() throws {
    let graph = try graph(
      """
      x-claw:
        upstreams:
          house: {service: provider, port: 9000, key: HOUSE_KEY}
      services:
        provider: {image: x}
        bot:
          build: .
          x-claw:
            agent: AGENTS.md
            cllama: [passthrough]
            cllama-env: {HOUSE_KEY: "${HOUSE_KEY}"}
            models: {primary: house/small}
      """)
    #expect(graph.nodes.map(\.id) == ["claw_bot", "cllama_bot", "upstream_house"])
    #expect(graph.nodes.map(\.name) == ["bot", "bot", "house"])
    #expect(graph.nodes.last?.label == "house\nprovider:9000")
    #expect(graph.edges.map(\.to) == ["cllama_bot", "upstream_house"])
    #expect(graph.mermaid.contains("upstream_house[[\"house<br/>provider:9000\"]]"), "\(graph.mermaid)")
    #expect(graph.dot.contains("upstream_house [shape=box3d"))
    #expect(graph.svg.contains("provider:9000</text>"))
  }
}
