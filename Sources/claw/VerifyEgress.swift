import ArgumentParser
import Driver
import IR
import JSON
import Runtime
import Source

/// `claw verify-egress`
struct VerifyEgress: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-egress",
    abstract: "Tries from each claw's network all that must be out of reach, and its sidecar, which must not.",
    discussion: """
      A prober joins the network of each container, tries addresses of the host, of other containers and of the world, and \
      is gone. The exit status is 1 if anything was not as it has to be.

      EXAMPLES
        claw verify-egress
        claw verify-egress examples/desk --json
      """)

  @Argument(help: "The pod file, or its folder.", completion: .file()) var path: String?
  @OptionGroup var file: PodFileOptions
  @Flag(help: "Write JSON, with every target.") var json = false
  @OptionGroup var quiet: QuietOption
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var engine: EngineOptions

  func run() throws {
    let path = try file.or(path).resolved()
    guard let pod = PodFileOptions.compile(path)?.pod else {
      Console.say("claw: the pod file can't be compiled as it is now: 'claw check' says why")
      throw Status.invalid
    }
    guard !pod.claws.isEmpty else {
      Console.say("claw: the pod has no claws")
      return
    }
    let tool = try engine.tool(isVerbose: verbose.verbose)
    try SidecarImages.provide(tool, isQuiet: quiet.quiet)
    // What was found is worth recording whatever it is; only then it is a failure.
    let reports = try RunRecording.step("claw verify-egress") { notes in
      let reports = try Engine.run { () throws(EngineFailure) in try EgressProbe.run(pod, tool) }
      notes.result = [
        .init("pod", .string(pod.name)), .init("ok", .bool(reports.allSatisfy(\.isGood))),
        .init("claws", .array(reports.map(summary))),
      ]
      return reports
    }
    Console.write(json ? document(reports, pod: pod.name) : text(reports))
    if !reports.allSatisfy(\.isGood) { throw Status.failed }
  }

  private func text(_ reports: [EgressProbe.Report]) -> String {
    var table = Table(["CLAW", "TO", "TRIED", "REACHED", "VERDICT"])
    var lines = ""
    for report in reports {
      for group in EgressTarget.Group.allCases {
        let results = report.results.filter { $0.target.group == group }
        if results.isEmpty { continue }
        let isGood = !results.contains(where: \.isSurprise)
        table.add([
          report.instance, group.rawValue, String(results.count), String(results.count(where: \.isReached)),
          isGood ? "ok" : "WRONG",
        ])
      }
      if let problem = report.problem { lines += "\(report.instance) \(problem.printable)\n" }
      for result in report.results where result.isSurprise {
        let what = result.isReached ? "reaches" : "does not reach"
        lines +=
          "\(report.instance) \(what) \(result.target.place) (\(result.target.label)): \(result.outcome)\(result.detail.map { ", \($0)" } ?? "")\n"
      }
    }
    return table.text(within: Console.tableWidth) + lines
  }

  private func summary(_ report: EgressProbe.Report) -> JSONValue {
    [
      "name": .string(report.instance), "ok": .bool(report.isGood), "tried": JSONValue(report.results.count),
      "surprises": .array(
        report.results.filter(\.isSurprise).map { .string("\($0.target.place): \($0.outcome)") }),
      "problem": report.problem.map { .string($0) } ?? .null,
    ]
  }

  private func document(_ reports: [EgressProbe.Report], pod: String) -> String {
    let claws: [JSONValue] = reports.map { report in
      let targets: [JSONValue] = report.results.map { result in
        [
          "group": .string(result.target.group.rawValue), "kind": .string(result.target.kind.rawValue),
          "place": .string(result.target.place), "label": .string(result.target.label),
          "expected": .string(result.target.expectation.rawValue), "outcome": .string(result.outcome),
          "detail": result.detail.map { .string($0) } ?? .null, "ok": .bool(!result.isSurprise),
        ]
      }
      return [
        "name": .string(report.instance), "ok": .bool(report.isGood),
        "problem": report.problem.map { .string($0) } ?? .null, "targets": .array(targets),
      ]
    }
    let value: JSONValue = [
      "schema": 1, "pod": .string(pod), "ok": .bool(reports.allSatisfy(\.isGood)), "claws": .array(claws),
    ]
    return value.text(indented: true) + "\n"
  }
}
