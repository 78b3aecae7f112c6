import ArgumentParser
import JSON
import Ledger

/// `claw ledger list`
struct LedgerList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the runs of a ledger, the oldest first.",
    discussion: """
      EXAMPLES
        claw ledger list
        claw ledger list --json --ledger /var/lib/claw/ledger
      """)

  @Flag(help: "Write JSON.") var json = false
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    let (runs, size) = try LedgerRun.run {
      let view = try LedgerView(try ledger.existing())
      return (try view.runs(), view.size)
    }
    if json {
      let rows = runs.map { run -> JSONValue in
        [
          "runId": .string(run.runId), "state": .string(run.phase.rawValue), "events": JSONValue(run.eventCount),
          "started": .string(run.started), "last": .string(run.last), "hash": .string(run.hash),
        ]
      }
      let document: JSONValue = ["schema": 1, "records": JSONValue(size), "runs": .array(rows)]
      return Console.write(document.text(indented: true) + "\n")
    }
    var table = Table(["RUN", "STATE", "EVENTS", "STARTED", "LAST"])
    for run in runs { table.add([run.runId, run.phase.rawValue, String(run.eventCount), run.started, run.last]) }
    Console.write(table.text(within: Console.tableWidth))
  }
}
