import ArgumentParser
import Runtime

/// `claw logs`
struct Logs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what claws and services say.",
    discussion: """
      A claw's name means all of its instances, NAME-0 one of them; without a name, all of the pod is shown.

      EXAMPLES
        claw logs desk --tail 20
        claw logs -f desk-0 --file examples/desk
      """)

  @Argument(help: "Claws and services.") var names: [String] = []
  @Option(help: "The pod file, or its folder.") var file: String?
  @Flag(name: [.customShort("f"), .long], help: "Go on until Ctrl-C.") var follow = false
  @Option(help: "How many lines of each to begin with.") var tail: Int?
  @Flag(help: "Put the time in front of each line.") var timestamps = false
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let view = try PodView(file, engine)
    var words = ["logs"]
    if follow { words.append("--follow") }
    if let tail { words += ["--tail", String(tail)] }
    if timestamps { words.append("--timestamps") }
    let services = try view.resolve(names)
    try Engine.run { () throws(EngineFailure) in
      let child = view.tool.compose(view.project, words + services)
      if Console.isTerminal { return try view.tool.passThrough(child) }
      // Compose erases lines that it writes to a file or pipe, too.
      let status = try view.tool.follow(child) { line in Console.write(line.withoutErase + "\n") }
      if status != 0 { throw EngineFailure(.failed, "docker compose logs failed with status \(status)") }
    }
  }
}
