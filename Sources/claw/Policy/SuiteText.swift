import Driver
import JSON
import Policy
import Source

/// Results of test suites as people read them.
enum SuiteText {
  static func text(_ runs: [SuiteRun], _ minCoverage: Double?) -> String {
    var text = ""
    for run in runs {
      text += "\(run.suite.name) (\(run.suite.file.path), ruleset \(run.suite.policyName))\n"
      for (test, result) in zip(run.suite.cases, run.results) {
        text += "  \(result.failures.isEmpty ? "ok    " : "FAILED") \(test.test.suite) / \(test.test.name)\n"
        if result.failures.isEmpty { continue }
        text += "         at \(place(test.location))\n"
        for failure in result.failures { text += "         \(failure)\n" }
        for line in result.decision.results { text += "         \(PolicyText.line(line))\n" }
      }
      if let coverage = run.coverage { text += self.text(coverage, minCoverage) }
      if let mutation = run.mutation { text += self.text(mutation, run) }
    }
    return text + summary(runs) + "\n"
  }

  static func summary(_ runs: [SuiteRun]) -> String {
    let (total, failed) = (runs.reduce(0) { $0 + $1.results.count }, runs.reduce(0) { $0 + $1.failed })
    return "\(total) case\(total == 1 ? "" : "s"), \(failed) failed"
  }

  static func place(_ location: Location?) -> String {
    guard let location else { return "a default" }
    let position = location.file.position(at: location.range.lower)
    return "\(location.file.path):\(position.line):\(position.column)"
  }

  /// A share with at most one digit behind the point, never rounded up.
  static func share(_ percent: Double) -> String {
    let tenths = Int(percent * 10)
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  private static func text(_ coverage: PolicyCoverage, _ minCoverage: Double?) -> String {
    let least = minCoverage.map { coverage.percent < $0 ? ", and \(share($0)) % is wanted" : "" } ?? ""
    var text =
      "  coverage: \(coverage.covered) of \(coverage.lines.count) entries decide a case (\(share(coverage.percent)) %\(least))\n"
    var guards: [String] = []
    for line in coverage.lines where guards.last != line.literal.guardName { guards.append(line.literal.guardName) }
    for name in guards {
      let lines = coverage.lines.filter { $0.literal.guardName == name }
      text += "    \(name): \(lines.count { !$0.events.isEmpty }) of \(lines.count)\n"
      for line in lines where line.events.isEmpty {
        text += "      no case for \(line.literal.list) '\(line.literal.text)' at \(place(line.literal.location))\n"
      }
    }
    return text
  }

  private static func text(_ mutation: MutationRun, _ run: SuiteRun) -> String {
    let equivalent = mutation.lines.count - mutation.killed - mutation.survivors.count
    var text =
      "  mutants: \(mutation.killed) of \(mutation.killed + mutation.survivors.count) noticed"
      + (equivalent > 0 ? ", \(equivalent) more change nothing\n" : "\n")
    for line in mutation.survivors {
      let mutant = line.mutant
      let location = SuiteRun.location(of: mutant, in: run.suite.policy)
      text += "    no case notices \(mutant.guardName).\(mutant.change), at \(place(location))\n"
      if case .survived(let witness?) = line.verdict {
        text +=
          "      \(PolicyReport.summary(witness.witness)): \(witness.before.rawValue), with the mistake \(witness.after.rawValue)\n"
        text += "      \(witness.witness.json.text())\n"
      }
    }
    return text
  }
}
