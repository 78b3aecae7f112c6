import ArgumentParser
import Diagnostics
import Driver
import Runtime
import Source

/// `claw check`
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks files and reports what is wrong with them.",
    discussion: """
      Without a path, every Clawfile, Dockerfile and claw-pod.yml below the current folder is checked. This is the \
      pre-commit command.

      EXAMPLES
        claw check
        claw check --format sarif Clawfile claw-pod.yml > findings.sarif
      """)

  @Argument(help: "Files and folders.") var paths: [String] = []
  @Option(name: .customLong("as"), help: "Read every named file as: clawfile or pod.") var kind: FileKind?
  @OptionGroup var report: ReportOptions

  func run() throws {
    var bag = DiagnosticBag()
    var status = Status.done
    for input in Inputs.find(paths, as: kind, status: &status) {
      var options = CompileOptions()
      options.environment = ProcessEnvironment.current
      options.folderName = ProcessEnvironment.folderName
      bag.add(contentsOf: Compiler.compile(input.file, kind: input.kind, files: DiskFiles(), options: options).bag)
    }
    bag.removeDuplicates()
    let reported = report.report(bag)
    if status != .done { throw status }
    if reported != .done { throw reported }
  }
}

extension FileKind: ExpressibleByArgument {}
