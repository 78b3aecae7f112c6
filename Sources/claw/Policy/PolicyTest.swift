import ArgumentParser
import Diagnostics
import Driver
import JSON
import Policy
import Runtime
import Source

/// `claw policy test`
struct PolicyTest: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs test suites of rulesets; a case that fails makes the status 1.",
    discussion: """
      --coverage says which entries of the ruleset decide some case; --mutate breaks the ruleset in every small way and \
      says which breaks no case notices, each with an event that shows it. Both look at what the ruleset's own files say, \
      with --inherited also at the built-in rulesets that it extends.

      EXAMPLES
        claw policy test tests/policy.yml
        claw policy test tests/*.yml --mutate --format junit -o report.xml
      """)

  /// How results are written.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, junit }

  @Argument(help: "Test suites, and folders with some.", completion: .file()) var paths: [String] = []
  @Flag(help: "Say which entries of the rulesets decide some case.") var coverage = false
  @Option(
    name: .customLong("min-coverage"),
    help: ArgumentHelp("The least share of entries that cases must decide.", valueName: "percent"))
  var minCoverage: Double?
  @Flag(help: "Say which mistakes in the rulesets no case notices.") var mutate = false
  @Flag(help: "Count entries of built-in rulesets that are extended too.") var inherited = false
  @Option(help: ArgumentHelp("How results are written.", valueName: "how")) var format: Format = .text
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the results to a file.", valueName: "file"), completion: .file())
  var output: String?
  @OptionGroup var policy: PolicyOptions

  func validate() throws {
    if let minCoverage, !(0...100).contains(minCoverage) {
      throw ValidationError("--min-coverage is a share from 0 to 100")
    }
  }

  func run() throws {
    var bag = DiagnosticBag()
    var status = Status.done
    var suites: [CompiledSuite] = []
    for file in files(&status) {
      let suite = SuiteCompiler.compile(file, profile: policy.profile, sources: policy.sources, into: &bag)
      if let suite { suites.append(suite) }
    }
    bag.removeDuplicates()
    if !bag.isEmpty {
      let renderer = TerminalRenderer(isColoured: Console.isColoured(.auto, 2), width: Console.width)
      Console.say(renderer.render(bag.sorted()))
    }
    if bag.hasErrors { status = .invalid }
    if status != .done { throw status }
    var options = SuiteRun.Options()
    options.measuresCoverage = coverage || minCoverage != nil
    options.triesMutants = mutate
    options.countsInherited = inherited
    let runs: [SuiteRun]
    do throws(PolicyEngine.Refusal) {
      var made: [SuiteRun] = []
      for suite in suites { made.append(try SuiteRun(suite, options)) }
      runs = made
    } catch {
      Console.say("claw: nothing can be decided: \(error.message)")
      throw Status.invalid
    }
    try write(runs)
    let isCovered = minCoverage.map { least in runs.allSatisfy { ($0.coverage?.percent ?? 100) >= least } } ?? true
    if runs.contains(where: { $0.failed > 0 || !($0.mutation?.survivors.isEmpty ?? true) }) || !isCovered {
      throw Status.failed
    }
  }

  /// The suites that are named, and those in folders.
  private func files(_ status: inout Status) -> [SourceFile] {
    let all = paths.isEmpty ? ["."] : paths
    let folders = all.filter { FileSearch.kind(of: $0) == .folder }
    var files: [SourceFile] = []
    if !folders.isEmpty {
      let found = Inputs.find(folders, as: nil, withPolicies: true, status: &status).filter { $0.kind == .suite }
      if found.isEmpty, status == .done {
        Console.say("claw: there is no test suite in \(folders.map { "'\($0)'" }.joined(separator: ", ")) or below")
        status = .usage
      }
      files = found.map(\.file)
    }
    for path in all where !folders.contains(path) { if let file = Inputs.read(path, &status) { files.append(file) } }
    return files
  }

  private func write(_ runs: [SuiteRun]) throws {
    let text =
      switch format {
      case .text: SuiteText.text(runs, minCoverage)
      case .json: SuiteJSON.document(runs, minCoverage).text(indented: true) + "\n"
      case .junit: SuiteJUnit.document(runs, minCoverage)
      }
    guard let output else { return Console.write(text) }
    do throws(ArtifactStore.Failure) {
      try ArtifactStore.makeFolder(FilePath.directory(of: output))
      _ = try ArtifactStore.write([(output, Array(text.utf8))])
    } catch {
      Console.say("claw: '\(error.path)': \(error.reason)")
      throw Status.failed
    }
    if format != .text { Console.say(SuiteText.summary(runs)) }
  }
}
