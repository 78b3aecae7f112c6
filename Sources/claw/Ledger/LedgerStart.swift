import ArgumentParser
import Canonical
import JSON
import Ledger

/// `claw ledger start`
struct LedgerStart: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Begins a run, and prints its identity.",
    discussion: """
      The ledger is made if there is none. Commands that record what they do take the run from CLAW_RUN.

      EXAMPLES
        export CLAW_RUN="$(claw ledger start --meta ticket=OPS-7)"
        claw ledger start --json --ledger /var/lib/claw/ledger
      """)

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The run's identity, a UUID of version 4; a new one, if not given.", valueName: "id"))
  var runId: String?
  @Option(help: ArgumentHelp("Something to know about the run; can be repeated.", valueName: "name=value"))
  var meta: [String] = []
  @Option(help: ArgumentHelp("The name of a ledger that is made.", valueName: "name")) var origin: String?
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var actor: ActorOptions
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    var metadata = CanonicalObject()
    var names: Set<String> = []
    for pair in meta {
      guard let sign = pair.utf8.firstIndex(of: 0x3D), names.insert(String(pair[..<sign])).inserted else {
        Console.say("claw: '\(pair)' is no name=value, or the name is there twice")
        throw Status.usage
      }
      metadata.add(String(pair[..<sign]), String(pair[pair.utf8.index(after: sign)...]))
    }
    var payload = CanonicalObject()
    if !meta.isEmpty { payload.add("metadata", canonical: metadata.bytes) }
    let receipt = try LedgerRun.run {
      try ledger.open(origin: origin).start(runId, payload: payload.bytes, actor: actor.value)
    }
    if json { return Console.write(receipt.document) }
    Console.write(receipt.runId + "\n")
  }
}

extension Receipt {
  /// The receipt as a document of its own.
  var document: String {
    let value: JSONValue = [
      "schema": 1, "runId": .string(runId), "eventId": .string(eventId), "seq": JSONValue(seq),
      "index": JSONValue(index), "hash": .string(hash), "durability": .string(durability.rawValue),
      "repeated": .bool(isRepeated),
    ]
    return value.text() + "\n"
  }
}
