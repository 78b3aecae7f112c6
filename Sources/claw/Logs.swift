import ArgumentParser
import JSON
import Runtime

/// `claw logs`
struct Logs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Shows what claws and services say.",
    discussion: """
      A claw's name means all of its instances, NAME-0 one of them; without a name, all of the pod is shown.

      EXAMPLES
        claw logs desk --tail 20
        claw logs -f desk-0 --file examples/desk
      """)

  @Argument(help: "Claws and services.") var names: [String] = []
  @Option(help: "The pod file, or its folder.", completion: .file()) var file: String?
  @Flag(name: [.customShort("f"), .long], help: "Go on until Ctrl-C.") var follow = false
  @Option(help: ArgumentHelp("How many lines of each to begin with.", valueName: "count")) var tail: Int?
  @Flag(help: "Put the time in front of each line.") var timestamps = false
  @Flag(help: "Write each line as JSON.") var json = false
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let view = try PodView(file, engine.tool(isVerbose: verbose.verbose))
    var words = ["logs"]
    if follow { words.append("--follow") }
    if let tail { words += ["--tail", String(tail)] }
    if json { words.append("--no-color") }
    if timestamps || json { words.append("--timestamps") }
    let services = try view.resolve(names)
    try Engine.run { () throws(EngineFailure) in
      let child = view.tool.compose(view.project, words + services)
      if Console.isTerminal, !json { return try view.tool.passThrough(child) }
      // Compose erases lines that it writes to a file or pipe, too.
      let status = try view.tool.follow(child) { line in
        if !json { return Console.write(line.withoutErase + "\n") }
        // What compose says itself has no container in front.
        guard let line = LogLine(line.withoutErase) else { return Console.say(line) }
        Console.write(Self.document(line) + "\n")
      }
      if status != 0 { throw EngineFailure(.failed, "docker compose logs failed with status \(status)") }
    }
  }

  private static func document(_ line: LogLine) -> String {
    let value: JSONValue = [
      "schema": 1, "service": .string(line.service), "time": line.time.map(JSONValue.string) ?? .null,
      "text": .string(line.text),
    ]
    return value.text(indented: false)
  }
}
