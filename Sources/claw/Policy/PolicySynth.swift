import ArgumentParser
import Diagnostics
import Driver
import IR
import Lowering
import Policy
import Runtime
import Source

/// `claw policy synth`
struct PolicySynth: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Makes a ruleset that allows what was observed, and as little else as it can say.",
    discussion: """
      Events that were denied are left out: those whose metadata says so (denied, allowed, outcome, or the same in \
      decision), and those that the ruleset to extend denies. The ruleset is for the profile 'hardened'.

      EXAMPLES
        claw policy synth events.jsonl -o policy.yml
        claw policy synth events.jsonl --extends strict
      """)

  @Argument(help: "A file with one event a line; '-' for standard input.", completion: .file()) var events: String
  @Option(help: ArgumentHelp("A ruleset to build on.", valueName: "ruleset"), completion: .file()) var extends: String?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the ruleset to a file.", valueName: "file"), completion: .file())
  var output: String?
  @OptionGroup var policy: PolicyOptions

  func validate() throws {
    if policy.profile != .hardened { throw ValidationError("'synth' makes rulesets for the profile 'hardened'") }
  }

  func run() throws {
    let base = try extends.map { (name: reference($0), program: try policy.compile($0).program) }
    let sources = policy.sources
    let observed = try PolicyEvents.lines(events)
    let made: PolicySynthesis
    do throws(PolicyEngine.Refusal) {
      var synthesis = try PolicySynthesis(observed, base: base)
      try synthesis.settle(at: output ?? "policy.yml") { file in
        var bag = DiagnosticBag()
        let program = RulesetCompiler.compile(file, profile: .hardened, sources: sources, into: &bag)?.program
        if bag.hasErrors { Console.say(TerminalRenderer(isColoured: false).render(bag.sorted())) }
        return program
      }
      made = synthesis
    } catch {
      Console.say("claw: nothing can be decided: \(error.message)")
      throw Status.invalid
    }
    try write(made.text)
    if !made.leftOut.isEmpty {
      Console.say("left out \(made.leftOut.count) of \(observed.count) events, which were denied")
    }
    for event in made.refused { Console.say("claw: no ruleset allows \(event.id): \(PolicyReport.summary(event))") }
    if !made.refused.isEmpty { throw Status.failed }
  }

  /// What the new ruleset calls the one that it extends: a path is one from its folder.
  private func reference(_ path: String) -> String {
    if FileSearch.kind(of: path) == .missing { return path }
    let folder = FilePath.directory(of: output ?? "")
    return FilePath.isAbsolute(path) ? path : FilePath.relative(path, from: folder.isEmpty ? "." : folder)
  }

  private func write(_ text: String) throws {
    guard let output else { return Console.write(text) }
    do throws(ArtifactStore.Failure) {
      try ArtifactStore.makeFolder(FilePath.directory(of: output))
      _ = try ArtifactStore.write([(output, Array(text.utf8))])
    } catch {
      Console.say("claw: '\(error.path)': \(error.reason)")
      throw Status.failed
    }
  }
}
