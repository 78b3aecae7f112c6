import ArgumentParser
import JSON
import Runtime
import Source

/// `claw quarantine`
struct QuarantineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quarantine", abstract: "Lets claws go on that drifted too far.",
    subcommands: [QuarantineLift.self])
}

/// `claw quarantine lift`
struct QuarantineLift: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lift",
    abstract: "Ends the restriction or quarantine of a claw, and writes down who looked at it and why.",
    discussion: """
      The sidecar takes note within a second, writes the reason into its record, and forgets the calls that led there. \
      docs/drift.md says how claws come under quarantine.

      EXAMPLES
        claw quarantine lift desk-0 --reason "the tool was renamed"
      """)

  @Argument(help: "Claws, or single instances.") var names: [String]
  @Option(help: "Why it may go on.") var reason: String
  @Option(help: "The pod file, or its folder.", completion: .file()) var file: String?
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    if reason.trimmed.isEmpty { throw ValidationError("a lift needs a reason") }
  }

  func run() throws {
    let view = try PodView(file, engine.tool(isVerbose: verbose.verbose))
    let instances = try view.resolve(names)
    try RunRecording.step("claw quarantine lift") { notes in
      for instance in instances {
        guard let folder = SidecarNote.folder(view, instance) else {
          Console.say("claw: '\(instance)' has no sidecar that runs")
          throw Status.failed
        }
        try SidecarNote.add(
          [[.init("instance", .string(instance)), .init("reason", .string(reason))]], to: "lifts", file: "lifts.json",
          in: folder, keeping: 64)
        Console.say("'\(instance)' may go on: \(reason.printable)")
      }
      notes.result = [
        .init("instances", .array(instances.map { .string($0) })), .init("reason", .string(reason)),
      ]
    }
  }
}
