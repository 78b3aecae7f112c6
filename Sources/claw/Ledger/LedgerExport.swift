import ArgumentParser
import Canonical
import JSON
import Ledger
import Source

/// `claw ledger export`
struct LedgerExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a run as an evidence bundle: a zip file that verifies without the ledger.",
    discussion: """
      The bundle has the events, the artifacts, the last checkpoint and a proof for each event; seal the ledger first. The same \
      ledger gives the same bytes.

      EXAMPLES
        claw ledger export "$CLAW_RUN" -o evidence.zip
        claw ledger export 3f8b1c52-6d1e-4c0a-9b7f-0a1b2c3d4e5f -o evidence.zip --policy policy.yml --pack team.yml
      """)

  @Argument(help: "The run: its identity, or the beginning of it.") var name: String
  @Option(
    name: [.short, .customLong("output")], help: ArgumentHelp("The bundle.", valueName: "file"), completion: .file())
  var output: String
  @Flag(name: .customLong("no-artifacts"), help: "Leave the bytes of artifacts out.") var noArtifacts = false
  @Option(
    name: .customLong("max-include-bytes"),
    help: ArgumentHelp("The most bytes of an artifact that goes in.", valueName: "n"))
  var maxIncludeBytes = 10_485_760
  @Flag(help: "Write what ClawForge's bundles have and nothing else: no proofs, no checkpoint.") var reference = false
  @Option(
    name: .customLong("policy"),
    help: ArgumentHelp("A policy that goes with the run; can be repeated.", valueName: "file"), completion: .file())
  var policies: [String] = []
  @Option(
    name: .customLong("pack"),
    help: ArgumentHelp("A pack that goes with the run; can be repeated.", valueName: "file"), completion: .file())
  var packs: [String] = []
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    guard output != "-" else {
      Console.say("claw: a bundle is written to a file, and not to standard output")
      throw Status.usage
    }
    guard !reference || policies.isEmpty && packs.isEmpty else {
      Console.say("claw: ClawForge's bundles have no policies and no packs: leave out --reference")
      throw Status.usage
    }
    var options = EvidenceExport.Options()
    options.includesArtifacts = !noArtifacts
    options.maxIncludeBytes = maxIncludeBytes
    options.isReference = reference
    options.policies = try policies.map(Self.attachment)
    options.packs = try packs.map(Self.attachment)
    let result = try LedgerRun.run {
      let view = try LedgerView(try ledger.existing())
      return try EvidenceExport(view, options).write(try RunName.resolve(name, view), to: output)
    }
    if json {
      let document: JSONValue = [
        "schema": 1, "bundle": .string(output), "runId": .string(result.runId), "events": JSONValue(result.eventCount),
        "artifacts": JSONValue(result.artifactCount), "included": JSONValue(result.includedCount),
        "checkpointSize": result.checkpointSize.map { JSONValue($0) } ?? .null,
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    Console.say(
      "exported \(result.eventCount) events and \(result.includedCount) of \(result.artifactCount) artifacts to \(output)"
    )
    if !reference, result.checkpointSize == nil {
      Console.say("claw: the ledger was not sealed since the run's last event: the bundle is unanchored")
      Console.say("help: 'claw ledger seal' signs it, then export it again")
    }
  }

  private static func attachment(_ path: String) throws -> EvidenceExport.Attachment {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return .init(name: name, bytes: try CanonicalCommand.read(path).bytes)
  }
}
