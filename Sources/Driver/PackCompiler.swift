package import Diagnostics
package import Lowering
package import Source

/// The one way from a pack's file to a plan.
package enum PackCompiler {
  /// Reads, checks and lowers a pack; nil where there are errors. What its comments ignore is not in the bag.
  package static func compile(_ file: SourceFile, into bag: inout DiagnosticBag) -> LoweredPack? {
    YAMLFindings.collect(of: file, into: &bag) { PackLowering.lower(file, into: &$0) }
  }
}
