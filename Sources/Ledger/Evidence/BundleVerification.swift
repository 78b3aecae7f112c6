import Canonical
import JSON

extension EvidenceBundle {
  /// Reads everything in the bundle, and holds each part against the others and the checkpoint against keys. It needs no
  /// ledger.
  package func verify(keys: CheckpointKeys) -> BundleReport {
    var check = BundleCheck(self)
    check.run(keys)
    return check.report
  }
}

/// Verifies a bundle, one question after the other; what one can't answer does not keep the others from being asked.
private struct BundleCheck {
  private let bundle: EvidenceBundle
  private let archive: ZipReader
  var report: BundleReport
  /// The digests of all entries.
  private var digests: [String: String] = [:]
  private var chain = ChainResult()
  private var first: AuditEvent?
  private var last: AuditEvent?
  private var recorded: [String: BundleArtifact] = [:]

  init(_ bundle: EvidenceBundle) {
    self.bundle = bundle
    archive = bundle.archive
    report = BundleReport(runId: bundle.runId, isReference: bundle.isReference)
  }

  mutating func run(_ keys: CheckpointKeys) {
    for entry in archive.entries {
      do throws(LedgerFailure) { digests[entry.name] = try archive.sha256(entry) } catch { report.add(error) }
    }
    do throws(LedgerFailure) { try readCheckpoint(keys) } catch { report.add(error) }
    do throws(LedgerFailure) { try readEvents() } catch { report.add(error) }
    do throws(LedgerFailure) { try holdChain() } catch { report.add(error) }
    holdRun()
    holdArtifacts()
    if !report.isReference {
      do throws(LedgerFailure) { try holdManifest() } catch { report.add(error) }
    }
  }

  private mutating func readCheckpoint(_ keys: CheckpointKeys) throws(LedgerFailure) {
    for name in [BundleLayout.contracts, BundleLayout.audit] {
      guard let bytes = try archive.bytes(name, limit: BundleLayout.documentLimit),
        (try? JSONDocument.read(bytes))?.members != nil
      else { throw LedgerFailure(.badBundle, "'\(name)' is no JSON object") }
    }
    let note = try archive.bytes(BundleLayout.checkpoint, limit: SignedNote.limit)
    let signed = try note.map { (note) throws(LedgerFailure) in try SignedCheckpoint(note, keys: keys) }
    if let envelope = try archive.bytes(BundleLayout.seal, limit: LedgerFolder.smallLimit) {
      guard let signed, BundleSeal.isAbout(signed, envelope) else {
        throw LedgerFailure(
          .badCheckpoint,
          "'\(BundleLayout.seal)' is no statement about the checkpoint of the bundle, by those who signed that")
      }
    }
    guard let signed else { return }
    report.checkpoint = signed.checkpoint
    report.signers = signed.signers.map(\.id)
    report.doubt = signed.doubt
  }

  // MARK: Events and proofs

  private mutating func readEvents() throws(LedgerFailure) {
    guard var lines = try archive.lines(BundleLayout.events) else { return }
    var proofs = try archive.lines(BundleLayout.proofs)
    let hasProofs = archive.entry(BundleLayout.proofs) != nil
    if hasProofs != (archive.entry(BundleLayout.checkpoint) != nil) {
      report.add(
        .badProof, "the bundle has \(hasProofs ? "proofs without a checkpoint" : "a checkpoint without proofs")")
    }
    var verification = ChainVerification()
    var previous = -1
    var proven = 0
    while let line = try lines.next() {
      let event = verification.add(line: line)
      if let event { take(event) }
      guard hasProofs else { continue }
      guard let text = try proofs?.next(), let proof = BundleProof(text) else {
        report.add(.badProof, "an event of the bundle has no proof", seq: event?.seq)
        continue
      }
      guard let event, prove(event, proof, behind: previous) else {
        report.add(
          .badProof, "the proof of an event does not lead to the root of the checkpoint", seq: event?.seq ?? proof.seq)
        continue
      }
      previous = proof.index
      proven += 1
    }
    if hasProofs, try proofs?.next() != nil {
      report.add(.badProof, "the bundle has more proofs than events")
    }
    chain = verification.finished()
    report.eventCount = chain.eventCount
    for failure in chain.failures {
      report.add(
        failure.rule,
        "event \(failure.seq): \(failure.reason.rawValue): expected \(failure.expected), found "
          + failure.actual, seq: failure.seq)
    }
    report.isProven = proven > 0 && proven == chain.eventCount
    let hasEnded = last.map { ["RunCompleted", "RunFailed"].contains($0.type) } ?? false
    report.isComplete = hasEnded || report.isProven && previous + 1 == report.checkpoint?.size
  }

  private mutating func take(_ event: AuditEvent) {
    if first == nil { first = event }
    last = event
    do throws(LedgerFailure) {
      if let artifact = try RecordedArtifacts.artifact(event), recorded[artifact.sha256] == nil {
        recorded[artifact.sha256] = artifact
      }
    } catch {
      report.add(error.rule, error.message, seq: event.seq)
    }
  }

  private func prove(_ event: AuditEvent, _ proof: BundleProof, behind previous: Int) -> Bool {
    guard proof.seq == event.seq, proof.index > previous, let checkpoint = report.checkpoint,
      let entry = LogEntry(event)
    else { return false }
    return MerkleProof.verifiesInclusion(
      of: entry.leaf, at: proof.index, size: checkpoint.size, root: checkpoint.root, path: proof.path)
  }

