import ArgumentParser
import Diagnostics
import Driver
import Runtime
import Source

/// `claw fmt`
struct Fmt: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Formats files: what they mean stays, and so do comments.",
    discussion: """
      A Clawfile gets upper-case keywords, one blank behind them, no blanks at line ends and a blank line in front of \
      each stage; heredocs and continuation lines stay as they are. A pod file only loses blanks at line ends and blank \
      lines in a row. Without a path, all files below the current folder are formatted; '-' is standard input.

      EXAMPLES
        claw fmt
        claw fmt --check Clawfile claw-pod.yml
      """)

  @Argument(help: "Files and folders.", completion: .file()) var paths: [String] = []
  @Flag(help: "Write nothing; list the files that are not formatted, and fail if there are any.") var check = false
  @Option(name: .customLong("as"), help: ArgumentHelp("How to read every named file.", valueName: "kind"))
  var kind: FileKind?
  @OptionGroup var quiet: QuietOption
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var report: ReportOptions

  func run() throws {
    var status = Status.done
    var bag = DiagnosticBag()
    var changed: [(path: String, bytes: [UInt8])] = []
    for input in Inputs.find(paths, as: kind, status: &status) {
      if verbose.verbose { Console.say("formatting \(input.file.path) as a \(input.kind.rawValue)") }
      guard let bytes = Formatting.format(input.file, kind: input.kind, into: &bag) else { continue }
      if input.file.path == "<stdin>" {
        Console.write(bytes)
      } else if bytes != input.file.bytes {
        changed.append((input.file.path, bytes))
      }
    }
    bag.filter { $0.severity == .error }
    let reported = report.report(bag, besidesData: check || paths.contains("-"))
    if check {
      for file in changed { Console.write(file.path + "\n") }
      if !changed.isEmpty, reported == .done, status == .done { throw Status.failed }
    } else {
      do throws(ArtifactStore.Failure) {
        for path in try ArtifactStore.write(changed) where !quiet.quiet { Console.say("formatted \(path)") }
      } catch {
        Console.say("claw: '\(error.path)': \(error.reason)")
        throw Status.failed
      }
    }
    if status != .done { throw status }
    if reported != .done { throw reported }
  }
}
