package import Diagnostics
package import IR
package import Lowering
package import Source

/// The one way from a ruleset's file to a program.
package enum RulesetCompiler {
  /// Reads, resolves, checks and lowers a ruleset; nil where there are errors. What its comments ignore is not in the bag.
  ///
  /// - Parameter checksEntries: whether entries that do nothing are looked for, which a check does and a decision need not.
  package static func compile(
    _ file: SourceFile, profile: PolicyProfile, sources: RulesetSources, checksEntries: Bool = false,
    into bag: inout DiagnosticBag
  ) -> LoweredPolicy? {
    YAMLFindings.collect(of: file, into: &bag) { found in
      let lowered = PolicyLowering.lower(file, profile, sources: sources, into: &found)
      if checksEntries, let lowered {
        var entries = DiagnosticBag()
        PolicyLint.check(lowered.program, into: &entries)
        // What other files say is theirs to mend.
        entries.filter { $0.location.file == file }
        found.add(contentsOf: entries)
      }
      return lowered
    }
  }
}
