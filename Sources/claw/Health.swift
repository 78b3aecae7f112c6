import ArgumentParser
import JSON
import Runtime
import Source

/// `claw health`
struct Health: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "Says whether claws are healthy; status 6 if one is not.",
    discussion: """
      EXAMPLES
        claw health
        claw health desk-0 --json
      """)

  @Argument(help: "Claws, all of their instances or one.") var names: [String] = []
  @OptionGroup var file: PodFileOptions
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let view = try PodView(file.file, engine.tool(isVerbose: verbose.verbose))
    let wanted = try view.resolve(names)
    let rows = view.claws.filter { wanted.isEmpty || wanted.contains($0.name) }
    if json {
      let claws: [JSONValue] = rows.map {
        [
          "name": .string($0.name), "service": .string($0.service), "state": .string($0.state),
          "health": $0.container?.health.map(JSONValue.string) ?? .null, "healthy": .bool($0.isHealthy),
          "detail": .string(detail($0)),
        ]
      }
      let value: JSONValue = ["schema": 1, "pod": .string(view.project.name), "claws": .array(claws)]
      Console.write(value.text(indented: true) + "\n")
    } else {
      var table = Table(["CLAW", "HEALTHY", "STATE", "HEALTH", "DETAIL"])
      for row in rows { table.add([row.name, row.isHealthy ? "yes" : "NO", row.state, row.health, detail(row)]) }
      Console.write(table.text(within: Console.tableWidth))
    }
    if rows.contains(where: { !$0.isHealthy }) { throw Status.unhealthy }
  }

  private func detail(_ row: ClawRow) -> String {
    guard let container = row.container else { return "not started: run 'claw up'" }
    if container.isFinished { return "its task is done" }
    if container.state == "exited" { return "ended with status \(container.exitCode)" }
    if row.sidecar != nil, row.sidecarState.state != "serving" {
      return "its sidecar is \(row.sidecarState.state)" + (row.sidecarState.reason.map { ": \($0.printable)" } ?? "")
    }
    if container.restarts > 0 { return "\(container.restarts) restarts" }
    if container.health == "unhealthy", let output = container.healthOutput {
      return String(output.prefix(80))
    }
    return container.health == nil && container.state == "running" ? "it has no health check" : ""
  }
}
