import ArgumentParser
import Diagnostics
import Driver
import Runtime
import Source

/// `claw check`
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks files and reports what is wrong with them.",
    discussion: """
      Without a path, every Clawfile, Dockerfile, claw-pod.yml, policy ruleset, test suite and governance pack below the current folder is \
      checked. This is the pre-commit command.

      EXAMPLES
        claw check
        claw check --format sarif Clawfile claw-pod.yml > findings.sarif
      """)

  @Argument(help: "Files and folders.", completion: .file()) var paths: [String] = []
  @Option(name: .customLong("as"), help: ArgumentHelp("How to read every named file.", valueName: "kind"))
  var kind: FileKind?
  @OptionGroup var quiet: QuietOption
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var report: ReportOptions

  func run() throws {
    var bag = DiagnosticBag()
    var status = Status.done
    for input in Inputs.find(paths, as: kind, withPolicies: true, status: &status) {
      if verbose.verbose { Console.say("checking \(input.file.path) as a \(input.kind.rawValue)") }
      let options = CompileOptions.here(input.file.path)
      bag.add(contentsOf: Compiler.check(input.file, kind: input.kind, files: DiskFiles(), options: options))
    }
    bag.removeDuplicates()
    let reported = report.report(bag, isQuiet: quiet.quiet)
    if status != .done { throw status }
    if reported != .done { throw reported }
  }
}

extension FileKind: ExpressibleByArgument {}
