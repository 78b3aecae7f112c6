import ArgumentParser
import JSON
import Runtime
import Source

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
        claw skillmap desk-0 --accept wire
      """)

  @Argument(help: "An instance of a claw.") var name: String
  @Option(help: "The pod file, or its folder.", completion: .file()) var file: String?
  @Flag(help: "Write the map itself.") var json = false
  @Option(
    help: ArgumentHelp(
      "Accept the tools of a pinned service as they are now, the changed ones too.", valueName: "service"))
  var accept: String?
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
      if let accept {
        try Self.accept(accept, map, instance, view)
        continue
      }
      Console.write(json ? String(decoding: found.bytes, as: UTF8.self) : Self.text(map))
    }
  }

  /// Tells the sidecar that the tools that changed are right as the map has them.
  private static func accept(_ service: String, _ map: JSONValue, _ instance: String, _ view: PodView) throws {
    guard let surface = map["surfaces"]?.array?.first(where: { $0["uri"]?.string == "service://\(service)" }) else {
      Console.say("claw: '\(instance)' has no service '\(service)'")
      throw Status.failed
    }
    let changed = (surface["tools"]?.array ?? []).filter { $0["changed"] == true }
    guard !changed.isEmpty else { return Console.say("no tool of '\(service)' waits to be accepted for '\(instance)'") }
    guard let folder = SidecarNote.folder(view, instance) else {
      Console.say("claw: '\(instance)' has no sidecar that runs")
      throw Status.failed
    }
    try RunRecording.step("claw skillmap --accept") { notes in
      let entries = changed.map { tool -> [JSONValue.Member] in
        [
          .init("service", .string(service)), .init("tool", tool["name"] ?? .null),
          .init("sha256", tool["sha256"] ?? .null),
        ]
      }
      try SidecarNote.add(entries, to: "tools", file: "accepted.json", in: folder, keeping: 4_096)
      for tool in changed {
        Console.say("'\(instance)' may call '\((tool["name"]?.string ?? "").printable)' of '\(service)' as it is now")
      }
      notes.result = [
        .init("instance", .string(instance)), .init("service", .string(service)),
        .init("tools", .array(entries.map { .object($0) })),
      ]
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
        if tool["changed"] == true { text += "    (changed, and denied until it is accepted)\n" }
        text +=
          "    \((tool["name"]?.string ?? "?").printable)\(description.isEmpty ? "" : "  \(description.printable)")\n"
      }
    }
    return text + "\(surfaces.count) surfaces, \(tools) tools\n"
  }
}
