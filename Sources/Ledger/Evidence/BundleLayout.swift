import Canonical
import JSON

/// Where things lie in an evidence bundle. The first seven are ClawForge's layout, the others ours.
enum BundleLayout {
  static let run = "evidence/run.json"
  static let events = "evidence/events.jsonl"
  static let contracts = "evidence/schemas/contracts-v1.0.0.json"
  static let audit = "evidence/schemas/audit-v1.0.0.json"
  static let artifacts = "evidence/artifacts/manifest.json"
  static let chain = "evidence/integrity/chain.json"
  static func artifact(_ sha256: String) -> String { "evidence/artifacts/\(sha256)" }

  static let checkpoint = "evidence/integrity/checkpoint.txt"
  static let proofs = "evidence/integrity/proofs.jsonl"
  static let seal = "evidence/integrity/seal.dsse.json"
  static let manifest = "evidence/integrity/manifest.sha256"
  static let policies = "evidence/policies/"
  static let packs = "evidence/packs/"

  /// What every bundle has.
  static let required = [run, events, contracts, audit, artifacts, chain]
  static let ours = [checkpoint, proofs, seal, manifest]

  /// Most bytes of an entry that is read as a whole: hashes of two million events.
  static let documentLimit = 1 << 27

  /// The digest of the artifact whose bytes an entry has; nil if it is another entry.
  static func artifactDigest(_ name: String) -> String? {
    let prefix = "evidence/artifacts/"
    guard name.utf8.starts(with: prefix.utf8) else { return nil }
    let digest = String(name.dropFirst(prefix.utf8.count))
    return EventText.isDigest(digest) ? digest : nil
  }

  /// Whether an entry is a policy or a pack.
  static func isAttachment(_ name: String) -> Bool {
    [policies, packs].contains { folder in
      name.utf8.starts(with: folder.utf8) && !name.utf8.dropFirst(folder.utf8.count).contains(0x2F)
    }
  }

  /// Whether a bundle may have an entry.
  static func isKnown(_ name: String) -> Bool {
    required.contains(name) || ours.contains(name) || artifactDigest(name) != nil || isAttachment(name)
  }
}

/// The two constant documents about formats.
///
/// ClawForge writes documents of its own here, whose bytes are its own: these say the same in our words, and readers, ours
/// among them, take any JSON in these places.
enum BundleSchemas {
  /// The members of contracts.
  static let contracts: [UInt8] = object(
    [
      (
        "IntentContract",
        [
          "schemaVersion", "intentId", "title", "description", "actor", "constraints", "inputParams", "tags",
          "createdAt",
        ]
      ),
      (
        "StepContract",
        [
          "schemaVersion", "stepId", "intentId", "stepIndex", "name", "description", "toolName", "toolParams",
          "expectedOutputSchema", "requiresApproval", "retryPolicy", "dependsOn", "createdAt",
        ]
      ),
      (
        "WorkerTaskContract",
        [
          "schemaVersion", "taskId", "stepId", "runId", "workerType", "instructions", "inputRefs", "constraints",
          "outputSchema", "createdAt",
        ]
      ),
    ], version: "contracts")

  /// The members of events, and their types.
  static let audit: [UInt8] = object(
    [("envelope", AuditEvent.memberNames), ("eventTypes", EventType.kernel.map(\.name))], version: "audit")

  private static func object(_ lists: [(name: String, words: [String])], version kind: String) -> [UInt8] {
    var object = CanonicalObject()
    for list in lists {
      object.add(list.name, canonical: CanonicalObject.array(list.words.map(CanonicalObject.text)))
    }
    object.add("kind", "claw/\(kind)/1.0.0")
    return object.bytes
  }
}

/// An artifact as a bundle lists it.
package struct BundleArtifact: Sendable, Equatable {
  package var sha256: String
  package var label: String
  package var mime: String
  package var size: Int
  /// Whether its bytes are in the bundle.
  package var isIncluded: Bool

  /// A row of the list.
  var bytes: [UInt8] {
    var object = CanonicalObject()
    object.add("artifactId", sha256)
    object.add("included", isIncluded)
    object.add("label", label)
    object.add("mime", mime)
    object.add("sha256", sha256)
    object.add("size", size)
    return object.bytes
  }
}

/// Artifacts as events record them.
package enum RecordedArtifacts {
  /// The artifact that an event records; nil if it records none.
  static func artifact(_ event: AuditEvent) throws(LedgerFailure) -> BundleArtifact? {
    guard event.type == "ArtifactRecorded" else { return nil }
    guard let payload = try? JSONDocument.read(event.payload), let sha256 = payload["sha256"]?.string,
      EventText.isDigest(sha256), payload["artifactId"]?.string == sha256, let size = payload["size"]?.integer,
      size >= 0, let label = payload["label"]?.string, let mime = payload["mime"]?.string
    else { throw LedgerFailure(.malformedEvent, "event \(event.seq) records an artifact, and does not say which") }
    return BundleArtifact(sha256: sha256, label: label, mime: mime, size: size, isIncluded: false)
  }

  /// The artifacts that events record, each digest once.
  package static func all(_ events: [AuditEvent]) throws(LedgerFailure) -> [BundleArtifact] {
    var seen: Set<String> = []
    var found: [BundleArtifact] = []
    for event in events {
      if let artifact = try artifact(event), seen.insert(artifact.sha256).inserted { found.append(artifact) }
    }
    return found
  }
}
