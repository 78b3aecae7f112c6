package import Canonical
import JSON

/// What a page about a run is made of.
package struct RunReport: Sendable {
  /// An event, and where it is in the log.
  package struct Event: Sendable {
    package var entry: LogEntry
    package var index: Int
    /// Objects in canonical JSON; nil if they were pruned.
    package var actor: [UInt8]?
    package var payload: [UInt8]?
    /// The hashes from its leaf to the root of the checkpoint; nil if that does not have it.
    package var path: [Hash256]?
  }

  /// An artifact, and what became of its bytes.
  package struct Artifact: Sendable {
    package var artifact: BundleArtifact
    /// What is wrong with its bytes; nil if nothing is.
    package var complaint: String?
    /// Its text, if it is one and not long.
    package var text: String?
  }

  /// Something that was checked.
  package struct Verdict: Sendable {
    package var name: String
    package var isRight: Bool
    package var text: String

    package init(name: String, isRight: Bool, text: String) {
      self.name = name
      self.isRight = isRight
      self.text = text
    }
  }

  package var run: LedgerView.Run
  package var origin: String
  /// What was said about the run when it began.
  package var metadata: [(name: String, value: String)] = []
  /// The first events and the last ones; all of them if there are not many.
  package var events: [Event] = []
  /// How many are left out behind the first ones: a page of all would be one that nobody can open.
  package var omitted = 0
  /// How many events there are on each side of those that are left out.
  static let sideLimit = 1000
  package var artifacts: [Artifact] = []
  package var verdicts: [Verdict] = []
  /// The signed note that covers the run, if there is one, and the keys that are trusted and signed it.
  package var checkpoint: SignedCheckpoint?

  /// Most bytes of an artifact whose text is shown.
  private static let textLimit = 16_384

  /// Reads a run.
  ///
  /// - Parameter report: what verifying the whole ledger found.
  package init(
    _ runId: String, _ view: LedgerView, report: LedgerReport, keys: CheckpointKeys
  ) throws(LedgerFailure) {
    run = try view.run(runId)
    origin = view.folder.origin
    let last = try view.event(runId, run.eventCount).index
    let signed = try? view.folder.lastCheckpoint(keys: keys)
    var prover: LedgerProver?
    if let signed, signed.checkpoint.size > last, let made = try? LedgerProver(view.folder, checkpoint: signed) {
      checkpoint = signed
      prover = made
    }
    var found: [Event] = []
    var end: [Event] = []
    var proven = 0
    var recorded: [BundleArtifact] = []
    var seen: Set<String> = []
    var packs: [Verdict] = []
    var verification = ChainVerification()
    var pruned = 0
    try view.events(runId) { (record) throws(LedgerFailure) in
      if let event = record.event {
        verification.add(line: event.bytes)
        if let artifact = try? RecordedArtifacts.artifact(event), seen.insert(artifact.sha256).inserted {
          recorded.append(artifact)
        }
        packs += Self.packVerdicts(event)
      } else {
        pruned += 1
      }
      let proof = try? prover?.inclusion(of: record.index, data: record.entry.bytes)
      if proof != nil { proven += 1 }
      let event = Event(
        entry: record.entry, index: record.index, actor: record.event?.actor, payload: record.event?.payload,
        path: proof?.path)
      if found.count < Self.sideLimit { return found.append(event) }
      end.append(event)
      if end.count >= 2 * Self.sideLimit { end.removeFirst(Self.sideLimit) }
    }
    events = found + end.suffix(Self.sideLimit)
    omitted = run.eventCount - events.count
    if let start = try view.event(runId, 1).event, let value = try? JSONDocument.read(start.metadata) {
      metadata = (value.members ?? []).map { ($0.name, $0.value.string ?? $0.value.text()) }
    }
    artifacts = recorded.map { Self.read($0, ArtifactLibrary(view.folder)) }
    verdicts = Self.verdicts(pruned == 0 ? verification.finished() : nil, report, pruned)
    verdicts.append(Self.proofVerdict(checkpoint, run.eventCount - proven))
    if let verdict = Self.artifactVerdict(artifacts) { verdicts.append(verdict) }
    verdicts += packs
  }

  private static func read(_ artifact: BundleArtifact, _ library: ArtifactLibrary) -> Artifact {
    var found = Artifact(artifact: artifact)
    do throws(LedgerFailure) {
      try library.check(artifact.sha256, size: artifact.size)
      if artifact.size <= textLimit, isText(artifact.mime) {
        var bytes: [UInt8] = []
        try library.read(artifact.sha256) { bytes += $0 }
        found.text = String(validating: bytes, as: UTF8.self)
      }
    } catch {
      found.complaint = error.message
    }
    return found
  }

  private static func isText(_ mime: String) -> Bool {
    mime.utf8.starts(with: "text/".utf8)
      || ["application/json", "application/xml", "application/javascript"].contains(mime)
  }

  // MARK: Verdicts

  private static func verdicts(_ chain: ChainResult?, _ report: LedgerReport, _ pruned: Int) -> [Verdict] {
    var verdicts = [
      Verdict(
        name: "ledger", isRight: report.isConsistent,
        text: report.findings.first.map { "\(report.verdict): \($0.message)" } ?? report.verdict)
    ]
    if let chain {
      let failure = chain.failures.first.map { "event \($0.seq): \($0.reason.rawValue)" }
      verdicts.append(
        .init(
          name: "chain", isRight: chain.isValid,
          text: failure ?? "\(chain.eventCount) hashes and links are those of the events"))
    } else {
      verdicts.append(
        .init(name: "chain", isRight: report.isConsistent, text: "\(pruned) events were pruned; their hashes are left"))
    }
    return verdicts
  }

  /// What an event says of packs that something was held against.
  private static func packVerdicts(_ event: AuditEvent) -> [Verdict] {
    guard event.type == "StepCompleted", let result = (try? JSONDocument.read(event.payload))?["result"] else {
      return []
    }
    return (result["packs"]?.array ?? []).compactMap { row in
      guard let pack = row["pack"]?.string, let verdict = row["verdict"]?.string else { return nil }
      let version = row["version"]?.string.map { " \($0)" } ?? ""
      let subject = result["subject"]?.string.map { " on \($0)" } ?? ""
      return Verdict(
        name: "pack", isRight: verdict == "pass",
        text: "\(pack)\(version)\(subject): \(verdict), as event \(event.seq) recorded it")
    }
  }

  private static func artifactVerdict(_ artifacts: [Artifact]) -> Verdict? {
    if artifacts.isEmpty { return nil }
    let wrong = artifacts.count { $0.complaint != nil }
    return Verdict(
      name: "artifacts", isRight: wrong == 0,
      text: wrong == 0
        ? "\(artifacts.count) recorded, each with the bytes that it had"
        : "\(wrong) of \(artifacts.count) are missing or have other bytes than were recorded")
  }

  private static func proofVerdict(_ checkpoint: SignedCheckpoint?, _ unproven: Int) -> Verdict {
    guard let checkpoint else {
      return Verdict(
        name: "checkpoint", isRight: false, text: "no checkpoint has all of the run: nothing vouches for it")
    }
    guard unproven == 0 else {
      return Verdict(
        name: "checkpoint", isRight: false, text: "\(unproven) events are not in the log that was sealed")
    }
    if let doubt = checkpoint.doubt {
      return Verdict(
        name: "checkpoint", isRight: false, text: "all events are in the log that was sealed, but \(doubt)")
    }
    return Verdict(
      name: "checkpoint", isRight: true,
      text: "all events are in the log, signed by \(checkpoint.signers.map(\.id).joined(separator: ", "))")
  }
}
