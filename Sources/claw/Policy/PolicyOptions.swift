import ArgumentParser
import Diagnostics
import Driver
import IR
import Lowering
import Policy
import Runtime
import Source

extension PolicyProfile: ExpressibleByArgument {}

/// What every command about rulesets takes.
struct PolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How events are judged: compat as the reference engine does, hardened with its holes closed.",
      valueName: "profile"))
  var profile: PolicyProfile = .hardened
  @Option(
    help: ArgumentHelp("Where built-in names are looked for before claw's own rulesets.", valueName: "folder"),
    completion: .directory)
  var rulesets: String?
  @Option(
    name: .customLong("allow-host"),
    help: ArgumentHelp("A host that rulesets may be fetched from; can be repeated.", valueName: "host"))
  var allowHost: [String] = []

  var sources: RulesetSources {
    RulesetSources(
      files: DiskFiles(), folder: rulesets, remote: allowHost.isEmpty ? nil : CurlRulesets(allowedHosts: allowHost))
  }

  /// The file of a ruleset, or a built-in one by its name.
  func file(_ path: String) throws -> SourceFile {
    if path == "-" {
      return SourceFile(path: "<stdin>", bytes: try DiskFiles.readAll(0, sizeHint: 0, limit: Inputs.limit))
    }
    if FileSearch.kind(of: path) == .missing, let file = BuiltInRulesets.file(path) { return file }
    var status = Status.done
    guard let file = Inputs.read(path, &status) else {
      if let near = Suggestion.nearest(to: path, in: BuiltInRulesets.names) {
        Console.say("  did you mean the built-in '\(near)'?")
      }
      throw status
    }
    return file
  }

  /// The program of a ruleset; what is wrong is reported and ends the command.
  func compile(_ path: String, _ report: ReportOptions? = nil) throws -> LoweredPolicy {
    var bag = DiagnosticBag()
    let lowered = RulesetCompiler.compile(try file(path), profile: profile, sources: sources, into: &bag)
    if let report {
      let status = report.report(bag, isQuiet: true)
      guard status == .done || status == .failed else { throw status }
    } else if bag.hasErrors {
      let renderer = TerminalRenderer(isColoured: Console.isColoured(.auto, 2), width: Console.width)
      Console.say(renderer.render(bag.sorted()))
    }
    guard let lowered else { throw Status.invalid }
    return lowered
  }

  /// An engine for a ruleset.
  func engine(_ path: String, _ report: ReportOptions? = nil) throws -> PolicyEngine {
    let lowered = try compile(path, report)
    do throws(PolicyEngine.Refusal) { return try PolicyEngine(lowered.program) } catch {
      Console.say("claw: '\(path)' decides nothing: \(error.message)")
      throw Status.invalid
    }
  }
}
