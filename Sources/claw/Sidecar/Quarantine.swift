import ArgumentParser
import Canonical
import Cllama
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
        guard let folder = Self.folder(view, instance) else {
          Console.say("claw: '\(instance)' has no sidecar that runs")
          throw Status.failed
        }
        try Self.write(folder, instance, reason)
        Console.say("'\(instance)' may go on: \(reason.printable)")
      }
      notes.result = [
        .init("instances", .array(instances.map { .string($0) })), .init("reason", .string(reason)),
      ]
    }
  }

  /// The folder that the sidecar of an instance reads.
  private static func folder(_ view: PodView, _ instance: String) -> String? {
    let sidecars = view.containers.filter { $0.labels["claw.role"] == "cllama" }
    let own = sidecars.first { $0.service == "\(instance)-cllama" } ?? sidecars.first { $0.service == "claw-cllama" }
    return own?.mounts["/claw/config"]?.source
  }

  private static func write(_ folder: String, _ instance: String, _ reason: String) throws {
    let path = FilePath.join(folder, "lifts.json")
    var lifts: [JSONValue] = []
    if let bytes = try? RecordFile.contents(path), let value = try? JSONValue.strict(bytes) {
      lifts = value["lifts"]?.array ?? []
    }
    let id = Digest.hexadecimal(RandomBytes.make(8))
    lifts.append([
      "id": .string(id), "instance": .string(instance), "reason": .string(reason),
      "time": .string(RecordTime.text(RecordTime.now)),
    ])
    // The last ones are enough: a sidecar knows what it took note of.
    let document: JSONValue = ["lifts": .array(Array(lifts.suffix(64)))]
    do throws(ArtifactStore.Failure) {
      _ = try ArtifactStore.write([(path, Array((document.text(indented: true) + "\n").utf8))])
    } catch {
      Console.say("claw: '\(error.path)': \(error.reason)")
      throw Status.failed
    }
  }
}
