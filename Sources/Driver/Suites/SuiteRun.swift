import AST
import IR
package import Lowering
package import Policy
package import Source

/// A test suite that was run.
package struct SuiteRun: Sendable {
  /// What is asked besides whether cases pass.
  package struct Options: Sendable {
    package var measuresCoverage = false
    package var triesMutants = false
    /// Whether entries of built-in rulesets that are extended count.
    package var countsInherited = false

    package init() {}
  }

  package let suite: CompiledSuite
  /// What came of each case.
  package let results: [PolicyCase.Result]
  package let coverage: PolicyCoverage?
  package let mutation: MutationRun?

  /// Cases that were not as expected.
  package var failed: Int { results.count { !$0.failures.isEmpty } }

  package init(_ suite: CompiledSuite, _ options: Options) throws(PolicyEngine.Refusal) {
    self.suite = suite
    let program = suite.policy.program
    let engine = try PolicyEngine(program)
    let results = suite.cases.map { $0.test.run(engine) }
    self.results = results
    let counted = CountedFiles(suite.policy, options.countsInherited)
    if options.measuresCoverage {
      let literals = program.literals.filter { counted.has($0.location) }
      coverage = try PolicyCoverage(program, suite.cases.map(\.test.event), of: literals)
    } else {
      coverage = nil
    }
    if options.triesMutants {
      let mutants = PolicyMutant.all(of: program).filter { counted.has(Self.location(of: $0, in: suite.policy)) }
      // A case that fails already would take every mutant for noticed.
      let passing = zip(suite.cases, results).filter { $1.failures.isEmpty }.map(\.0.test)
      mutation = try MutationRun(program, mutants) { engine in passing.contains { !$0.run(engine).failures.isEmpty } }
    } else {
      mutation = nil
    }
  }

  /// Where a ruleset says what a mutant changes; nil where it is a default.
  package static func location(of mutant: PolicyMutant, in policy: LoweredPolicy) -> Location? {
    if let literal = mutant.literal { return literal.location }
    if mutant.guardName == "posture" { return policy.ruleset.posture?[mutant.key]?.location }
    guard let section = policy.ruleset.guards.first(where: { $0.name.value == mutant.guardName }) else { return nil }
    if mutant.key == "enabled" { return section.fields["enabled"]?.location ?? section.name.location }
    return section.fields[mutant.key]?.location
  }
}

/// The files whose entries count: those of the author, and others if that is asked or if there are no others.
private struct CountedFiles {
  private let files: [SourceFile]

  init(_ policy: LoweredPolicy, _ countsInherited: Bool) {
    let own = policy.chain.filter { !$0.name.utf8.starts(with: "ruleset:".utf8) && !Self.isBuiltIn($0.file) }
    files = (countsInherited || own.isEmpty ? policy.chain : own).map(\.file)
  }

  /// The first of a chain is called by its path, whatever it is.
  private static func isBuiltIn(_ file: SourceFile) -> Bool {
    BuiltInRulesets.names.contains { file.path == "\($0).yml" && BuiltInRulesets.file($0)?.bytes == file.bytes }
  }

  func has(_ location: Location?) -> Bool {
    // A default of ours stands nowhere, or at the start of the file that it is for.
    guard let location, location.range.upper > location.range.lower else { return false }
    return files.contains { $0 == location.file }
  }
}
