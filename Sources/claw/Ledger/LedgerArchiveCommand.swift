import ArgumentParser
import JSON
import Ledger
import Source

/// `claw ledger archive`
struct LedgerArchiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive",
    abstract: "Takes actors and payloads out of old runs; every proof and every chain stays.",
    discussion: """
      Only runs that ended are touched. Each event keeps its identity, type, time and both hashes; a record of the log says \
      which events lost the rest, and by which policy. With --to the whole events go to a file first.

      EXAMPLES
        claw ledger archive --older-than 90d --keep-type ArtifactRecorded --to /backup/ledger
        claw ledger archive --older-than 2026-01-01T00:00:00Z --json
      """)

  @Option(
    name: .customLong("older-than"),
    help: ArgumentHelp("Runs that ended before: a time, or how long ago (90d).", valueName: "time"))
  var olderThan: TimeArgument
  @Option(
    name: .customLong("keep-type"),
    help: ArgumentHelp("A type whose events stay whole; can be repeated.", valueName: "type"))
  var keepTypes: [String] = []
  @Option(help: ArgumentHelp("A folder for the whole events.", valueName: "folder"), completion: .directory) var to:
    String?
  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    let cutoff =
      switch olderThan.value {
      case .at(let seconds): seconds
      case .after(let seconds): Now.seconds - seconds
      }
    let policy = PruningPolicy(
      cutoff: AuditTime.text(milliseconds: cutoff * 1000),
      keepTypes: keepTypes.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
      moveTo: to)
    let result = try LedgerRun.run {
      let folder = try ledger.existing()
      // A type that is spelled wrongly would let go of what was to stay.
      let known = EventType.names + (try folder.extensions().typeNames)
      for type in keepTypes where !known.contains(where: { $0.utf8.elementsEqual(type.utf8) }) {
        let near = Suggestion.nearest(to: type, in: known).map { "; did you mean '\($0)'?" } ?? ""
        Console.say("claw: there is no event type '\(type.printable)'\(near)")
        throw Status.usage
      }
      return try ledger.open().prune(policy)
    }
    if json {
      let document: JSONValue = [
        "schema": 1, "cutoff": .string(policy.cutoff), "keepTypes": .array(policy.keepTypes.map { .string($0) }),
        "runs": JSONValue(result.runs), "events": JSONValue(result.events), "freedBytes": JSONValue(result.freed),
        "index": result.index.map { JSONValue($0) } ?? .null, "archive": result.archive.map { .string($0) } ?? .null,
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    guard let index = result.index else {
      return Console.say("nothing to prune: no run that has more than its entries ended before \(policy.cutoff)")
    }
    let size = result.freed < 0 ? "\(-result.freed) bytes more" : "\(result.freed) bytes less"
    Console.say("pruned \(result.events) events of \(result.runs) runs, \(size); record \(index) says so")
  }
}
