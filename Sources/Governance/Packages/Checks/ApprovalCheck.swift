import JSON

import Canonical

/// The approvals that were found right: who approved which artifact.
private struct Approved {
  var artifact: ApprovedArtifact
  var role: String
  /// The key, because one key is one approver whatever it is called.
  var key: String
}

extension PackageRun {
  private static let algorithm = "RSA-SHA256"

  /// Step 9: as many approvers as must have signed the lock as it is, each with a key that is trusted.
  mutating func checkApprovals() {
    if let policy = package.approvalPolicy {
      approverKeys = policy.content.approvers.map { approver in
        PEM.decode(Array(approver.publicKey.utf8)).flatMap { $0.label == "PUBLIC KEY" ? $0.bytes : nil }
      }
      check(policy)
    } else {
      fail(.approvals, .approvalPolicyInvalid, Place(.approvalPolicy), "there is no approval policy")
    }
    var approved: [Approved] = []
    if let bundle = package.approvalBundle {
      approved = check(bundle)
    } else {
      fail(.approvals, .approvalBundleInvalid, Place(.approvalBundle), "there are no approvals")
    }
    let place = package.approvalBundle?.place.at("/signatures") ?? Place(.approvalBundle)
    for rule in package.approvalPolicy?.content.rules ?? [] {
      if let artifact = rule.artifact, let m = rule.m { checkQuorum(approved, artifact, m, rule.roles, place) }
    }
    checkTrustedQuorum(approved, place)
  }

  private mutating func checkQuorum(
    _ approved: [Approved], _ artifact: ApprovedArtifact, _ m: Int, _ roles: [String], _ place: Place
  ) {
    let keys = Set(approved.filter { $0.artifact == artifact && roles.has($0.role) }.map(\.key))
    require(
      keys.count >= m, .approvals, .approvalQuorumNotMet, place,
      "\(m) approvals of '\(artifact.rawValue)' by \(roles.joined(separator: ", ")) are needed, and \(keys.count) are right"
    )
  }

  // MARK: The policy

  private mutating func check(_ policy: Artifact<ApprovalPolicy>) {
    let place = policy.place
    for algorithm in policy.content.algorithms where !TextForms.same(algorithm, Self.algorithm) {
      fail(
        .approvals, .approvalPolicyInvalid, place.at("/allowedAlgorithms"), "'\(algorithm)' is not \(Self.algorithm)")
    }
    require(
      Self.areDistinct(policy.content.approvers.map(\.approverID)), .approvals, .approvalPolicyInvalid,
      place.at("/approvers"),
      "an approver is there twice")
    // The spelling of a key may differ; what it is does not.
    let keys = approverKeys.compactMap { $0 }
    require(
      Set(keys).count == keys.count, .approvals, .approvalPolicyInvalid, place.at("/approvers"),
      "two approvers have the same key")
    require(
      policy.content.rules.contains { $0.artifact == .lock }, .approvals, .approvalPolicyInvalid, place.at("/rules"),
      "no rule asks for approvals of the decision lock")
    require(
      Self.areDistinct(policy.content.rules.compactMap { $0.artifact?.rawValue }), .approvals, .approvalPolicyInvalid,
      place.at("/rules"), "two rules are about the same artifact")
    for (index, rule) in policy.content.rules.enumerated() {
      let own = place.at("/rules/\(index)")
      require(
        rule.isDistinct == true, .approvals, .approvalPolicyInvalid, own.at("/requireDistinctApprovers"),
        "approvers must be distinct")
      guard let m = rule.m, let n = rule.n else { continue }
      let active = policy.content.approvers.count { $0.isActive == true && rule.roles.has($0.role) }
      require(
        m <= n && n <= active, .approvals, .approvalPolicyInvalid, own.at("/quorum"),
        "\(m) of \(n) must approve, and \(active) active approvers have one of the roles")
    }
  }

  // MARK: The approvals

  private mutating func check(_ bundle: Artifact<ApprovalBundle>) -> [Approved] {
    let place = bundle.place
    require(
      Self.areDistinct(bundle.content.signatures.map(\.signatureID)), .approvals, .approvalBundleInvalid,
      place.at("/signatures"),
      "two signatures have the same id")
    let nonces = bundle.content.signatures.map(\.nonce) + (package.attestation.map { [$0.content.nonce] } ?? [])
    require(
      Self.areDistinct(nonces), .approvals, .approvalReplay, place.at("/signatures"), "a nonce is there twice")
    var approved: [Approved] = []
    for (index, signature) in bundle.content.signatures.enumerated() {
      let own = place.at("/signatures/\(index)")
      let count = findings.errors.count
      checkBindings(signature, own)
      let key = key(of: signature, own)
      let hash = hashes.signatures.indices.contains(index) ? hashes.signatures[index] : ""
      same(signature.payloadHash, hash, .approvals, .approvalSignatureInvalid, own.at("/payloadHash"), "the digest")
      if let key {
        verify(signature.signature, of: hash, key, own)
        // What is wrong in any way counts for nothing.
        if findings.errors.count == count, let artifact = signature.artifact {
          approved.append(Approved(artifact: artifact, role: signature.role, key: key.id))
        }
      }
    }
    return approved
  }

