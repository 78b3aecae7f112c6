import AST
package import Diagnostics
package import IR
import JSON
package import Lowering
import Parser
package import Policy
package import Source

/// A test suite that was read, with the ruleset that it is about.
package struct CompiledSuite: Sendable {
  /// A case and where it stands.
  package struct Case: Sendable {
    package var test: PolicyCase
    package var location: Location
  }

  package var file: SourceFile
  package var name: String
  /// The ruleset's path, or `claw:` and its name.
  package var policyName: String
  package var policy: LoweredPolicy
  package var cases: [Case]
}

/// The one way from a test suite's file to cases.
package enum SuiteCompiler {
  /// Reads a suite and its ruleset; nil where there are errors.
  package static func compile(
    _ file: SourceFile, profile: PolicyProfile, sources: RulesetSources, into bag: inout DiagnosticBag
  ) -> CompiledSuite? {
    var found = DiagnosticBag()
    let suite = read(file, profile, sources, into: &found)
    YAMLSuppressions.apply(to: &found, in: file, knownRules: RuleCatalog.knows)
    bag.add(contentsOf: found)
    return found.hasErrors ? nil : suite
  }

  private static func read(
    _ file: SourceFile, _ profile: PolicyProfile, _ sources: RulesetSources, into bag: inout DiagnosticBag
  ) -> CompiledSuite? {
    var errors = DiagnosticBag()
    let parsed = SuiteParser.parse(file, into: &errors)
    bag.add(contentsOf: errors)
    guard let record = parsed else { return nil }
    guard let policy = record["policy"], let reference = policy.text else { return nil }
    let lowered = ruleset(Located(reference, policy.location), file, profile, sources, into: &bag)
    var reader = CaseReader(posture: lowered?.program.posture, knowsPosture: lowered != nil)
    reader.misread = errors.diagnostics.map(\.location.range.lower)
    let suites = record["suites"]?.records ?? []
    if suites.isEmpty, let place = record["suites"] {
      bag.report(
        SuiteRules.noCases, at: place.location, "there is no suite", help: "write at least one, with 'name' and 'tests'"
      )
    }
    for suite in suites { reader.read(suite) }
    bag.add(contentsOf: reader.bag)
    guard let lowered else { return nil }
    return CompiledSuite(
      file: file, name: record["name"]?.text ?? "", policyName: reference, policy: lowered, cases: reader.cases)
  }

  private static func ruleset(
    _ reference: Located<String>, _ suite: SourceFile, _ profile: PolicyProfile, _ sources: RulesetSources,
    into bag: inout DiagnosticBag
  ) -> LoweredPolicy? {
    func report(_ message: String, _ help: String?) {
      bag.report(SuiteRules.policy, at: reference.location, message, help: help)
    }
    let ruleset: SourceFile
    let prefix = ["claw:", "clawdstrike:"].first { reference.value.utf8.starts(with: $0.utf8) }
    if let prefix {
      let name = String(reference.value.dropFirst(prefix.count))
      guard let file = builtIn(name, sources) else {
        let near = Suggestion.nearest(to: name, in: BuiltInRulesets.names)
        report(
          "there is no built-in ruleset '\(name)'",
          near.map { "did you mean '\($0)'?" } ?? "built in are \(BuiltInRulesets.names.joined(separator: ", "))")
        return nil
      }
      ruleset = file
    } else {
      let path = FilePath.join(FilePath.directory(of: suite.path), reference.value)
      do throws(FileFailure) {
        ruleset = try sources.files.read(path, within: nil, limit: RulesetResolver.sizeLimit)
      } catch {
        let isBuiltIn = BuiltInRulesets.names.contains(reference.value)
        report(
          "the ruleset '\(path)' \(error.reason)",
          isBuiltIn ? "the built-in one is 'claw:\(reference.value)'" : "it is a path from the suite's folder")
        return nil
      }
    }
    var found = DiagnosticBag()
    let lowered = RulesetCompiler.compile(ruleset, profile: profile, sources: sources, into: &found)
    bag.add(contentsOf: found)
    guard let lowered else {
      report("the ruleset '\(reference.value)' has errors", "mend it first: 'claw policy check' shows them")
      return nil
    }
    if let missing = lowered.program.hostGuards.first {
      report(
        "the ruleset decides nothing: only its host can run the guard '\(missing.name)'", "disable it for the tests")
      return nil
    }
    return lowered
  }

  /// A ruleset that comes with claw, or the one that a folder has in its place.
  private static func builtIn(_ name: String, _ sources: RulesetSources) -> SourceFile? {
    if let folder = sources.folder {
      for suffix in [".yaml", ".yml"] {
        let path = FilePath.join(folder, name + suffix)
        if let file = try? sources.files.read(path, within: nil, limit: RulesetResolver.sizeLimit) { return file }
      }
    }
    return BuiltInRulesets.file(name)
  }
}
