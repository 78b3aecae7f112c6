package import Diagnostics
package import Emitters
import Guards
package import IR
import Lowering
import Parser
package import Source

/// The one way from the file of a tenancy to what is made of it.
package enum TenancyCompiler {
  /// Reads and checks a tenancy; nil where there are errors. What its comments ignore is not in the bag.
  package static func compile(_ file: SourceFile, into bag: inout DiagnosticBag) -> Tenancy? {
    var found = DiagnosticBag()
    let tenancy = TenancyLowering.lower(file, into: &found)
    YAMLSuppressions.apply(to: &found, in: file, knownRules: RuleCatalog.knows)
    bag.add(contentsOf: found)
    return tenancy
  }

  /// What a tenancy becomes for Kubernetes 1.`minor`; nil where something would be lost that isn't waived, which is
  /// reported at its place.
  package static func emit(
    _ tenancy: Tenancy, minor: Int, waived: Set<String>, into bag: inout DiagnosticBag
  ) -> EmittedWorkload? {
    let emitted = TenancyEmitter.emit(
      tenancy, minor: minor, waived: waived, classes: WorkloadLanguage.priorityClasses)
    let lost = emitted.losses.filter { !waived.contains($0.field) }
    for loss in lost {
      guard let place = tenancy.origins[loss.field] else { continue }
      bag.report(
        TenancyRules.lost, at: place, "Kubernetes 1.\(minor) can't express '\(loss.field)': \(loss.reason)",
        help: "remove it, or say --waive '\(loss.field)'")
    }
    return lost.isEmpty ? emitted : nil
  }

  /// Reports workloads that want more than a tenant may have, in all or in one of its namespaces; false where there is
  /// no such tenant or namespace.
  package static func count(
    _ plans: [WorkloadPlan], against tenancy: Tenancy, tenant name: String, namespace: String?,
    into bag: inout DiagnosticBag
  ) -> Bool {
    guard let tenant = tenancy.tenants.first(where: { $0.name == name }) else { return false }
    guard let namespace else {
      TenancyLowering.count(plans, against: tenant.quota, of: name, into: &bag)
      return true
    }
    guard let found = tenant.namespaces.first(where: { $0.name == namespace }) else { return false }
    TenancyLowering.count(plans, against: tenant.quota(of: found), of: namespace, into: &bag)
    return true
  }
}
