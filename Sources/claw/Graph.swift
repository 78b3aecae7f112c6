import ArgumentParser
import Diagnostics
import Driver

/// `claw graph`
struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws a pod: claws, sidecars, services, volumes, and what reaches what.",
    discussion: """
      EXAMPLES
        claw graph > pod.mmd
        claw graph examples/desk --format svg > desk.svg
      """)

  /// What the picture is written as.
  enum Format: String, ExpressibleByArgument, CaseIterable { case mermaid, dot, svg }

  @Argument(help: "The pod file, or its folder.") var path: String?
  @OptionGroup var file: PodFileOptions
  @Option(help: "mermaid, dot or svg.") var format: Format = .mermaid

  func run() throws {
    let path = try file.or(path).resolved()
    let compilation = try CompileInputs.named(path).compile()
    if compilation.bag.hasErrors {
      let status = try ReportOptions.standard().report(compilation.bag)
      throw compilation.isRefused ? Status.refused : status
    }
    guard let pod = compilation.pod else { throw Status.bug }
    let graph = PodGraph(pod)
    switch format {
    case .mermaid: Console.write(graph.mermaid)
    case .dot: Console.write(graph.dot)
    case .svg: Console.write(graph.svg)
    }
  }
}