  private mutating func checkBindings(_ signature: ApprovalBundle.Signature, _ place: Place) {
    require(
      TextForms.same(signature.algorithm, Self.algorithm), .approvals, .approvalSignatureInvalid,
      place.at("/algorithm"),
      "'\(signature.algorithm)' is not \(Self.algorithm)")
    same(signature.sessionID, sessionID, .approvals, .approvalBundleInvalid, place.at("/sessionId"), "the session")
    let wanted: String?
    switch signature.artifact {
    case .lock: wanted = hashes.lock?.value
    case .plan: wanted = hashes.plan?.value
    case .capsule: wanted = hashes.capsule?.value
    case nil: wanted = nil
    }
    if signature.artifact != nil, wanted == nil {
      fail(.approvals, .approvalBundleInvalid, place.at("/artifactType"), "there is no such artifact")
    }
    same(
      signature.artifactHash, wanted, .approvals, .approvalSignatureInvalid, place.at("/artifactHash"),
      "the digest of what was approved")
    if let used = settings.trust?.usedNonces {
      require(
        !used.contains(Exact(signature.nonce)), .approvals, .approvalReplay, place.at("/nonce"),
        "the nonce was used before")
    }
    if signature.artifact == .lock, let made = package.lock?.content.createdAt, let signed = signature.timestamp {
      require(
        signed >= made, .approvals, .approvalSignatureInvalid, place.at("/timestamp"),
        "the lock was approved before it was made")
    }
  }

  /// The key that must have made a signature: the one that is trusted, or where nobody is, the one in the package, so that
  /// whatever else is wrong comes out.
  private mutating func key(of signature: ApprovalBundle.Signature, _ place: Place) -> RSAPublicKey? {
    let index = package.approvalPolicy?.content.approvers.firstIndex {
      TextForms.same($0.approverID, signature.approverID)
    }
    guard let index, let listed = package.approvalPolicy?.content.approvers[index] else {
      fail(
        .approvals, .approvalSignatureInvalid, place.at("/approverId"),
        "the approval policy has no approver '\(signature.approverID)'")
      return nil
    }
    require(
      listed.isActive == true, .approvals, .approvalSignatureInvalid, place.at("/approverId"),
      "the approver '\(signature.approverID)' is not active")
    require(
      TextForms.same(listed.role, signature.role), .approvals, .approvalSignatureInvalid, place.at("/role"),
      "'\(signature.approverID)' has the role '\(listed.role)', not '\(signature.role)'")
    let trusted = settings.trust?.approvers.first { TextForms.same($0.approverID, signature.approverID) }
    let own: RSAPublicKey
    do throws(KeyFailure) {
      guard let bytes = approverKeys[index] else { throw KeyFailure("it is no PEM under PUBLIC KEY") }
      if let trusted, trusted.key.spki == bytes {
        // What was read when the trust file was need not be read again.
        own = trusted.key.rsa
      } else {
        own = try RSAPublicKey(spki: bytes, fewestBits: settings.trust?.fewestRSABits ?? RSAPublicKey.fewestBits)
      }
    } catch {
      fail(
        .approvals, .approvalPolicyInvalid, place.at("/approverId"),
        "the key of '\(listed.approverID)': \(error.message)")
      return nil
    }
    if settings.trust == nil { return own }
    guard let trusted else {
      fail(
        .approvals, .approvalSignatureInvalid, place.at("/approverId"),
        "the trust file has no approver '\(signature.approverID)'")
      return nil
    }
    require(
      trusted.key.rsa == own, .approvals, .approvalPolicyInvalid, place.at("/approverId"),
      "the trust file has another key of '\(signature.approverID)'")
    require(
      TextForms.same(trusted.role, signature.role), .approvals, .approvalPolicyInvalid, place.at("/role"),
      "the trust file gives '\(signature.approverID)' the role '\(trusted.role)'")
    if let refusal = trusted.key.refusal(at: signature.timestamp) {
      fail(
        .approvals, .approvalSignatureInvalid, place.at("/approverId"),
        "the key of '\(signature.approverID)' \(refusal)")
    }
    return trusted.key.rsa
  }

  private mutating func verify(_ text: String, of hash: String, _ key: RSAPublicKey, _ place: Place) {
    guard let signature = Base64.decode(text) else {
      return fail(.approvals, .approvalSignatureInvalid, place.at("/signature"), "the signature is no Base64")
    }
    // What is signed are the 32 bytes of the payload's digest.
    let isRight = Hexadecimal.decode(hash).map { !$0.isEmpty && key.verifies(signature, $0) } ?? false
    require(isRight, .approvals, .approvalSignatureInvalid, place.at("/signature"), "the signature is wrong")
  }

  // MARK: What is trusted

  private mutating func checkTrustedQuorum(_ approved: [Approved], _ place: Place) {
    guard let trust = settings.trust else {
      return fail(
        .approvals, .approvalPolicyInvalid, Place(.trust),
        "no trust file says whose approvals count, and keys that come with a package prove nothing")
    }
    if let pinned = trust.approvalPolicyHash {
      let own = package.approvalPolicy?.place ?? Place(.approvalPolicy)
      require(
        hashes.approvalPolicy.map { TextForms.same($0, pinned) } ?? false, .approvals, .approvalPolicyInvalid, own,
        "this is not the approval policy that the trust file asks for")
    } else {
      require(
        trust.quorum.contains { $0.artifact == .lock }, .approvals, .approvalPolicyInvalid, Place(.trust),
        "the trust file says neither how many must approve the decision lock nor which approval policy counts")
    }
    for quorum in trust.quorum { checkQuorum(approved, quorum.artifact, quorum.m, quorum.roles, place) }
  }
}
