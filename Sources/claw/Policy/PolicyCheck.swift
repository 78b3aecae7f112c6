import ArgumentParser
import Diagnostics
import Driver
import Source

/// `claw policy check`
struct PolicyCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks rulesets with all that they build on.",
    discussion: """
      EXAMPLES
        claw policy check policy.yml
        claw policy check policies/*.yml --format sarif
      """)

  @Argument(help: "Rulesets.", completion: .file()) var paths: [String]
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var quiet: QuietOption
  @OptionGroup var report: ReportOptions

  func run() throws {
    var bag = DiagnosticBag()
    for path in paths {
      _ = RulesetCompiler.compile(
        try policy.file(path), profile: policy.profile, sources: policy.sources,
        checksEntries: true, into: &bag)
    }
    bag.removeDuplicates()
    let status = report.report(bag, isQuiet: quiet.quiet)
    if status != .done { throw status }
  }
}