  // MARK: Documents

  private mutating func holdChain() throws(LedgerFailure) {
    let document = try archive.document(
      BundleLayout.chain, members: ["eventCount", "failures", "hashes", "runId", "verified"])
    let hashes = document["hashes"]?.array?.map { $0.string ?? "" }
    guard document["eventCount"]?.integer == chain.eventCount, hashes == chain.hashes,
      document["runId"]?.string == bundle.runId, document["verified"]?.bool == true,
      document["failures"]?.array?.isEmpty == true
    else { throw LedgerFailure(.badBundle, "'\(BundleLayout.chain)' does not fit the events") }
  }

  private mutating func holdRun() {
    guard let first else { return }
    if first.runId != bundle.runId {
      report.add(.badBundle, "'\(BundleLayout.run)' is of another run than the events")
    }
    if first.metadata != bundle.metadata {
      report.add(.badBundle, "the metadata of '\(BundleLayout.run)' is not that of the first event")
    }
    guard first.ts != bundle.createdAt else { return }
    // ClawForge notes the time of a run and that of its first event one after the other.
    if report.isReference {
      report.notes.append("nothing vouches for the time in \(BundleLayout.run)")
    } else {
      report.add(.badBundle, "the time of '\(BundleLayout.run)' is not that of the first event")
    }
  }

  // MARK: Artifacts

  private mutating func holdArtifacts() {
    var listed: [String: BundleArtifact] = [:]
    // ClawForge's exporter lists artifacts as included when it was told to leave all out.
    let hasNone = !archive.entries.contains { BundleLayout.artifactDigest($0.name) != nil }
    let isLeftOut = report.isReference && hasNone && bundle.artifacts.contains(where: \.isIncluded)
    if isLeftOut { report.notes.append("the bundle has none of the artifacts that it lists as included") }
    for row in bundle.artifacts {
      if listed.updateValue(row, forKey: row.sha256) != nil, !report.isReference {
        report.add(.badBundle, "the artifact \(row.sha256) is listed twice")
      }
      guard let event = recorded[row.sha256], event.size == row.size, report.isReference || event.isNamed(like: row)
      else {
        report.add(.badBundle, "the artifact \(row.sha256) is not listed as an event recorded it")
        continue
      }
      hold(row, isLeftOut: isLeftOut)
    }
    for sha256 in recorded.keys.sorted() where listed[sha256] == nil {
      report.add(.badBundle, "the artifact \(sha256) was recorded, and is not listed")
    }
    for entry in archive.entries {
      guard let sha256 = BundleLayout.artifactDigest(entry.name) else { continue }
      if listed[sha256]?.isIncluded != true {
        report.add(.badBundle, "the bundle has the bytes of the artifact \(sha256), and does not list them")
      }
    }
    report.artifactCount = listed.count
  }

  private mutating func hold(_ row: BundleArtifact, isLeftOut: Bool) {
    guard row.isIncluded, !isLeftOut else { return }
    guard let entry = archive.entry(BundleLayout.artifact(row.sha256)) else {
      return report.add(.artifactNotFound, "the bytes of the artifact \(row.sha256) are missing")
    }
    // An entry that can't be read was told already.
    guard let digest = digests[entry.name] else { return }
    guard digest == row.sha256, entry.size == row.size else {
      return report.add(.artifactMismatch, "the artifact \(row.sha256) has other bytes than its name says")
    }
    report.includedCount += 1
  }

  private mutating func holdManifest() throws(LedgerFailure) {
    guard var lines = try archive.lines(BundleLayout.manifest) else {
      throw LedgerFailure(.badBundle, "the bundle has no '\(BundleLayout.manifest)'")
    }
    var left = digests
    left[BundleLayout.manifest] = nil
    while let line = try lines.next() {
      let text = String(decoding: line, as: UTF8.self)
      let (digest, name) = (String(text.prefix(64)), String(text.dropFirst(66)))
      guard line.count > 66, text.dropFirst(64).utf8.starts(with: "  ".utf8), let found = left.removeValue(forKey: name)
      else {
        report.add(.badBundle, "'\(BundleLayout.manifest)' has a line for what is no entry, or was one already")
        continue
      }
      if found != digest { report.add(.hashMismatch, "'\(name)' has other bytes than the manifest says") }
    }
    for name in left.keys.sorted() { report.add(.badBundle, "the manifest has no line for '\(name)'") }
  }
}

extension BundleArtifact {
  fileprivate func isNamed(like other: BundleArtifact) -> Bool { label == other.label && mime == other.mime }
}

extension ChainResult.Failure {
  /// The rule that the ledger has for it.
  fileprivate var rule: LedgerFailure.Rule {
    switch reason {
    case .hashMismatch: .hashMismatch
    case .firstHasPrevious, .prevHashMismatch: .brokenLink
    case .sequenceGap, .otherRun: .badSequence
    case .malformed, .notCanonical: .malformedEvent
    case .notStarted: .wrongOrder
    case .noEvents: .empty
    case .treeSize: .truncated
    case .treeRoot: .rootMismatch
    }
  }
}
