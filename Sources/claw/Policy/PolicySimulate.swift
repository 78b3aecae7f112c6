import ArgumentParser
import IR
import JSON
import Policy

/// `claw policy simulate`
struct PolicySimulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Decides many events; one that is denied makes the status 1.",
    discussion: """
      With --track-posture each session (sessionId) has a state, and events are judged at the time that they say. In the \
      profile 'hardened' that is always so where the ruleset has a posture.

      EXAMPLES
        claw policy simulate policy.yml events.jsonl
        claw policy simulate strict events.jsonl --jsonl --no-fail-on-deny
      """)

  @Argument(help: "A ruleset, or the name of a built-in one.", completion: .file()) var path: String
  @Argument(help: "A file with one event a line; '-' for standard input.", completion: .file()) var events: String = "-"
  @Flag(help: "Write one JSON object for each event.") var jsonl = false
  @Flag(help: "Write all as one JSON document.") var json = false
  @Flag(help: "Write only how many events had which outcome.") var summary = false
  @Flag(name: .customLong("track-posture"), help: "Judge by the posture too.") var trackPosture = false
  @Flag(name: .customLong("no-fail-on-deny"), help: "End with status 0 even if events are denied.") var noFailOnDeny =
    false
  @Flag(
    name: .customLong("explain-differences"),
    help: "Decide each event in both profiles, and say which hardened rule changed a verdict.")
  var explainDifferences = false
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    if explainDifferences { return try explain() }
    let engine = try policy.engine(path, report)
    let events = try PolicyEvents.lines(events)
    var sessions = PolicyEvents.sessions(engine, asked: trackPosture)
    var counts: [Decision.Outcome: Int] = [:]
    var results: [JSONValue] = []
    var text = ""
    for event in events {
      let posture = sessions?.decide(event, by: engine)
      let decision = posture?.0.decision ?? engine.decide(event)
      counts[decision.outcome, default: 0] += 1
      if summary { continue }
      if jsonl || json {
        let entry = PolicyEvents.entry(event, decision, posture)
        if jsonl { text += entry.text() + "\n" } else { results.append(entry) }
      } else {
        text += PolicyText.line(event, decision) + "\n"
      }
      if text.utf8.count > 1 << 16 {
        Console.write(text)
        text = ""
      }
    }
    Console.write(text)
    try finish(counts, results, events.count)
  }

  private func explain() throws {
    var (loose, strict) = (policy, policy)
    (loose.profile, strict.profile) = (.compat, .hardened)
    let engines = (try loose.engine(path), try strict.engine(path))
    let events = try PolicyEvents.lines(events)
    let differences = events.compactMap { ProfileDifference($0, compat: engines.0, hardened: engines.1) }
    if json {
      let document: JSONValue = [
        "schema": 1, "total": JSONValue(events.count), "differences": .array(differences.map(DifferenceReport.json)),
      ]
      Console.write(document.text(indented: true) + "\n")
    } else if jsonl {
      Console.write(differences.map { DifferenceReport.json($0).text() + "\n" }.joined())
    } else {
      Console.write(DifferenceReport.text(differences, events.count))
    }
  }

  private func finish(_ counts: [Decision.Outcome: Int], _ results: [JSONValue], _ total: Int) throws {
    func count(_ outcome: Decision.Outcome) -> Int { counts[outcome] ?? 0 }
    if json {
      let document: JSONValue = [
        "schema": 1,
        "summary": [
          "total": JSONValue(total), "allowed": JSONValue(count(.allowed)), "warn": JSONValue(count(.warn)),
          "blocked": JSONValue(count(.blocked)),
        ], "results": .array(results),
      ]
      Console.write(document.text(indented: true) + "\n")
    } else if !jsonl {
      let line =
        "\(total) events: \(count(.allowed)) allowed, \(count(.warn)) with a warning, \(count(.blocked)) blocked"
      if summary { Console.write(line + "\n") } else { Console.say(line) }
    }
    if count(.blocked) > 0, !noFailOnDeny { throw Status.failed }
  }
}
