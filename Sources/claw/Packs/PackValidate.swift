import ArgumentParser
import Governance
import JSON
import Runtime
import Source

/// `claw pack validate`
struct PackValidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Validates a sealed change package: every artifact, digest, approval and signature.",
    discussion: """
      PACKAGE is the folder of a session. All twelve steps run, whatever is found on the way. Keys that come with a package prove \
      nothing: without --trust no package passes.

      EXAMPLES
        claw pack validate session/ --trust trust.json
        claw pack validate session/ --trust trust.json --policies policies.json --json
      """)

  @Argument(help: "The folder of a sealed change package.", completion: .directory) var package: String
  @OptionGroup var options: PackageOptions
  @Flag(help: "Print the report in the Conformance Normal Form: one line that other validators print too.") var cnf =
    false
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    guard !cnf || !json else {
      Console.say("claw: --cnf and --json are two forms of the report: name one")
      throw Status.usage
    }
    let validator = try options.validator()
    let files: PackageFiles
    do throws(FileFailure) { files = try PackageFolder.read(package) } catch {
      Console.say("claw: '\(package)' \(error.reason)")
      throw Status.invalid
    }
    let report = validator.validate(files)
    if cnf {
      Console.write(report.normalForm.bytes)
    } else if json {
      Console.write(PackageReportJSON(report, package, files).document.text(indented: true) + "\n")
    } else {
      Console.write(PackageReportText(report, package, files).text)
    }
    if !report.passes { throw Status.failed }
  }
}
