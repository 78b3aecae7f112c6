import JSON

/// A digest of an artifact, and the rule that it follows.
package struct ArtifactHash: Sendable, Equatable {
  package var value: String
  package var profile: HashProfile

  package init(value: String, profile: HashProfile) {
    self.value = value
    self.profile = profile
  }
}

/// The digests of a package's artifacts, computed; nothing here was taken from a file.
package struct PackageHashes: Sendable {
  package var lock: ArtifactHash?
  package var plan: ArtifactHash?
  package var capsule: ArtifactHash?
  package var response: ArtifactHash?
  package var snapshot: ArtifactHash?
  /// By the order of the files' names.
  package var packets: [(stepID: String, hash: String)] = []
  package var patches: [(stepID: String, hash: String)] = []
  package var reviews: [String] = []
  package var evidence: [String] = []
  /// The identity as attestations name it.
  package var identity: String?
  /// The whole file of the identity.
  package var identityFile: String?
  package var attestation: String?
  package var approvalPolicy: String?
  package var approvalBundle: String?
  /// What each approver signed, in the order of the bundle.
  package var signatures: [String] = []
  package var policySet: String?
  package var policyEvaluation: String?
  package var symbolIndex: String?
  /// The index as a package names it: the whole file.
  package var symbolIndexFile: String?
  package var patchReport: ArtifactHash?
  package var anchor: String?
  package var package: String?

  /// What hashes a value, and keeps what can't be hashed.
  struct Maker {
    let profile: HashProfile
    var findings: Findings
    /// Whether names can be whole numbers.
    var mayHaveNumbers = true

    mutating func hash(_ json: JSONValue, _ rule: HashRule, _ place: Place) -> String {
      switch HashProfile.hash(json, rule, mayHaveNumbers: mayHaveNumbers) {
      case .success(let hash): return hash
      case .failure(let failure):
        findings.add(.schema, .schemaInvalid, place, "there is no digest: \(failure.message)")
        return ""
      }
    }

    /// The digest by the rule that is asked for; where either may be, by the one that what was claimed follows.
    mutating func hash(
      _ json: JSONValue, _ reference: HashRule, specified: HashRule, _ place: Place, claims: [String?]
    ) -> ArtifactHash {
      if profile == .spec { return ArtifactHash(value: hash(json, specified, place), profile: .spec) }
      let found = ArtifactHash(value: hash(json, reference, place), profile: .reference)
      if profile == .reference || claims.contains(where: { $0 == found.value }) { return found }
      if case .success(let other) = HashProfile.hash(json, specified), claims.contains(where: { $0 == other }) {
        return ArtifactHash(value: other, profile: .spec)
      }
      return found
    }
  }

  /// None yet.
  init() {}

  init(_ package: SealedPackage, policySet: String?, profile: HashProfile, _ findings: inout Findings) {
    var maker = Maker(profile: profile, findings: findings, mayHaveNumbers: package.hasNumericNames)
    let seal = package.seal?.content
    lock = package.lock.map { lock in
      maker.hash(
        lock.json, HashRules.lock, specified: HashRules.specifiedLock, lock.place,
        claims: [seal?.decisionLockHash] + (package.approvalBundle?.content.signatures.map(\.artifactHash) ?? []))
    }
    plan = package.plan.map { plan in
      maker.hash(
        plan.json, HashRules.plan, specified: HashRules.specifiedPlan, plan.place,
        claims: [seal?.planHash, plan.content.planHash, package.lock?.content.planHash])
    }
    capsule = package.capsule.map { capsule in
      maker.hash(
        capsule.json, HashRules.withoutHash, specified: HashRules.specifiedCapsule, capsule.place,
        claims: [seal?.capsuleHash, capsule.content.capsuleHash])
    }
    response = package.response.map { response in
      ArtifactHash(value: maker.hash(response.json, HashRules.withoutHash, response.place), profile: .reference)
    }
    snapshot = package.snapshot.map { snapshot in
      maker.hash(
        snapshot.json, HashRules.snapshot, specified: HashRules.specifiedSnapshot, snapshot.place,
        claims: [seal?.snapshotHash, snapshot.content.snapshotHash])
    }
    packets = package.packets.map { ($0.content.stepID, maker.hash($0.json, HashRules.packet, $0.place)) }
    patches = package.patches.map { ($0.content.stepID, maker.hash($0.json, HashRules.whole, $0.place)) }
    reviews = package.reviews.map { maker.hash($0.json, HashRules.whole, $0.place) }
    evidence = package.evidence.map { maker.hash($0.json, HashRules.evidence, $0.place) }
    identity = package.identity.map { maker.hash($0.json, HashRules.identity, $0.place) }
    identityFile = package.identity.map { maker.hash($0.json, HashRules.whole, $0.place) }
    attestation = package.attestation.map { maker.hash($0.json, HashRules.attestation, $0.place) }
    approvalPolicy = package.approvalPolicy.map { maker.hash($0.json, HashRules.whole, $0.place) }
    approvalBundle = package.approvalBundle.map { maker.hash($0.json, HashRules.approvalBundle, $0.place) }
    if let bundle = package.approvalBundle {
      for (index, signature) in (bundle.json["signatures"]?.array ?? []).enumerated() {
        signatures.append(maker.hash(signature, HashRules.signature, bundle.place.at("/signatures/\(index)")))
      }
    }
    self.policySet = policySet
    policyEvaluation = package.policyEvaluation.map { maker.hash($0.json, HashRules.whole, $0.place) }
    symbolIndex = package.symbolIndex.map { maker.hash($0.json, HashRules.symbolIndex, $0.place) }
    symbolIndexFile = package.symbolIndex.map { maker.hash($0.json, HashRules.whole, $0.place) }
    patchReport = package.patchReport.map { report in
      maker.hash(
        report.json, HashRules.patchReport, specified: HashRules.whole, report.place,
        claims: [seal?.patchApplyReportHash, report.content.reportHash])
    }
    anchor = package.anchor.map { maker.hash($0.json, HashRules.whole, $0.place) }
    self.package = package.seal.map { maker.hash($0.json, HashRules.seal, $0.place) }
    findings = maker.findings
  }
}
