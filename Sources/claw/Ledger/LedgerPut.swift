import ArgumentParser
import JSON
import Ledger

/// `claw ledger put`
struct LedgerPut: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "put",
    abstract: "Takes a file in by its SHA-256, and records it in a run.",
    discussion: """
      The bytes are on the disk before the event that names them. The label is the file's name without folders.

      EXAMPLES
        claw ledger put report.pdf --run "$CLAW_RUN"
        claw ledger put build.log --label "log of the build" --mime text/plain --json
      """)

  @Argument(help: "The file.", completion: .file()) var path: String
  @Option(help: ArgumentHelp("Its type; by its name, if not given.", valueName: "type")) var mime: String?
  @Option(help: ArgumentHelp("What it is called in the event.", valueName: "text")) var label: String?
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var target: RunOption
  @OptionGroup var actor: ActorOptions
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    let run = try target.required()
    let (receipt, artifact) = try LedgerRun.run {
      // The run is in a ledger that is there: another name is a wrong one, and makes none.
      _ = try ledger.existing()
      return try ledger.open().put(path, run: run, mime: mime, label: label, actor: actor.value)
    }
    if json {
      let document: JSONValue = [
        "schema": 1, "artifactId": .string(artifact.sha256), "sha256": .string(artifact.sha256),
        "size": JSONValue(artifact.size), "runId": .string(receipt.runId), "eventId": .string(receipt.eventId),
        "seq": JSONValue(receipt.seq), "index": JSONValue(receipt.index), "hash": .string(receipt.hash),
        "durability": .string(receipt.durability.rawValue),
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    Console.write("\(artifact.sha256)\n")
  }
}
