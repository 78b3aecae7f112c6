import Canonical
import Source

/// Verifies a whole ledger from its segments alone, without index, lock or change.
package struct LedgerVerification {
  private let folder: LedgerFolder
  /// Commitments that the records must fit.
  private var anchors: [LedgerReport.Anchor] = []
  /// Checkpoints that nobody who is trusted signed. They vouch for nothing; but what contradicts them is wrong.
  private var claims: [Checkpoint] = []
  /// Whether every artifact that was recorded is read too.
  package var checksArtifacts = false

  package init(_ folder: LedgerFolder) { self.folder = folder }

  /// Adds a checkpoint, which counts only if a key that is trusted signed it; whether one did.
  @discardableResult
  package mutating func add(_ signed: SignedCheckpoint) throws(LedgerFailure) -> Bool {
    guard signed.checkpoint.origin == folder.origin else {
      throw LedgerFailure(
        .badCheckpoint, "the checkpoint is of '\(signed.checkpoint.origin)', and the ledger is '\(folder.origin)'")
    }
    guard !signed.signers.isEmpty else {
      claims.append(signed.checkpoint)
      return false
    }
    anchors.append(
      .init(
        kind: .checkpoint, size: signed.checkpoint.size, root: signed.checkpoint.root,
        signers: signed.signers.map(\.id)))
    return true
  }

  /// Adds what this machine saw of the ledger before.
  package mutating func add(_ head: KeptHeads.Head) {
    anchors.append(.init(kind: .keptHead, size: head.size, root: head.root, signers: []))
  }

  /// Reads everything.
  package func run() throws(LedgerFailure) -> LedgerReport {
    var report = LedgerReport(origin: folder.origin)
    var check = RecordCheck(artifacts: checksArtifacts ? ArtifactLibrary(folder) : nil)
    // A ledger is only as long as its processes say it is: what one is writing behind the end is none of it yet.
    let limit = try ControlFile.read(folder).map(\.size)
    var roots: [Int: Hash256] = [:]
    let wanted = Set(anchors.map(\.size) + claims.map(\.size))
    let segments = try folder.segments()
    var isWhole = true
    for (number, segment) in segments.enumerated() where isWhole {
      guard segment == check.frontier.size else {
        check.add(
          .init(
            .truncated, "the segment that begins with record \(check.frontier.size) is missing",
            index: check.frontier.size))
        isWhole = false
        break
      }
      guard let file = try DiskFile.read(folder.segment(segment)),
        let head = try? SegmentHead.read(file, first: segment)
      else {
        check.add(.init(.damaged, "the segment that begins with record \(segment) has no valid head", index: segment))
        isWhole = false
        break
      }
      if head.frontier != check.frontier {
        check.add(
          .init(.rootMismatch, "the records before record \(segment) are not those that were there", index: segment))
      }
      var scan = LogScan(file, segment: segment, from: SegmentHead.size)
      reading: while limit.map({ check.frontier.size < $0 }) ?? true {
        switch try scan.next() {
        case .record(let frame, let body, _):
          if wanted.contains(check.frontier.size) { roots[check.frontier.size] = check.frontier.root }
          check.check(frame, body)
        case .end(let place):
          if number < segments.count - 1, file.size > place.offset {
            check.add(.init(.damaged, "bytes lie behind the last record of a segment", index: check.frontier.size))
          }
          break reading
        case .damage(let place):
          let index = check.frontier.size
          let isLast = number == segments.count - 1
          check.add(
            .init(
              .damaged,
              "record \(index) in '\(file.path)' at byte \(place.offset) can't be read"
                + (isLast ? "; if it was being written when the machine stopped, the next append cuts it off" : ""),
              index: index))
          isWhole = false
          break reading
        }
      }
    }
    roots[check.frontier.size] = check.frontier.root
    check.finish()
    report.size = check.frontier.size
    report.root = check.frontier.root
    report.runs = check.runCount
    report.events = check.events
    report.pruned = check.prunedCount
    report.findings = check.findings
    if let limit, isWhole, report.size < limit {
      report.refute(.truncated, "the log has \(report.size) records, and had \(limit)")
    }
    hold(&report, roots)
    if report.size == 0, report.findings.isEmpty {
      report.findings.append(.init(.empty, "the ledger has no records"))
    }
    return report
  }

  /// Holds the roots against the commitments.
  private func hold(_ report: inout LedgerReport, _ roots: [Int: Hash256]) {
    for claim in claims {
      if claim.size > report.size {
        report.refute(.truncated, "the log has \(report.size) records, and the checkpoint has \(claim.size)")
      } else if roots[claim.size] != claim.root {
        report.refute(
          .rootMismatch, "the first \(claim.size) records are not those of the checkpoint, whoever signed it")
      }
    }
    for anchor in anchors {
      let name = anchor.kind == .checkpoint ? "the signed checkpoint" : "what this machine saw before"
      guard anchor.size <= report.size else {
        report.refute(
          anchor.kind == .checkpoint ? .truncated : .rollback,
          "the log has \(report.size) records, and \(name) has \(anchor.size)")
        continue
      }
      guard roots[anchor.size] == anchor.root else {
        let first = firstDifference(anchor)
        let place =
          first.map { "record \($0) is not the one that was sealed" } ?? "its first \(anchor.size) records are others"
        report.refute(
          anchor.kind == .checkpoint ? .rootMismatch : .fork, "the log does not fit \(name): \(place)", index: first)
        continue
      }
      report.anchors.append(anchor)
    }
  }

  /// The first record that is not the one that a commitment has a leaf of, if the tiles still tell.
  private func firstDifference(_ anchor: LedgerReport.Anchor) -> Int? {
    guard let size = (try? folder.lastCheckpoint(keys: []))??.checkpoint.size, size >= anchor.size else { return nil }
    var tiles = TileReader(folder, size: size)
    let root = try? MerkleTree.root(of: 0..<anchor.size) { (level, index) throws(LedgerFailure) in
      try tiles.complete(level, index)
    }
    guard root == anchor.root, let segments = try? folder.segments() else { return nil }
    var index = 0
    var entries = EntryWriter()
    for segment in segments {
      guard let file = (try? DiskFile.read(folder.segment(segment))) ?? nil else { return index }
      var scan = LogScan(file, segment: segment, from: SegmentHead.size)
      while index < anchor.size, case .record(let frame, let body, _)? = try? scan.next() {
        var leaf = MerkleTree.leaf(body)
        if frame.kind == .event {
          leaf =
            entries.leaf(body.bindMemory(to: UInt8.self), hash: Hash256(of: body), prevHash: frame.prevHash) ?? leaf
        }
        guard (try? tiles.complete(0, index)) == leaf else { return index }
        index += 1
      }
    }
    return index < anchor.size ? index : nil
  }
}
