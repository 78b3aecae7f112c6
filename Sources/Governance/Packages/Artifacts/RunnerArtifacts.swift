import JSON

/// What shows that a step was done: a link of the chain in `runner-evidence.json`.
struct RunnerEvidence: Sendable {
  var evidenceID: String
  var sessionID: String
  var stepID: String
  var timestamp: Instant?
  var artifactHash: String
  var capability: String
  var planHash: String?
  var previousHash: String?
  var evidenceHash: String?

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    evidenceID = reader.id(object, "evidenceId")
    stepID = reader.id(object, "stepId")
    timestamp = reader.time(object, "timestamp")
    _ = reader.text(object, "evidenceType", 1...200)
    artifactHash = reader.hash(object, "artifactHash")
    _ = reader.object(object, "verificationMetadata")
    capability = reader.text(object, "capabilityUsed", 1...200)
    _ = reader.text(object, "humanConfirmationProof", 1...2000)
    planHash = reader.optionalHash(object, "planHash")
    previousHash = object["prevEvidenceHash"] == .null ? nil : reader.optionalHash(object, "prevEvidenceHash")
    evidenceHash = reader.optionalHash(object, "evidenceHash")
  }
}

/// What did the steps (`runner-identity.json`).
struct RunnerIdentity: Sendable {
  var runnerID: String
  var publicKey: String
  var capabilities: [String]
  var timestamp: Instant?

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    runnerID = reader.text(object, "runnerId", 1...200)
    _ = reader.text(object, "runnerVersion", 1...200)
    publicKey = reader.text(object, "runnerPublicKey", 1...10_000)
    _ = reader.text(object, "environmentFingerprint", 1...1000)
    _ = reader.text(object, "buildHash", 1...1000)
    capabilities = reader.texts(object, "allowedCapabilitiesSnapshot", length: 1...200, isUnique: true)
    timestamp = reader.optionalTime(object, "attestationTimestamp")
  }
}

/// What the runner signed (`runner-attestation.json`).
struct RunnerAttestation: Sendable {
  enum Algorithm: String, CaseIterable { case sha256, sha384, sha512 }

  var sessionID: String
  var planHash: String
  var lockID: String
  var runnerID: String
  var identityHash: String
  var evidenceTail: String
  var nonce: String
  var algorithm: Algorithm?
  var createdAt: Instant?
  var signature: String

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.uuid(object, "sessionId")
    planHash = reader.hash(object, "planHash")
    lockID = reader.id(object, "lockId")
    runnerID = reader.text(object, "runnerId", 1...200)
    identityHash = reader.hash(object, "identityHash")
    evidenceTail = reader.hash(object, "evidenceChainTailHash")
    nonce = reader.uuid(object, "nonce")
    algorithm = reader.word(object, "signatureAlgorithm", Algorithm.self)
    createdAt = reader.time(object, "createdAt")
    signature = reader.text(object, "signature", 1...10_000)
  }
}

/// What ties the end of a session together (`session-anchor.json`).
struct SessionAnchor: Sendable {
  var sessionID: String
  var lockID: String
  var planHash: String
  var finalEvidenceHash: String
  var runnerIdentityHash: String
  var finalAttestationHash: String

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.uuid(object, "sessionId")
    lockID = reader.id(object, "lockId")
    planHash = reader.hash(object, "planHash")
    finalEvidenceHash = reader.hash(object, "finalEvidenceHash")
    runnerIdentityHash = reader.hash(object, "runnerIdentityHash")
    finalAttestationHash = reader.hash(object, "finalAttestationHash")
  }
}
