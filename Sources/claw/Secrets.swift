import ArgumentParser
import Diagnostics
import Driver
import Lowering
import Policy
import Runtime
import Source

/// `claw secrets`
struct Secrets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secrets",
    abstract: "Looks for secrets in files, or in what is staged for a commit.",
    discussion: """
      A ruleset's guard 'secret_leak' says what secrets look like and which paths are passed over: the built-in 'default', \
      or the ruleset of --policy. With --staged only lines that are new are looked at. A finding makes the status 1.

      EXAMPLES
        claw secrets src
        claw secrets --staged --policy policy.yml
      """)

  @Argument(help: "Files and folders; the current folder if none is named.", completion: .file()) var paths: [String] =
    []
  @Flag(help: "Look at the lines that 'git add' has added.") var staged = false
  @Option(
    name: .customLong("policy"), help: ArgumentHelp("A ruleset, or the name of a built-in one.", valueName: "ruleset"),
    completion: .file())
  var ruleset = "default"
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var quiet: QuietOption
  @OptionGroup var report: ReportOptions

  func run() throws {
    guard let scan = SecretScan(try policy.compile(ruleset).program) else {
      Console.say("claw: the guard 'secret_leak' of '\(ruleset)' is not enabled")
      throw Status.invalid
    }
    var bag = DiagnosticBag()
    var status = Status.done
    if staged {
      for file in try stagedFiles() { SecretFindings.check(file.file, scan, lines: file.added, into: &bag) }
    } else {
      for file in files(&status) { SecretFindings.check(file, scan, into: &bag) }
    }
    let reported = report.report(bag, isQuiet: quiet.quiet)
    if status != .done { throw status }
    // A secret is a finding, no mistake in what claw was given.
    if reported != .done { throw reported == .invalid && bag.hasErrors ? Status.failed : reported }
  }

  private func stagedFiles() throws -> [StagedFiles.File] {
    do throws(StagedFiles.Failure) {
      let all = try StagedFiles.all(environment: ProcessEnvironment.current)
      if paths.isEmpty { return all }
      let wanted = paths.map(FilePath.normalize)
      return all.filter { staged in
        wanted.contains { $0 == "." || staged.file.path == $0 || staged.file.path.utf8.starts(with: ($0 + "/").utf8) }
      }
    } catch {
      Console.say("claw: \(error.message)")
      throw Status.failed
    }
  }

  private func files(_ status: inout Status) -> [SourceFile] {
    var result: [SourceFile] = []
    for path in paths.isEmpty ? ["."] : paths {
      switch FileSearch.kind(of: path) {
      case .missing:
        Console.say("claw: '\(path)' doesn't exist")
        status = .usage
      case .folder:
        for found in FileSearch.files(below: path, isWanted: { _ in true }) {
          if let file = Inputs.read(found, &status) { result.append(file) }
        }
      case .file, .other: if let file = Inputs.read(path, &status) { result.append(file) }
      }
    }
    return result
  }
}
