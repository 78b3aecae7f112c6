import JSON

/// What was sealed (`sealed-change-package.json`).
struct SealedChangePackage: Sendable {
  var sessionID: String
  var sealedAt: Instant?
  var packageHash: String
  var decisionLockHash: String
  var planHash: String
  var capsuleHash: String
  var snapshotHash: String
  var stepPacketHashes: [String]
  var patchArtifactHashes: [String]
  var reviewerReportHashes: [String]
  var evidenceChainHashes: [String]
  var policySetHash: String?
  var policyEvaluationHash: String?
  var symbolIndexHash: String?
  var patchApplyReportHash: String?
  var runnerIdentityHash: String?
  var attestationHash: String?
  var approvalPolicyHash: String?
  var approvalBundleHash: String?
  var anchorHash: String?
  /// The extensions that it names.
  var extensions: [String]

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    sealedAt = reader.time(object, "sealedAt")
    reader.actor(object, "sealedBy")
    packageHash = reader.hash(object, "packageHash")
    decisionLockHash = reader.hash(object, "decisionLockHash")
    planHash = reader.hash(object, "planHash")
    capsuleHash = reader.hash(object, "capsuleHash")
    snapshotHash = reader.hash(object, "snapshotHash")
    stepPacketHashes = reader.hashes(object, "stepPacketHashes")
    patchArtifactHashes = reader.hashes(object, "patchArtifactHashes")
    reviewerReportHashes = reader.hashes(object, "reviewerReportHashes")
    evidenceChainHashes = reader.hashes(object, "evidenceChainHashes")
    func optional(_ name: StaticString) -> String? {
      // The reference drops texts that are empty before it hashes.
      object[name] == "" ? nil : reader.optionalHash(object, name)
    }
    policySetHash = optional("policySetHash")
    policyEvaluationHash = optional("policyEvaluationHash")
    symbolIndexHash = optional("symbolIndexHash")
    patchApplyReportHash = optional("patchApplyReportHash")
    runnerIdentityHash = optional("runnerIdentityHash")
    attestationHash = optional("attestationHash")
    approvalPolicyHash = optional("approvalPolicyHash")
    approvalBundleHash = optional("approvalBundleHash")
    anchorHash = optional("anchorHash")
    extensions = []
    if let list = reader.optionalObject(object, "extensions") {
      for member in list.members {
        let entry = reader.object(member.value, list.path + [.member(member.name)])
        _ = reader.hash(entry, "hash")
        _ = reader.text(entry, "schemaVersion", 1...100)
        extensions.append(member.name)
      }
    }
  }
}
