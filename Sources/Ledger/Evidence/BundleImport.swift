import Canonical
import JSON

extension Ledger {
  /// What became of a bundle.
  package struct Taken: Sendable, Equatable {
    package var runId: String
    package var eventCount: Int
    /// Artifacts whose bytes came with it.
    package var artifactCount: Int
    /// Whether the run was there already, the very same.
    package var wasThere: Bool

    package init(runId: String, eventCount: Int, artifactCount: Int, wasThere: Bool) {
      self.runId = runId
      self.eventCount = eventCount
      self.artifactCount = artifactCount
      self.wasThere = wasThere
    }
  }

  /// Takes the run of a bundle in: its events with their identities and times, its artifacts by their digests.
  ///
  /// The bundle must verify, and its events must be what `append` takes. A run that is there already is left as it is if it is
  /// the same, and is a failure if not.
  package func take(_ bundle: EvidenceBundle) throws(LedgerFailure) -> Taken {
    if let finding = bundle.verify(keys: []).findings.first { throw LedgerFailure(finding.rule, finding.message) }
    let events = try bundle.events()
    var drafts: [EventDraft] = []
    drafts.reserveCapacity(events.count)
    for event in events {
      guard Digest.sha256Hex(event.hashedBytes) == event.hash else {
        throw LedgerFailure(
          .hashMismatch,
          "event \(event.seq) was hashed in another form than this ledger has: it can't be taken in as it is")
      }
      drafts.append(
        EventDraft(
          type: event.type, payload: event.payload, actor: event.actor, eventId: event.eventId, runId: event.runId,
          ts: event.ts, schemaVersion: event.schemaVersion))
    }
    var taken = Taken(runId: bundle.runId, eventCount: events.count, artifactCount: 0, wasThere: false)
    taken.wasThere = try isThere(events, bundle.runId)
    let library = ArtifactLibrary(folder)
    for artifact in bundle.artifacts {
      guard let entry = bundle.archive.entry(BundleLayout.artifact(artifact.sha256)) else { continue }
      var content = try bundle.archive.content(entry)
      try library.put(artifact.sha256) { () throws(LedgerFailure) in try content.next() }
      taken.artifactCount += 1
    }
    if taken.wasThere { return taken }
    let receipts = try append(drafts, run: bundle.runId, actor: EventActor(id: "import", kind: .system))
    guard receipts.map(\.hash) == events.map(\.hash) else {
      throw LedgerFailure(.runExists, "the run \(bundle.runId) was begun by somebody else meanwhile")
    }
    return taken
  }

  /// Whether the very same run is there; a failure if another one of its identity is.
  private func isThere(_ events: [AuditEvent], _ runId: String) throws(LedgerFailure) -> Bool {
    let view = try LedgerView(folder)
    guard let run = try? view.run(runId) else { return false }
    guard run.eventCount == events.count, run.hash == events.last?.hash else {
      throw LedgerFailure(.runExists, "the ledger has a run \(runId), and it is not the one in the bundle")
    }
    var index = 0
    try view.events(runId) { (record) throws(LedgerFailure) in
      // What was pruned is compared by what is left of it.
      guard index < events.count, LogEntry(events[index]) == record.entry else {
        throw LedgerFailure(.runExists, "event \(index + 1) of the run \(runId) is not the one in the bundle")
      }
      index += 1
    }
    return true
  }
}
