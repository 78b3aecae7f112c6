import ArgumentParser
import JSON
import Runtime

/// `claw skillmap`
struct SkillmapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "skillmap",
    abstract: "Shows what a claw can do: its surfaces, and the tools that were found behind them.",
    discussion: """
      The map is the file that the claw itself sees. Its sidecar asks services for their tools when it starts and again \
      while it runs.

      EXAMPLES
        claw skillmap desk-0
        claw skillmap desk-0 --json
      """)

  @Argument(help: "An instance of a claw.") var name: String
  @Option(help: "The pod file, or its folder.", completion: .file()) var file: String?
  @Flag(help: "Write the map itself.") var json = false
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let view = try PodView(file, engine.tool(isVerbose: verbose.verbose))
    let instances = try view.resolve([name])
    for instance in instances {
      guard
        let container = view.containers.first(where: {
          $0.service == "\(instance)-cllama" || $0.service == "claw-cllama"
        })
      else {
        Console.say("claw: '\(instance)' has no sidecar, so nobody made a map for it")
        throw Status.failed
      }
      let files = try Engine.run { () throws(EngineFailure) in
        try SidecarCopy.files(view.tool, container: container.id, folder: "/claw/skillmap")
      }
      guard let found = files.first(where: { $0.name == "skillmap.json" }), let map = try? JSONValue.strict(found.bytes)
      else {
        Console.say("claw: the sidecar of '\(instance)' has not written a map yet")
        throw Status.failed
      }
      Console.write(json ? String(decoding: found.bytes, as: UTF8.self) : Self.text(map))
    }
  }

  /// The map for a person.
  static func text(_ map: JSONValue) -> String {
    var text = "\(map["claw"]?.string ?? "?")\n"
    var tools = 0
    let surfaces = map["surfaces"]?.array ?? []
    for surface in surfaces {
      var line = surface["uri"]?.string ?? "?"
      if let access = surface["access"]?.string { line += "  \(access)" }
      if let mount = surface["mount"]?.string { line += "  at \(mount)" }
      if let endpoint = surface["endpoint"]?.string { line += "  \(endpoint)" }
      if let found = surface["discovered"]?.string, found != "none" { line += "  (\(found))" }
      if let reason = surface["reason"]?.string { line += "  (\(reason))" }
      text += "  \(line.printable)\n"
      for tool in surface["tools"]?.array ?? [] {
        tools += 1
        let description = tool["description"]?.string ?? ""
        text +=
          "    \((tool["name"]?.string ?? "?").printable)\(description.isEmpty ? "" : "  \(description.printable)")\n"
      }
    }
    return text + "\(surfaces.count) surfaces, \(tools) tools\n"
  }
}
