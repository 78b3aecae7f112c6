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
  /// What its directives mean.
  package var lowered: LoweredClawfile

  /// Reads and checks a file; what its comments ignore is not in the bag.
  ///
  /// - Parameter facts: what is known of images that it is built on.
  /// - Parameter isWorker: whether ACT becomes build steps.
  package static func check(
    _ file: SourceFile, facts: any ImageFactsProvider = BaseImages(), isWorker: Bool = false,
    into bag: inout DiagnosticBag
  ) -> CheckedClawfile {
    var found = DiagnosticBag()
    let tree = ClawfileParser.parse(file, into: &found)
    let model = BuildWalk.run(tree, into: &found)
    LintRules.check(tree, model, into: &found)
    let lowered = ClawfileLowering.lower(tree, model, facts: facts, isWorker: isWorker, into: &found)
    Suppressions.apply(to: &found, in: tree, knownRules: RuleCatalog.knows)
    bag.add(contentsOf: found)
    return CheckedClawfile(tree: tree, model: model, lowered: lowered)
  }
}
