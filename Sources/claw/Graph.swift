import ArgumentParser
import Diagnostics
import Driver
import IR
import JSON

/// `claw graph`
struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Draws a pod: claws, sidecars, services, volumes, upstreams, and what reaches what.",
    discussion: """
      EXAMPLES
        claw graph > pod.mmd
        claw graph examples/desk --format svg > desk.svg
      """)

  /// What the picture is written as.
  enum Format: String, ExpressibleByArgument, CaseIterable { case mermaid, dot, svg }

  @Argument(help: "The pod file, or its folder.", completion: .file()) var path: String?
  @OptionGroup var file: PodFileOptions
  @Option(help: ArgumentHelp("What the picture is written as.", valueName: "format")) var format: Format = .mermaid
  @Flag(help: "Write the boxes and arrows as JSON.") var json = false

  func run() throws {
    let path = try file.or(path).resolved()
    let compilation = try CompileInputs.named(path).compile()
    if compilation.bag.hasErrors {
      let status = try ReportOptions.standard().report(compilation.bag)
      throw compilation.isRefused ? Status.refused : status
    }
    guard let pod = compilation.pod else { throw Status.bug }
    let graph = PodGraph(pod)
    if json { return Console.write(document(graph, pod: pod.name)) }
    switch format {
    case .mermaid: Console.write(graph.mermaid)
    case .dot: Console.write(graph.dot)
    case .svg: Console.write(graph.svg)
    }
  }

  private func document(_ graph: PodGraph, pod: String) -> String {
    let nodes: [JSONValue] = graph.nodes.map {
      [
        "id": .string($0.id), "kind": .string($0.shape.rawValue), "name": .string($0.name), "label": .string($0.label),
        "network": $0.network.map(JSONValue.string) ?? .null,
      ]
    }
    let edges: [JSONValue] = graph.edges.map {
      ["from": .string($0.from), "to": .string($0.to), "label": .string($0.label)]
    }
    let value: JSONValue = ["schema": 1, "pod": .string(pod), "nodes": .array(nodes), "edges": .array(edges)]
    return value.text(indented: true) + "\n"
  }
}
