import ArgumentParser
import Driver
import Glibc
import IR
import JSON
import Placement
import Source

/// `claw workload plan`
struct WorkloadPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Says where workloads would go on a fleet, when, and why not elsewhere.",
    discussion: """
      Several workloads are taken for submitted in the order given. Status 1 if one of them can't start now.

      EXAMPLES
        claw workload plan train.yml --fleet fleet.yml
        claw workload plan a.yml b.yml --fleet fleet.yml --format svg > plan.svg
      """)

  /// What the answer is written as.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, svg }

  @Argument(help: "Workloads, in the order of submission.", completion: .file()) var files: [String]
  @Option(help: ArgumentHelp("The fleet.", valueName: "file"), completion: .file()) var fleet: String
  @Option(help: ArgumentHelp("What the answer is written as.", valueName: "format")) var format: Format = .text
  @Option(help: ArgumentHelp("The moment to plan for, as RFC 3339 writes it; now, if not given.", valueName: "moment"))
  var at: String?
  @Flag(help: "Name every node that refused, not only how many.") var nodes = false

  func run() throws {
    let report = try ReportOptions.standard()
    let plans = try files.map { try WorkloadSources.plan($0, report) }
    let fleet = try WorkloadSources.fleet(fleet, report)
    guard let now = at.map({ Timestamp.seconds($0) }) ?? Int(time(nil)) else {
      Console.say("claw: '\(at ?? "")' is no moment; write 2026-12-24T18:00:00Z")
      throw Status.usage
    }
    let reports = WorkloadScheduler.schedule(plans, on: fleet, now: now)
    switch format {
    case .text: Console.write(PlacementText(allNodes: nodes).text(reports))
    case .json: Console.write(PlacementJSON.document(reports, plans).text(indented: true) + "\n")
    case .svg: Console.write(PlacementSVG.text(reports, fleet))
    }
    let isPlaced = reports.allSatisfy {
      if case .placed(let placed) = $0.verdict { placed.missing == 0 } else { false }
    }
    if !isPlaced { throw Status.failed }
  }
}
