package import Diagnostics
package import Lowering
package import Source

/// The one way from a pack's file to a plan.
package enum PackCompiler {
  /// Reads, checks and lowers a pack; nil where there are errors. What its comments ignore is not in the bag.
  package static func compile(_ file: SourceFile, into bag: inout DiagnosticBag) -> LoweredPack? {
    var found = DiagnosticBag()
    let lowered = PackLowering.lower(file, into: &found)
    YAMLSuppressions.apply(to: &found, in: file, knownRules: RuleCatalog.knows)
    bag.add(contentsOf: found)
    return lowered
  }
}
