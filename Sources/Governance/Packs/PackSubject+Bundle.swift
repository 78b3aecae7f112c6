import IR
package import Ledger

extension PackSubject {
  /// A run in an evidence bundle.
  ///
  /// - Parameter report: what verifying the bundle found. A key vouches for it only if it also shows that no event was left
  ///   out.
  package init(bundle: EvidenceBundle, name: String, report: BundleReport) throws(LedgerFailure) {
    // Of a bundle that does not verify nothing is held against a pack but that.
    let events = report.isConsistent ? try bundle.events() : []
    let problem = report.findings.first.map { "\($0.message) [\($0.rule.rawValue)]" }
    self.init(
      kind: .evidenceBundle, name: name, events: events, artifacts: try Self.artifacts(events),
      verification: Verification(problem: problem, isSigned: report.isAnchored)
    ) { artifact in bundle.complaint(aboutArtifact: artifact.sha256) }
  }
}
