import Driver
import JSON
import Policy
import Source

/// Results of test suites as JSON.
enum SuiteJSON {
  static func document(_ runs: [SuiteRun], _ minCoverage: Double?) -> JSONValue {
    let (total, failed) = (runs.reduce(0) { $0 + $1.results.count }, runs.reduce(0) { $0 + $1.failed })
    return [
      "schema": 1,
      "summary": ["total": JSONValue(total), "passed": JSONValue(total - failed), "failed": JSONValue(failed)],
      "files": .array(runs.map { file($0, minCoverage) }),
    ]
  }

  private static func file(_ run: SuiteRun, _ minCoverage: Double?) -> JSONValue {
    let cases = zip(run.suite.cases, run.results).map { test, result -> JSONValue in
      [
        "suite": .string(test.test.suite), "name": .string(test.test.name), "passed": .bool(result.failures.isEmpty),
        "place": place(test.location), "failures": .array(result.failures.map { .string($0) }),
        "outcome": .string(result.decision.outcome.rawValue), "decision": result.decision.json,
      ]
    }
    return [
      "file": .string(run.suite.file.path), "name": .string(run.suite.name), "policy": .string(run.suite.policyName),
      "cases": .array(cases), "coverage": run.coverage.map { coverage($0, minCoverage) } ?? .null,
      "mutants": run.mutation.map { mutants($0, run) } ?? .null,
    ]
  }

  private static func place(_ location: Location?) -> JSONValue {
    guard let location else { return .null }
    let position = location.file.position(at: location.range.lower)
    return [
      "file": .string(location.file.path), "line": JSONValue(position.line), "column": JSONValue(position.column),
    ]
  }

  private static func coverage(_ coverage: PolicyCoverage, _ minCoverage: Double?) -> JSONValue {
    let entries = coverage.lines.map { line -> JSONValue in
      [
        "guard": .string(line.literal.guardName), "list": .string(line.literal.list),
        "entry": .string(line.literal.text),
        "cases": JSONValue(line.events.count), "place": place(line.literal.location),
      ]
    }
    return [
      "percent": .number(SuiteText.share(coverage.percent)), "covered": JSONValue(coverage.covered),
      "total": JSONValue(coverage.lines.count), "enough": .bool(minCoverage.map { coverage.percent >= $0 } ?? true),
      "entries": .array(entries),
    ]
  }

  private static func mutants(_ mutation: MutationRun, _ run: SuiteRun) -> JSONValue {
    let survivors = mutation.survivors.map { line -> JSONValue in
      var witness: JSONValue = .null
      if case .survived(let change?) = line.verdict { witness = PolicyReport.json(change) }
      return [
        "guard": .string(line.mutant.guardName), "field": .string(line.mutant.key),
        "change": .string(line.mutant.change),
        "place": place(SuiteRun.location(of: line.mutant, in: run.suite.policy)), "witness": witness,
      ]
    }
    return [
      "noticed": JSONValue(mutation.killed), "survived": JSONValue(survivors.count),
      "equivalent": JSONValue(mutation.lines.count - mutation.killed - survivors.count), "survivors": .array(survivors),
    ]
  }
}
