import ArgumentParser
import Canonical
import JSON
import Ledger
import Runtime
import Source

/// `claw ledger show`
struct LedgerShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows a run: what happened, when, and by whom.",
    discussion: """
      With --json the events are written as an export has them, one canonical event a line. With --html it is one page with \
      timeline, chain, artifacts, verdicts and proofs, which needs no server and no script.

      EXAMPLES
        claw ledger show "$CLAW_RUN"
        claw ledger show 3f8b1c52-6d1e-4c0a-9b7f-0a1b2c3d4e5f --json > events.jsonl
        claw ledger show "$CLAW_RUN" --html -o run.html --pubkey signer.pem.pub
      """)

  @Argument(help: "The run: its identity, or the beginning of it.") var name: String
  @Flag(help: "Write the events as JSON, one a line.") var json = false
  @Flag(help: "Write a page of HTML.") var html = false
  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("Where the page goes: standard output, if not given.", valueName: "file"), completion: .file())
  var output: String?
  @OptionGroup var pinned: PinnedOptions
  @OptionGroup var ledger: LedgerOptions

  func run() throws {
    guard !html || !json, html || output == nil else {
      Console.say("claw: \(json ? "--json and --html are two forms: name one" : "-o is for a page: name --html")")
      throw Status.usage
    }
    if html { return try TrustRun.write(try page(), to: output ?? "-") }
    try LedgerRun.run {
      let view = try LedgerView(try ledger.existing())
      let runId = try RunName.resolve(name, view)
      if json {
        try view.events(runId) { (record) throws(LedgerFailure) in
          guard let event = record.event else {
            throw LedgerFailure(.pruned, "event \(record.entry.seq) was pruned, and can't be exported")
          }
          Console.write(event.bytes + [0x0A])
        }
        return
      }
      let found = try view.run(runId)
      Console.write("run \(runId): \(found.phase.rawValue), \(found.eventCount) events\n")
      try view.events(runId) { (record) throws(LedgerFailure) in Console.write(TimelineText.line(record)) }
    }
  }
}

extension LedgerShow {
  private func page() throws -> [UInt8] {
    let keys = try pinned.ledgerKeys()
    return try LedgerRun.run {
      let folder = try ledger.existing()
      let view = try LedgerView(folder)
      let report = try pinned.report(of: folder, keys: keys)
      return RunPage.bytes(try RunReport(try RunName.resolve(name, view), view, report: report, keys: keys))
    }
  }
}

/// Runs as people name them.
enum RunName {
  /// The run that a text is the beginning of.
  static func resolve(_ text: String, _ view: LedgerView) throws(LedgerFailure) -> String {
    if (try? view.run(text)) != nil { return text }
    let found = text.utf8.count >= 4 ? try view.runs(startingWith: text) : []
    guard found.count == 1 else {
      throw LedgerFailure(
        .unknownRun, found.isEmpty ? "there is no run \(text)" : "\(found.count) runs begin with \(text)")
    }
    return found[0]
  }
}

/// Events for people.
enum TimelineText {
  /// `  12  2026-01-02 03:04:05.006  ann      StepStarted    build`
  static func line(_ record: LedgerView.Record) -> String {
    let entry = record.entry
    let time = entry.ts.replacing("T", with: " ").replacing("Z", with: "")
    let number = String(entry.seq)
    let indent = String(repeating: " ", count: max(0, 5 - number.utf8.count))
    guard let event = record.event else { return "\(indent)\(number)  \(time)  \(entry.type.printable)  (pruned)\n" }
    let actor = (try? JSONParser.parse(event.actor[...], strict: true))?["actorId"]?.string ?? ""
    let payload = (try? JSONParser.parse(event.payload[...], strict: true)) ?? .null
    return "\(indent)\(number)  \(time)  \(event.type.printable)  \(actor.printable)  \(summary(payload).printable)\n"
  }

  /// What a payload says in one line.
  private static func summary(_ payload: JSONValue) -> String {
    let parts = (payload.members ?? []).map { member -> String in
      switch member.value {
      case .string(let text): "\(member.name)=\(shortened(text))"
      case .object(let members) where member.name == "metadata":
        members.map { "\($0.name)=\(shortened($0.value.string ?? ""))" }.joined(separator: " ")
      default: "\(member.name)=\(shortened(member.value.text()))"
      }
    }
    return parts.joined(separator: " ")
  }

  private static func shortened(_ text: String) -> String {
    text.unicodeScalars.count > 60 ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(57))) + "..." : text
  }
}
