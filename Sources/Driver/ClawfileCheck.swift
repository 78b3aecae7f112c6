package import AST
package import Diagnostics
package import Lowering
import Parser
package import Source

/// A Clawfile that was read and checked.
package struct CheckedClawfile: Sendable {
  /// The tree.
  package var tree: Clawfile
  /// What a build would make of it.
  package var model: BuildModel

  /// Reads and checks a file; what its comments ignore is not in the bag.
  package static func check(_ file: SourceFile, into bag: inout DiagnosticBag) -> CheckedClawfile {
    var found = DiagnosticBag()
    let tree = ClawfileParser.parse(file, into: &found)
    let model = BuildWalk.run(tree, into: &found)
    LintRules.check(tree, model, into: &found)
    Suppressions.apply(to: &found, in: tree, knownRules: RuleCatalog.knows)
    bag.add(contentsOf: found)
    return CheckedClawfile(tree: tree, model: model)
  }
}
