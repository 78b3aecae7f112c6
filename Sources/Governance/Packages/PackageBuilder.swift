package import Canonical
package import JSON

/// Writes what a package needs besides its artifacts: the digests that artifacts have of each other, the seal, and the
/// statement that is signed. Digests follow the reference's code.
package struct PackageBuilder {
  /// Why nothing can be made of the files.
  package struct Failure: Error, Sendable {
    package var message: String

    package init(_ message: String) { self.message = message }
  }

  private var artifacts: [String: JSONValue] = [:]
  private var files: PackageFiles

  package init(_ files: PackageFiles) throws(Failure) {
    self.files = files
    for name in files.names where name.hasSuffix(".json") && name != PackageFiles.signatures {
      do throws(JSONFailure) { artifacts[name] = try JSONValue.strict(files.files[name] ?? []) } catch {
        throw Failure("'\(name)' is no JSON with one meaning: \(error.message)")
      }
    }
  }

  private func hash(_ name: String, _ rule: HashRule) throws(Failure) -> String? {
    guard let value = artifacts[name] else { return nil }
    return try Self.hash(value, rule, name)
  }

  private static func hash(_ value: JSONValue, _ rule: HashRule, _ name: String) throws(Failure) -> String {
    do { return try HashProfile.hash(value, rule).get() } catch { throw Failure("'\(name)': \(error.message)") }
  }

  private func names(_ start: String, except other: String = "") -> [String] {
    artifacts.keys.filter { $0.hasPrefix(start) && $0 != other }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }

  private mutating func set(_ name: String, _ members: [(String, String?)]) {
    guard var value = artifacts[name] else { return }
    for (member, text) in members { if let text { value.set(member, .string(text)) } }
    artifacts[name] = value
  }

  // MARK: Digests in artifacts

  /// The files with every digest that an artifact has of itself or of another brought up to date. Signatures stay as they
  /// are, so that what was signed and is now another thing fails.
  package func relinked() throws(Failure) -> PackageFiles {
    var builder = self
    try builder.relink()
    return try builder.written()
  }

  private mutating func relink() throws(Failure) {
    let plan = try hash("execution-plan.json", HashRules.plan)
    if artifacts["execution-plan.json"]?["planHash"] != nil { set("execution-plan.json", [("planHash", plan)]) }
    if artifacts["decision-lock.json"]?["planHash"] != nil { set("decision-lock.json", [("planHash", plan)]) }
    let snapshot = try hash("repo-snapshot.json", HashRules.snapshot)
    set("repo-snapshot.json", [("snapshotHash", snapshot)])
    set("prompt-capsule.json", [("planHash", plan)])
    let capsule = try hash("prompt-capsule.json", HashRules.withoutHash)
    for (name, member, value) in [
      ("prompt-capsule.json", "capsuleHash", capsule),
      ("model-response.json", "responseHash", try hash("model-response.json", HashRules.withoutHash)),
    ] {
      if let value { artifacts[name]?.set("hash", .object([.init(member, .string(value))])) }
    }
    for name in names("packets/step-") {
      set(name, [("planHash", plan), ("capsuleHash", capsule), ("snapshotHash", snapshot)])
      let packet = try hash(name, HashRules.packet)
      set(name, [("packetHash", packet)])
      set("packets/receipt-" + name.dropFirst("packets/step-".count), [("packetHash", packet)])
    }
    set("patch-apply-report.json", [("baseSnapshotHash", snapshot)])
    set("patch-apply-report.json", [("reportHash", try hash("patch-apply-report.json", HashRules.patchReport))])
    set("symbol-index.json", [("symbolIndexHash", try hash("symbol-index.json", HashRules.symbolIndex))])
    try relinkEvidence(plan)
    try relinkBundle(plan, capsule)
  }

  private mutating func relinkEvidence(_ plan: String?) throws(Failure) {
    var previous: String?
    if var links = artifacts["runner-evidence.json"]?.array {
      for index in links.indices {
        if let plan { links[index].set("planHash", .string(plan)) }
        links[index].set("prevEvidenceHash", previous.map { .string($0) } ?? .null)
        let hash = try Self.hash(links[index], HashRules.evidence, "runner-evidence.json")
        links[index].set("evidenceHash", .string(hash))
        previous = hash
      }
      artifacts["runner-evidence.json"] = .array(links)
    }
    let identity = try hash("runner-identity.json", HashRules.identity)
    set(
      "runner-attestation.json",
      [("planHash", plan), ("identityHash", identity), ("evidenceChainTailHash", previous)])
    set(
      "session-anchor.json",
      [
        ("planHash", plan), ("finalEvidenceHash", previous), ("runnerIdentityHash", identity),
        ("finalAttestationHash", try hash("runner-attestation.json", HashRules.attestation)),
      ])
  }

  private mutating func relinkBundle(_ plan: String?, _ capsule: String?) throws(Failure) {
    guard var signatures = artifacts["approval-bundle.json"]?["signatures"]?.array else { return }
    let lock = try hash("decision-lock.json", HashRules.lock)
    for index in signatures.indices {
      let type = signatures[index]["artifactType"]?.string.flatMap { ApprovedArtifact(rawValue: $0) }
      let hash =
        switch type {
        case .lock: lock
        case .plan: plan
        case .capsule: capsule
        case nil: nil as String?
        }
      if let hash { signatures[index].set("artifactHash", .string(hash)) }
      let payload = try Self.hash(signatures[index], HashRules.signature, "approval-bundle.json")
      signatures[index].set("payloadHash", .string(payload))
    }
    artifacts["approval-bundle.json"]?.set("signatures", .array(signatures))
    set("approval-bundle.json", [("bundleHash", try hash("approval-bundle.json", HashRules.approvalBundle))])
  }

  private func written() throws(Failure) -> PackageFiles {
    var files = files
    for (name, value) in artifacts {
      do throws(CanonicalJSON.Failure) { files.files[name] = try CanonicalJSON.bytes(value) } catch {
        throw Failure("'\(name)': \(error.message)")
      }
    }
    return files
  }

  // MARK: The seal

  /// The files with a seal that names each artifact.
  ///
  /// - Parameter members: what the seal has besides digests: `sealedAt`, `sealedBy`, `policySetHash`.
  package func sealed(_ members: [JSONValue.Member]) throws(Failure) -> PackageFiles {
    guard let session = artifacts["decision-lock.json"]?["sessionId"] else {
      throw Failure("there is no decision lock that says which session this is")
    }
    var seal = JSONValue.object([.init("schemaVersion", "1.0.0"), .init("sessionId", session)] + members)
    func add(_ member: String, _ name: String, _ rule: HashRule, isNeeded: Bool = false) throws(Failure) {
      guard let hash = try hash(name, rule) else {
        if isNeeded { throw Failure("there is no '\(name)'") }
        return
      }
      seal.set(member, .string(hash))
    }
    try add("decisionLockHash", "decision-lock.json", HashRules.lock, isNeeded: true)
    try add("planHash", "execution-plan.json", HashRules.plan, isNeeded: true)
    try add("capsuleHash", "prompt-capsule.json", HashRules.withoutHash, isNeeded: true)
    try add("snapshotHash", "repo-snapshot.json", HashRules.snapshot, isNeeded: true)
    try add("policyEvaluationHash", "policy-evaluation.json", HashRules.whole)
    try add("symbolIndexHash", "symbol-index.json", HashRules.whole)
    try add("patchApplyReportHash", "patch-apply-report.json", HashRules.patchReport)
    try add("runnerIdentityHash", "runner-identity.json", HashRules.whole)
    try add("attestationHash", "runner-attestation.json", HashRules.attestation)
    try add("approvalPolicyHash", "approval-policy.json", HashRules.whole)
    try add("approvalBundleHash", "approval-bundle.json", HashRules.approvalBundle)
    try add("anchorHash", "session-anchor.json", HashRules.whole)
    func list(_ member: String, _ hashes: [String]) {
      seal.set(member, .array(hashes.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { .string($0) }))
    }
    func all(_ names: [String], _ rule: HashRule) throws(Failure) -> [String] {
      var hashes: [String] = []
      for name in names { if let hash = try hash(name, rule) { hashes.append(hash) } }
      return hashes
    }
    list("stepPacketHashes", try all(names("packets/step-"), HashRules.packet))
    list("patchArtifactHashes", try all(names("patch-", except: "patch-apply-report.json"), HashRules.whole))
    list("reviewerReportHashes", try all(names("reviewer-"), HashRules.whole))
    var evidence: [String] = []
    for link in artifacts["runner-evidence.json"]?.array ?? [] {
      evidence.append(try Self.hash(link, HashRules.evidence, "runner-evidence.json"))
    }
    list("evidenceChainHashes", evidence)
    seal.set("packageHash", .string(try Self.hash(seal, HashRules.seal, PackageFiles.seal)))
    var builder = self
    builder.artifacts = [PackageFiles.seal: seal]
    builder.files.files[PackageFiles.signatures] = nil
    return try builder.written()
  }

  /// The statement about the bytes of all files, which sealers sign.
  package static func envelope(_ files: PackageFiles) throws(Failure) -> Envelope {
    guard let bytes = files.files[PackageFiles.seal], let seal = try? JSONValue.strict(bytes),
      let hash = seal["packageHash"]?.string, let session = seal["sessionId"]?.string
    else { throw Failure("there is no \(PackageFiles.seal) that could be signed") }
    var predicate = CanonicalObject()
    predicate.add("packageHash", hash)
    predicate.add("sessionId", session)
    return Envelope(payload: Statement(.sealedChange, predicate.bytes, subjects: files.digests).bytes)
  }
}

extension JSONValue {
  /// Sets a member of an object, at its place or at the end; nil takes it away.
  package mutating func set(_ name: String, _ value: JSONValue?) {
    guard case .object(var members) = self else { return }
    let index = members.firstIndex { TextForms.same($0.name, name) }
    if let index, let value {
      members[index].value = value
    } else if let index {
      members.remove(at: index)
    } else if let value {
      members.append(Member(name, value))
    }
    self = .object(members)
  }
}
