package import Diagnostics
package import Emitters
package import IR
import Lowering
import Parser
package import Source

/// The one way from the file of a workload or a fleet to what is made of it.
package enum WorkloadCompiler {
  /// Reads and checks a workload; nil where there are errors. What its comments ignore is not in the bag.
  package static func compile(_ file: SourceFile, into bag: inout DiagnosticBag) -> WorkloadPlan? {
    YAMLFindings.collect(of: file, into: &bag) { WorkloadLowering.lower(file, into: &$0) }
  }

  /// Reads and checks a fleet; nil where there are errors.
  package static func fleet(_ file: SourceFile, into bag: inout DiagnosticBag) -> Fleet? {
    YAMLFindings.collect(of: file, into: &bag) { FleetLowering.lower(file, into: &$0) }
  }

  /// What a workload becomes for an engine; nil where something would be lost that isn't waived, which is reported at
  /// its place.
  package static func emit(
    _ plan: WorkloadPlan, for target: WorkloadTarget, waived: Set<String>, into bag: inout DiagnosticBag
  ) -> EmittedWorkload? {
    let emitted = WorkloadEmitter.emit(plan, for: target, waived: waived)
    return report(
      emitted, waived: waived, engine: target.name, WorkloadRules.lost, place: { place(of: $0, in: plan) },
      help: { "remove it, choose another engine, or say --waive \($0)" }, into: &bag)
  }

  /// Reports what is lost and isn't waived, each at its place; nil where there is such.
  static func report(
    _ emitted: EmittedWorkload, waived: Set<String>, engine: String, _ rule: Rule, place: (String) -> Location?,
    help: (String) -> String, into bag: inout DiagnosticBag
  ) -> EmittedWorkload? {
    let lost = emitted.losses.filter { !waived.contains($0.field) }
    for loss in lost {
      guard let place = place(loss.field) else { continue }
      bag.report(
        rule, at: place, "\(engine) can't express '\(loss.field)': \(loss.reason)", help: help(loss.field))
    }
    return lost.isEmpty ? emitted : nil
  }

  /// Where a field stands, or what it is a part of.
  private static func place(of field: String, in plan: WorkloadPlan) -> Location? {
    var path = field[...]
    while true {
      if let place = plan.origins[String(path)] { return place }
      guard let dot = path.utf8.lastIndex(of: 0x2E) else { break }
      path = path[..<dot]
    }
    return plan.origins[""] ?? plan.origins.values.min { $0.range < $1.range }
  }
}
