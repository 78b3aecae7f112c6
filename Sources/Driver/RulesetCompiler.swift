package import Diagnostics
package import IR
package import Lowering
package import Source

/// The one way from a ruleset's file to a program.
package enum RulesetCompiler {
  /// Reads, resolves, checks and lowers a ruleset; nil where there are errors. What its comments ignore is not in the bag.
  package static func compile(
    _ file: SourceFile, profile: PolicyProfile, sources: RulesetSources, into bag: inout DiagnosticBag
  ) -> LoweredPolicy? {
    var found = DiagnosticBag()
    let lowered = PolicyLowering.lower(file, profile, sources: sources, into: &found)
    YAMLSuppressions.apply(to: &found, in: file, knownRules: RuleCatalog.knows)
    bag.add(contentsOf: found)
    return lowered
  }
}
