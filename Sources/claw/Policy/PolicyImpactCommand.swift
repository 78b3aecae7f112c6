import ArgumentParser
import JSON
import Policy

/// `claw policy impact`
struct PolicyImpactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "impact",
    abstract: "Shows what another ruleset would have made of recorded events.",
    discussion: """
      EXAMPLES
        claw policy impact old.yml new.yml events.jsonl
        claw policy impact strict new.yml events.jsonl --fail-on widen --markdown
      """)

  @Argument(help: "The old ruleset, or the name of a built-in one.", completion: .file()) var old: String
  @Argument(help: "The new ruleset, or the name of a built-in one.", completion: .file()) var new: String
  @Argument(help: "A file with one event a line; '-' for standard input.", completion: .file()) var events: String
  @Flag(help: "Write JSON.") var json = false
  @Flag(help: "Write Markdown, for a pull request.") var markdown = false
  @Option(
    name: .customLong("fail-on"),
    help: ArgumentHelp("Which change ends with status 1: widen, if the new one lets more through.", valueName: "what"))
  var failOn: PolicyDiff.FailOn = .never
  @OptionGroup var policy: PolicyOptions

  func run() throws {
    let impact = PolicyImpact(try policy.engine(old), try policy.engine(new), try PolicyEvents.lines(events))
    if json {
      Console.write(ImpactReport.json(impact).text(indented: true) + "\n")
    } else {
      Console.write(markdown ? ImpactReport.markdown(impact, old, new) : ImpactReport.text(impact, old, new))
    }
    switch failOn {
    case .never: break
    case .widen: if impact.changes.contains(where: \.isWider) { throw Status.failed }
    case .change: if !impact.changes.isEmpty { throw Status.failed }
    }
  }
}

/// Impacts as people and programs read them.
enum ImpactReport {
  /// How many events went which way, in a fixed order.
  private static func rows(_ impact: PolicyImpact) -> [(Decision.Outcome, Decision.Outcome, Int)] {
    Decision.Outcome.allCases.flatMap { before in
      Decision.Outcome.allCases.compactMap { after in
        impact.counts[.init(before: before, after: after)].map { (before, after, $0) }
      }
    }
  }

  static func text(_ impact: PolicyImpact, _ old: String, _ new: String) -> String {
    var text = ""
    for (before, after, count) in rows(impact) {
      let step = before == after ? "still \(before.rawValue)" : "\(before.rawValue) → \(after.rawValue)"
      text += "\(count) event\(count == 1 ? "" : "s") \(step)\n"
    }
    for change in impact.changes {
      text += "\(change.isWider ? "+" : "-") \(change.event.id): \(PolicyReport.summary(change.event))\n"
      text += "    \(change.before.outcome.rawValue) by \(old): \(change.before.overall.message)\n"
      text += "    \(change.after.outcome.rawValue) by \(new): \(change.after.overall.message)\n"
    }
    return text.isEmpty ? "no events\n" : text
  }

  static func markdown(_ impact: PolicyImpact, _ old: String, _ new: String) -> String {
    let cell = PolicyReport.cell
    var text = "### Recorded events: \(cell(old)) → \(cell(new))\n\n| before | after | events |\n|---|---|---|\n"
    for (before, after, count) in rows(impact) { text += "| \(before.rawValue) | \(after.rawValue) | \(count) |\n" }
    if impact.changes.isEmpty { return text + "\n**No recorded event changes.**\n" }
    text += "\n| event | does | before | after |\n|---|---|---|---|\n"
    for change in impact.changes {
      text +=
        "| \(cell(change.event.id)) | \(cell(PolicyReport.summary(change.event))) | \(change.before.outcome.rawValue)"
      text += " | \(change.after.outcome.rawValue)\(change.isWider ? " (wider)" : "") |\n"
    }
    return text
  }

  static func json(_ impact: PolicyImpact) -> JSONValue {
    [
      "schema": 1,
      "counts": .array(
        rows(impact).map { ["before": .string($0.rawValue), "after": .string($1.rawValue), "events": JSONValue($2)] }),
      "changes": .array(
        impact.changes.map { change in
          [
            "eventId": .string(change.event.id), "wider": .bool(change.isWider), "before": change.before.json,
            "after": change.after.json, "event": change.event.json,
          ]
        }),
    ]
  }
}
