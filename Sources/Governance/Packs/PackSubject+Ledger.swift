import IR
package import Ledger

extension PackSubject {
  /// A run in a ledger.
  ///
  /// - Parameter report: what verifying the whole ledger found.
  package init(run runId: String, in view: LedgerView, report: LedgerReport) throws(LedgerFailure) {
    var events: [AuditEvent] = []
    var last = 0
    var pruned = 0
    try view.events(runId) { record in
      last = record.index
      if let event = record.event { events.append(event) } else { pruned += 1 }
    }
    var problem = report.findings.first.map { "\($0.message) [\($0.rule.rawValue)]" }
    if problem == nil, pruned > 0 { problem = "\(pruned) event\(pruned == 1 ? " was" : "s were") pruned" }
    // A key vouches for the run if it signed a log that was long enough to hold all of it.
    let isSigned = report.anchors.contains { $0.kind == .checkpoint && !$0.signers.isEmpty && $0.size > last }
    let library = ArtifactLibrary(view.folder)
    self.init(
      kind: .run, name: runId, events: events, artifacts: try Self.artifacts(events),
      verification: Verification(problem: problem, isSigned: isSigned)
    ) { artifact in
      do throws(LedgerFailure) {
        try library.check(artifact.sha256)
        return nil
      } catch {
        return error.message
      }
    }
    prunedEvents = pruned
  }

  /// The artifacts that events record, each digest once.
  static func artifacts(_ events: [AuditEvent]) throws(LedgerFailure) -> [Artifact] {
    try RecordedArtifacts.all(events).map { Artifact(sha256: $0.sha256, label: $0.label, mime: $0.mime) }
  }
}
