import ArgumentParser
import IR
import JSON
import Policy

/// `claw policy eval`
struct PolicyEval: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Decides one event; a denied one ends with status 1.",
    discussion: """
      EXAMPLES
        claw policy eval policy.yml event.json
        my-agent --next-event | claw policy eval strict - --json
      """)

  @Argument(help: "A ruleset, or the name of a built-in one.", completion: .file()) var path: String
  @Argument(help: "A file with one event as JSON; '-' for standard input.", completion: .file()) var event: String
  @Flag(help: "Write the decision as JSON.") var json = false
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let engine = try policy.engine(path, report)
    let event = try PolicyEvents.one(event)
    var sessions = PolicyEvents.sessions(engine, asked: false)
    let posture = sessions?.decide(event, by: engine)
    let decision = posture?.0.decision ?? engine.decide(event)
    if json {
      let members = PolicyEvents.entry(event, decision, posture).members ?? []
      Console.write(JSONValue.object([.init("schema", 1)] + members).text(indented: true) + "\n")
    } else {
      Console.write(PolicyText.line(event, decision) + "\n")
      for result in decision.results { Console.write("  " + PolicyText.line(result) + "\n") }
    }
    if decision.outcome == .blocked { throw Status.failed }
  }
}

/// Decisions as people read them.
enum PolicyText {
  static func line(_ event: PolicyEvent, _ decision: Decision) -> String {
    let outcome = decision.outcome.rawValue
    let why = decision.outcome == .allowed ? "" : ": \(decision.overall.message)"
    return "\(outcome) \(event.id)\(why)"
  }

  static func line(_ result: GuardResult) -> String {
    let verdict = !result.isAllowed ? "denies (\(result.severity.word))" : result.isWarning ? "warns" : "allows"
    let rule = result.hardening.map { " [\($0.name)]" } ?? ""
    return "\(result.guardName) \(verdict)\(result.isAllowed && !result.isWarning ? "" : ": \(result.message)")\(rule)"
  }
}
