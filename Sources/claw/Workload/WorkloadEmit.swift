import ArgumentParser
import Diagnostics
import Driver
import Emitters
import IR
import Runtime
import Source

/// `claw workload emit`
struct WorkloadEmit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emit",
    abstract: "Writes a workload in an engine's own format; what the engine can't express is an error unless waived.",
    discussion: """
      The file that is handed to the engine goes to standard output, or all files into a folder with -o.

      EXAMPLES
        claw workload emit train.yml --target slurm > train.sbatch
        claw workload emit train.yml --target kubernetes@1.37 --waive queue -o manifests
      """)

  @Argument(help: "A workload; '-' for standard input.", completion: .file()) var file: String
  @OptionGroup var target: TargetOptions
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder for the files.", valueName: "folder"), completion: .directory)
  var output: String?
  @OptionGroup var report: ReportOptions

  func run() throws {
    let plan = try WorkloadSources.plan(file, report)
    let emitted = try target.emitted(plan, report)
    guard let output else {
      guard let first = emitted.files.first else { throw Status.bug }
      Console.write(first.bytes)
      for other in emitted.files.dropFirst() {
        Console.say("claw: '\(other.name)' belongs to it: -o FOLDER writes both")
      }
      return
    }
    var compilation = Compilation()
    compilation.artifacts = emitted.files.map { .init(path: FilePath.join(output, $0.name), bytes: $0.bytes) }
    try Artifacts.write(compilation, isQuiet: false)
  }
}
