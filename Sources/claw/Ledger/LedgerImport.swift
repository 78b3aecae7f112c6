import ArgumentParser
import JSON
import Ledger
import Source

/// `claw ledger import`
struct LedgerImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Takes the run of an evidence bundle into the ledger.",
    discussion: """
      The bundle must verify, and its events must be such as 'append' takes; they keep identities, times and hashes. A run that \
      is there already must be the same one. The checkpoint stays with the bundle: seal this ledger to vouch for what is in it.

      EXAMPLES
        claw ledger import evidence.zip
        claw ledger import evidence.zip --ledger /var/lib/claw/ledger --json
      """)

  @Argument(help: "The bundle.", completion: .file()) var path: String
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    let taken = try LedgerRun.run {
      let bundle = try EvidenceBundle(path)
      return try ledger.open().take(bundle)
    }
    if json {
      let document: JSONValue = [
        "schema": 1, "bundle": .string(path), "runId": .string(taken.runId), "events": JSONValue(taken.eventCount),
        "artifacts": JSONValue(taken.artifactCount), "wasThere": .bool(taken.wasThere),
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    Console.say(
      taken.wasThere
        ? "the run \(taken.runId) was there already"
        : "imported \(taken.eventCount) events and \(taken.artifactCount) artifacts")
    Console.write("\(taken.runId)\n")
  }
}
