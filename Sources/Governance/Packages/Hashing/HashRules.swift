/// The rules of all artifacts: as the reference computes digests, and where its specification says otherwise, as that does.
enum HashRules {
  private static let times = ["timestamp", "createdAt", "updatedAt"]

  private static func array(of rule: HashRule = HashRule(), by names: [String] = [], isCollated: Bool = false)
    -> HashRule
  {
    HashRule(keys: names.isEmpty ? nil : .init(names: names, isCollated: isCollated), elements: [rule])
  }

  // MARK: The reference

  static let lock = HashRule(dropped: ["approvalMetadata"], sorted: ["nonGoals", "invariants", "constraints"])
  static let plan = HashRule(
    dropped: ["planHash"] + times, inside: [.init(name: "steps", rule: array(of: HashRule(dropped: times)))])
  /// Prompt capsules and model responses.
  static let withoutHash = HashRule(dropped: ["hash"])
  static let snapshot = HashRule(dropped: ["snapshotHash", "snapshotId", "generatedAt"])
  static let symbolIndex = HashRule(dropped: ["symbolIndexHash", "generatedAt"])
  static let packet = HashRule(
    dropped: ["packetHash"], sorted: ["dodItemRefs", "allowedFiles", "allowedSymbols", "requiredCapabilities"],
    inside: [
      .init(
        name: "context",
        rule: HashRule(
          kept: ["fileDigests", "excerpts"],
          inside: [
            .init(name: "fileDigests", rule: array(by: ["path"], isCollated: true)),
            .init(name: "excerpts", rule: array(by: ["path", "startLine"], isCollated: true)),
          ]))
    ])
  static let evidence = HashRule(dropped: ["evidenceHash"])
  /// The identity as attestations and anchors name it; a package names the digest of the whole file.
  static let identity = HashRule(
    kept: [
      "runnerId", "runnerVersion", "runnerPublicKey", "environmentFingerprint", "buildHash",
      "allowedCapabilitiesSnapshot",
    ], sorted: ["allowedCapabilitiesSnapshot"])
  /// What a runner signs.
  static let attestation = HashRule(kept: [
    "sessionId", "planHash", "lockId", "runnerId", "identityHash", "evidenceChainTailHash", "nonce",
    "signatureAlgorithm", "createdAt",
  ])
  /// What an approver signs.
  static let signature = HashRule(kept: [
    "signatureId", "approverId", "role", "algorithm", "artifactType", "artifactHash", "sessionId", "timestamp", "nonce",
  ])
  static let approvalBundle = HashRule(
    kept: ["schemaVersion", "sessionId", "bundleId", "signatures"],
    inside: [.init(name: "signatures", rule: array(of: signature, by: ["signatureId"], isCollated: true))])
  static let policySet = array(by: ["policyId"], isCollated: true)
  static let patchReport = HashRule(kept: [
    "schemaVersion", "sessionId", "patchId", "baseSnapshotHash", "applied", "touchedFiles", "conflicts",
  ])
  static let seal = HashRule(
    dropped: ["packageHash"],
    sorted: ["stepPacketHashes", "patchArtifactHashes", "reviewerReportHashes", "evidenceChainHashes"], dropsEmpty: true
  )
  /// Everything as it is.
  static let whole = HashRule()

  // MARK: The specification

  static let specifiedLock = HashRule(
    kept: [
      "schemaVersion", "lockId", "sessionId", "dodId", "goal", "nonGoals", "interfaces", "invariants", "constraints",
      "failureModes", "risksAndTradeoffs", "status", "createdAt", "createdBy", "planHash",
    ], sorted: ["nonGoals", "invariants", "constraints"])
  static let specifiedPlan = HashRule(
    kept: ["steps", "allowedCapabilities", "sessionId", "dodId", "lockId"], sorted: ["allowedCapabilities"],
    inside: [
      .init(
        name: "steps",
        rule: array(of: HashRule(kept: ["stepId", "references", "requiredCapabilities"]), by: ["stepId"]))
    ])
  static let specifiedCapsule = HashRule(
    dropped: ["hash"],
    inside: [
      .init(
        name: "boundaries",
        rule: HashRule(sorted: [
          "allowedFiles", "allowedSymbols", "allowedDoDItems", "allowedPlanStepIds", "allowedCapabilities",
          "disallowedPatterns", "allowedExternalModules",
        ])),
      .init(
        name: "inputs", rule: HashRule(inside: [.init(name: "fileDigests", rule: array(by: ["path"]))])),
    ])
  static let specifiedSnapshot = HashRule(
    dropped: ["snapshotHash"], inside: [.init(name: "includedFiles", rule: array(by: ["path"]))])
}
