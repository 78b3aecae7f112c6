import Canonical
import Glibc
import JSON
import Source

/// Writes a run of a ledger as an evidence bundle. The same ledger, sealed as often, gives the same bytes.
package struct EvidenceExport {
  /// A policy or a pack that goes with the run.
  package struct Attachment: Sendable {
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// What goes into a bundle.
  package struct Options: Sendable {
    /// Whether the bytes of artifacts do.
    package var includesArtifacts = true
    /// The most bytes of an artifact that does.
    package var maxIncludeBytes = 10_485_760
    /// Whether nothing does that ClawForge's bundles don't have.
    package var isReference = false
    package var policies: [Attachment] = []
    package var packs: [Attachment] = []

    package init() {}
  }

  /// What was written.
  package struct Result: Sendable, Equatable {
    package var runId: String
    package var eventCount = 0
    package var artifactCount = 0
    /// Artifacts whose bytes are in the bundle.
    package var includedCount = 0
    /// How many records the checkpoint in the bundle has; nil if there is none.
    package var checkpointSize: Int?
  }

  private let view: LedgerView
  private let options: Options

  package init(_ view: LedgerView, _ options: Options = Options()) {
    self.view = view
    self.options = options
  }

  /// Writes a bundle in place as a whole. Nothing is written if the chain is broken, or an artifact has other bytes than were
  /// recorded.
  package func write(_ runId: String, to path: String) throws(LedgerFailure) -> Result {
    // A file is replaced; what is there and is none, a device say, is not.
    _ = try DiskFile.read(path)
    let temporary = "\(path).new-\(getpid())-\(UInt64.random(in: .min ... .max))"
    do throws(LedgerFailure) {
      let file = try DiskFile.write(temporary, exclusive: true)
      let result = try write(runId, file)
      try file.sync()
      guard rename(temporary, path) == 0 else { throw DiskFile.failure(path, writing: true) }
      try DiskFolder.sync(DiskFolder.parent(of: path))
      return result
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func write(_ runId: String, _ file: DiskFile) throws(LedgerFailure) -> Result {
    var result = Result(runId: runId)
    var zip = ZipWriter(file)
    _ = try view.run(runId)
    guard let start = try view.event(runId, 1).event else { throw Self.pruned(1) }
    try zip.add(BundleLayout.run, Self.run(start))
    var verification = ChainVerification()
    var artifacts: [String: BundleArtifact] = [:]
    var lastIndex = 0
    try zip.add(BundleLayout.events) { (sink) throws(LedgerFailure) in
      try view.events(runId) { (record) throws(LedgerFailure) in
        guard let event = record.event else { throw Self.pruned(record.entry.seq) }
        let line = event.bytes
        verification.add(line: line)
        lastIndex = record.index
        if let artifact = try RecordedArtifacts.artifact(event), artifacts[artifact.sha256] == nil {
          artifacts[artifact.sha256] = artifact
        }
        try sink(line + [0x0A])
      }
    }
    let chain = verification.finished()
    if let failure = chain.failures.first {
      throw LedgerFailure(
        .brokenLink, "the chain of the run does not verify: event \(failure.seq): \(failure.reason.rawValue)")
    }
    result.eventCount = chain.eventCount
    try zip.add(BundleLayout.contracts, BundleSchemas.contracts)
    try zip.add(BundleLayout.audit, BundleSchemas.audit)
    var rows = artifacts.values.sorted { $0.sha256.utf8.lexicographicallyPrecedes($1.sha256.utf8) }
    for index in rows.indices {
      rows[index].isIncluded = options.includesArtifacts && rows[index].size <= options.maxIncludeBytes
    }
    result.artifactCount = rows.count
    var list = CanonicalObject()
    list.add("artifacts", canonical: CanonicalObject.array(rows.map(\.bytes)))
    try zip.add(BundleLayout.artifacts, list.bytes)
    let chainBytes = Self.chain(chain, runId)
    guard chainBytes.count <= BundleLayout.documentLimit, list.bytes.count <= BundleLayout.documentLimit else {
      throw LedgerFailure(.bundleTooLarge, "the run has more events or artifacts than a bundle is read with")
    }
    try zip.add(BundleLayout.chain, chainBytes)
    for row in rows where row.isIncluded {
      try add(row, to: &zip)
      result.includedCount += 1
    }
    if !options.isReference {
      result.checkpointSize = try addProofs(runId, lastIndex, to: &zip)
      try add(options.policies, BundleLayout.policies, to: &zip)
      try add(options.packs, BundleLayout.packs, to: &zip)
      let lines = zip.digests.map { "\($0.sha256)  \($0.name)\n" }
      try zip.add(BundleLayout.manifest, Array(lines.joined().utf8))
    }
    try zip.finish()
    return result
  }

  private static func pruned(_ seq: Int) -> LedgerFailure {
    LedgerFailure(.pruned, "event \(seq) was pruned, and can't be exported")
  }

  // MARK: Documents

  private static func run(_ start: AuditEvent) -> [UInt8] {
    var object = CanonicalObject()
    object.add("createdAt", start.ts)
    object.add("metadata", canonical: start.metadata)
    object.add("runId", start.runId)
    return object.bytes
  }

  private static func chain(_ result: ChainResult, _ runId: String) -> [UInt8] {
    var object = CanonicalObject()
    object.add("eventCount", result.eventCount)
    object.add("failures", canonical: Array("[]".utf8))
    object.add("hashes", canonical: CanonicalObject.array(result.hashes.map(CanonicalObject.text)))
    object.add("runId", runId)
    object.add("verified", true)
    return object.bytes
  }

  private func add(_ artifact: BundleArtifact, to zip: inout ZipWriter) throws(LedgerFailure) {
    var size = 0
    let found = try zip.add(BundleLayout.artifact(artifact.sha256)) { (sink) throws(LedgerFailure) in
      try ArtifactLibrary(view.folder).read(artifact.sha256) { (bytes) throws(LedgerFailure) in
        size += bytes.count
        try sink(bytes)
      }
    }
    // The digest is of the bytes that are in the bundle now.
    guard found == artifact.sha256, size == artifact.size else {
      throw LedgerFailure(.artifactMismatch, "the artifact \(artifact.sha256) has other bytes than were recorded")
    }
  }

  private func add(
    _ attachments: [Attachment], _ folder: String, to zip: inout ZipWriter
  ) throws(LedgerFailure) {
    var names = ZipNames()
    for attachment in attachments {
      let name = try names.add(Array((folder + attachment.name).utf8), isUnicode: true)
      guard BundleLayout.isAttachment(name) else {
        throw LedgerFailure(.pathTraversal, "'\(attachment.name)' can't name a file in a bundle")
      }
      try zip.add(name, attachment.bytes)
    }
  }

  // MARK: Proofs

  /// Adds the last checkpoint and a proof for each event, if the checkpoint has all of them; its size.
  private func addProofs(_ runId: String, _ lastIndex: Int, to zip: inout ZipWriter) throws(LedgerFailure) -> Int? {
    guard let signed = try view.folder.lastCheckpoint(keys: []), signed.checkpoint.size > lastIndex else { return nil }
    var prover = try LedgerProver(view.folder, checkpoint: signed)
    try zip.add(BundleLayout.checkpoint, signed.note)
    try zip.add(BundleLayout.proofs) { (sink) throws(LedgerFailure) in
      try view.events(runId) { (record) throws(LedgerFailure) in
        let proof = try prover.inclusion(of: record.index, data: record.entry.bytes)
        try sink(BundleProof(seq: record.entry.seq, index: record.index, path: proof.path).bytes + [0x0A])
      }
    }
    if let envelope = try view.folder.sealEnvelope(of: signed), BundleSeal.isAbout(signed, envelope) {
      try zip.add(BundleLayout.seal, envelope)
    }
    return signed.checkpoint.size
  }
}

extension AuditEvent {
  /// The `metadata` of a `RunStarted`, an object in canonical JSON; an empty one if there is none.
  var metadata: [UInt8] {
    let members = CanonicalMembers(payload)?.members ?? []
    let found = members.first { payload[$0.name].elementsEqual("metadata".utf8) }
    return found.map { Array(payload[$0.value]) } ?? Array("{}".utf8)
  }
}

extension LedgerFolder {
  /// The envelope that was written with a checkpoint; nil if it is gone.
  fileprivate func sealEnvelope(of signed: SignedCheckpoint) throws(LedgerFailure) -> [UInt8]? {
    let path = FilePath.join(checkpoints, "\(signed.checkpoint.size).dsse.json")
    return try DiskFile.read(path)?.all(limit: Self.smallLimit)
  }
}
