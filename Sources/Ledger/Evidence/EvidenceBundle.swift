import Canonical
import JSON
import Source

/// A run as it leaves its ledger: a zip file with events, artifacts, and what shows that both are what was recorded.
///
/// Opening one reads its directory and its two small documents; `verify` reads everything.
package struct EvidenceBundle: Sendable {
  /// The file.
  package let path: String
  let archive: ZipReader
  package let runId: String
  package let createdAt: String
  /// What `RunStarted` says about the run, an object in canonical JSON.
  package let metadata: [UInt8]
  /// In the order of the list.
  package let artifacts: [BundleArtifact]

  /// Opens a bundle. What is no zip file without ambiguities, has entries that no bundle has or lacks those that all have, is
  /// refused.
  package init(_ path: String) throws(LedgerFailure) {
    self.path = path
    archive = try ZipReader(path)
    for entry in archive.entries where !BundleLayout.isKnown(entry.name) {
      throw LedgerFailure(.badBundle, "an evidence bundle has no entry '\(entry.name)'")
    }
    for name in BundleLayout.required where archive.entry(name) == nil {
      throw LedgerFailure(.badBundle, "the bundle has no entry '\(name)'")
    }
    let run = try archive.document(BundleLayout.run, members: ["createdAt", "metadata", "runId"])
    guard let runId = run["runId"]?.string, let createdAt = run["createdAt"]?.string,
      AuditTime.milliseconds(createdAt) != nil, let metadata = run["metadata"], metadata.members != nil,
      let bytes = try? CanonicalJSON.bytes(metadata)
    else { throw LedgerFailure(.badBundle, "'\(BundleLayout.run)' does not say which run this is") }
    self.runId = runId
    self.createdAt = createdAt
    self.metadata = bytes
    artifacts = try Self.artifacts(try archive.document(BundleLayout.artifacts, members: ["artifacts"]))
  }

  private static func artifacts(_ document: JSONValue) throws(LedgerFailure) -> [BundleArtifact] {
    let names = ["artifactId", "included", "label", "mime", "sha256", "size"]
    var found: [BundleArtifact] = []
    for row in document["artifacts"]?.array ?? [] {
      guard row.members?.count == names.count, let sha256 = row["sha256"]?.string, EventText.isDigest(sha256),
        row["artifactId"]?.string == sha256, let label = row["label"]?.string, let mime = row["mime"]?.string,
        let size = row["size"]?.integer, size >= 0, let isIncluded = row["included"]?.bool
      else { throw LedgerFailure(.badBundle, "a row of '\(BundleLayout.artifacts)' is no artifact") }
      found.append(BundleArtifact(sha256: sha256, label: label, mime: mime, size: size, isIncluded: isIncluded))
    }
    guard document["artifacts"]?.array != nil else {
      throw LedgerFailure(.badBundle, "'\(BundleLayout.artifacts)' has no list of artifacts")
    }
    return found
  }

  /// Whether it has nothing but what ClawForge's bundles have.
  package var isReference: Bool {
    !archive.entries.contains { BundleLayout.ours.contains($0.name) || BundleLayout.isAttachment($0.name) }
  }

  /// Goes over the lines of events.
  package func lines(_ body: ([UInt8]) throws(LedgerFailure) -> Void) throws(LedgerFailure) {
    guard var lines = try archive.lines(BundleLayout.events) else { return }
    while let line = try lines.next() { try body(line) }
  }

  /// All events; a failure if one is none.
  package func events() throws(LedgerFailure) -> [AuditEvent] {
    var events: [AuditEvent] = []
    try lines { (line) throws(LedgerFailure) in events.append(try AuditEvent(json: line)) }
    return events
  }

  /// Reads an artifact again, and says what is wrong with it; nil if it is what its digest says.
  package func complaint(aboutArtifact sha256: String) -> String? {
    guard let entry = archive.entry(BundleLayout.artifact(sha256)) else { return "its bytes are not in the bundle" }
    do throws(LedgerFailure) {
      return try archive.sha256(entry) == sha256 ? nil : "it has other bytes than its digest says"
    } catch {
      return error.message
    }
  }
}

extension ZipReader {
  /// An entry that is an object of certain members and no others.
  func document(_ name: String, members: [String]) throws(LedgerFailure) -> JSONValue {
    guard let bytes = try bytes(name, limit: BundleLayout.documentLimit), let value = try? JSONDocument.read(bytes),
      let found = value.members, found.count == members.count, members.allSatisfy({ value[$0] != nil })
    else {
      throw LedgerFailure(.badBundle, "'\(name)' is no object of \(members.map { "'\($0)'" }.joined(separator: ", "))")
    }
    return value
  }
}

/// JSON in which no member comes twice.
enum JSONDocument {
  static func read(_ bytes: [UInt8]) throws(JSONFailure) -> JSONValue {
    try JSONParser.parse(try CanonicalText.canonical(bytes)[...], strict: true)
  }
}
