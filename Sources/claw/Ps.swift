import ArgumentParser
import JSON
import Runtime
import Source

/// `claw ps`
struct Ps: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ps",
    abstract: "Shows the state of a pod's claws and services.",
    discussion: """
      CLLAMA is what the sidecar said of itself at its last health check: 'serving', or 'denying' with the reason below. \
      CONTRACT is the short digest of what the claw sees: 'ok', or 'changed' if the pod file says something else by now.

      EXAMPLES
        claw ps
        claw ps examples/desk --json
      """)

  @Argument(help: "The pod file, or its folder.", completion: .file()) var path: String?
  @OptionGroup var file: PodFileOptions
  @Flag(help: "Write JSON.") var json = false
  @Flag(name: .customLong("exit-code"), help: "End with status 6 if a claw is not as it should be.") var exitCode =
    false
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let view = try PodView(file.or(path).file, engine.tool(isVerbose: verbose.verbose))
    Console.write(json ? document(view) : text(view))
    if view.pod == nil {
      Console.say("claw: the pod file can't be compiled as it is now: 'claw check' says why")
      if exitCode { throw Status.unhealthy }
    }
    if exitCode, view.claws.contains(where: { !$0.isHealthy || $0.isContractCurrent == false }) {
      throw Status.unhealthy
    }
  }

  private func text(_ view: PodView) -> String {
    var table = Table(["CLAW", "TYPE", "STATE", "HEALTH", "CLLAMA", "DRIFT", "REQ/1H", "COST/24H", "CONTRACT"])
    for row in view.claws {
      table.add([
        row.name, row.type, row.state, row.health, row.sidecarState.state, row.drift, row.requests, row.cost,
        row.contract,
      ])
    }
    var text = table.text(within: Console.tableWidth)
    for row in view.claws {
      if let reason = row.sidecarState.reason { text += "\(row.sidecar?.name ?? row.name): \(reason.printable)\n" }
    }
    let plain = view.plain
    if !plain.isEmpty {
      var services = Table(["SERVICE", "STATE", "HEALTH"])
      for (name, container) in plain {
        services.add([name, container?.state ?? "missing", container?.health ?? "-"])
      }
      text += "\n" + services.text(within: Console.tableWidth)
    }
    return text
  }

  private func document(_ view: PodView) -> String {
    let claws: [JSONValue] = view.claws.map { row in
      [
        "name": .string(row.name), "service": .string(row.service), "type": .string(row.type),
        "state": .string(row.state), "health": row.container?.health.map(JSONValue.string) ?? .null,
        "container": row.container.map { .string($0.id) } ?? .null, "cllama": .string(row.cllama),
        "sidecar": row.sidecar.map { sidecar in
          [
            "name": .string(sidecar.name), "state": .string(row.sidecarState.state),
            "reason": row.sidecarState.reason.map { .string($0) } ?? .null,
            "container": sidecar.container.map { .string($0.id) } ?? .null,
          ]
        } ?? .null,
        "drift": row.activity.map { ["score": $0["drift_score"] ?? .null, "level": $0["level"] ?? .null] } ?? .null,
        "requestsLastHour": row.activity?["requests_last_hour"] ?? .null,
        "costLastDay": row.activity?["cost_last_day_usd"] ?? .null,
        "contract": row.digest.map {
          ["sha256": .string($0), "current": row.isContractCurrent.map(JSONValue.bool) ?? .null]
        } ?? .null,
      ]
    }
    let services: [JSONValue] = view.plain.map { name, container in
      [
        "name": .string(name), "state": .string(container?.state ?? "missing"),
        "health": container?.health.map(JSONValue.string) ?? .null,
        "container": container.map { .string($0.id) } ?? .null,
      ]
    }
    let value: JSONValue = [
      "schema": 1, "pod": .string(view.project.name), "claws": .array(claws), "services": .array(services),
    ]
    return value.text(indented: true) + "\n"
  }
}

extension PodFileOptions {
  /// The same, with the path that stands without an option.
  func or(_ path: String?) throws -> PodFileOptions {
    guard let path else { return self }
    if file != nil {
      Console.say("claw: name the pod once: '\(path)' or --file")
      throw Status.usage
    }
    var options = self
    options.file = path
    return options
  }
}
