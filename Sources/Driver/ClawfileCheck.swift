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
  /// - Parameter arguments: the build arguments that it will be built with; the rules look at the file's own defaults.
  /// - Parameter isWorker: whether ACT becomes build steps.
  package static func check(
    _ file: SourceFile, facts: any ImageFactsProvider = BaseImages(), arguments: [String: String] = [:],
    isWorker: Bool = false, into bag: inout DiagnosticBag
  ) -> CheckedClawfile {
    var found = DiagnosticBag()
    let tree = ClawfileParser.parse(file, into: &found)
    var model = BuildWalk.run(tree, into: &found)
    LintRules.check(tree, model, into: &found)
    if !tree.names(of: arguments).isEmpty {
      var unread = DiagnosticBag()
      model = BuildWalk.run(tree, arguments: arguments, into: &unread)
    }
    let lowered = ClawfileLowering.lower(tree, model, facts: facts, isWorker: isWorker, into: &found)
    Suppressions.apply(to: &found, in: tree, knownRules: RuleCatalog.knows)
    bag.add(contentsOf: found)
    return CheckedClawfile(tree: tree, model: model, lowered: lowered)
  }
}

extension Clawfile {
  /// Those of some build arguments that FROM lines can see: what ARG declares before the first of them.
  func names(of arguments: [String: String]) -> [String] {
    if arguments.isEmpty { return [] }
    var names: Set<String> = []
    for instruction in instructions.prefix(stages.first?.from ?? instructions.count) {
      if case .arg(let assignments) = instruction.body { names.formUnion(assignments.map(\.key.text)) }
    }
    return names.filter { arguments[$0] != nil }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
