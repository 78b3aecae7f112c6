import Driver
import JSON
import Policy
import Source

/// Results of test suites as JUnit writes them: each case, those that pass too.
enum SuiteJUnit {
  /// A case of the document.
  private struct Case {
    var suite: String
    var name: String
    var file: String
    /// What is wrong; nil if nothing is.
    var failure: (message: String, text: String)?
  }

  static func document(_ runs: [SuiteRun], _ minCoverage: Double?) -> String {
    let suites = runs.map { (name: $0.suite.name, cases: cases($0, minCoverage)) }
    let all = suites.flatMap(\.cases)
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites tests=\"\(all.count)\" failures=\"\(all.count { $0.failure != nil })\">\n"
    for suite in suites {
      let failures = suite.cases.count { $0.failure != nil }
      text +=
        "  <testsuite name=\"\(XMLText.escaped(suite.name))\" tests=\"\(suite.cases.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"0\">\n"
      for test in suite.cases {
        let open =
          "    <testcase classname=\"\(XMLText.escaped(test.suite))\" name=\"\(XMLText.escaped(test.name))\" file=\"\(XMLText.escaped(test.file))\""
        guard let failure = test.failure else {
          text += open + "/>\n"
          continue
        }
        text +=
          open
          + ">\n      <failure message=\"\(XMLText.escaped(failure.message))\">\(XMLText.escaped(failure.text))</failure>\n    </testcase>\n"
      }
      text += "  </testsuite>\n"
    }
    return text + "</testsuites>\n"
  }

  private static func cases(_ run: SuiteRun, _ minCoverage: Double?) -> [Case] {
    let file = run.suite.file.path
    var result = zip(run.suite.cases, run.results).map { test, result in
      Case(
        suite: test.test.suite, name: test.test.name, file: file,
        failure: result.failures.isEmpty
          ? nil : (result.failures.joined(separator: "; "), "at \(SuiteText.place(test.location))"))
    }
    if let coverage = run.coverage, let minCoverage {
      let message =
        "\(SuiteText.share(coverage.percent)) % of the entries decide a case, and \(SuiteText.share(minCoverage)) % is wanted"
      result.append(
        Case(
          suite: "coverage", name: "least coverage", file: file,
          failure: coverage.percent < minCoverage ? (message, message) : nil))
    }
    for line in run.mutation?.lines ?? [] {
      let place = SuiteText.place(SuiteRun.location(of: line.mutant, in: run.suite.policy))
      let name = "\(line.mutant.guardName).\(line.mutant.change) (\(place))"
      switch line.verdict {
      case .equivalent: continue
      case .killed: result.append(Case(suite: "mutants", name: name, file: file))
      case .survived(let witness):
        let event = witness.map { $0.witness.json.text() } ?? ""
        result.append(Case(suite: "mutants", name: name, file: file, failure: ("no case notices it", event)))
      }
    }
    return result
  }
}
