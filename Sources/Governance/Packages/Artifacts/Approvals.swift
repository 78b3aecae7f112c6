/// What an approval may be for.
enum ApprovedArtifact: String, CaseIterable, Sendable {
  case lock = "decision_lock"
  case plan = "execution_plan"
  case capsule = "prompt_capsule"
}

/// Who may approve, and how many must (`approval-policy.json`). It comes with the package, so that it proves nothing by itself.
struct ApprovalPolicy: Sendable {
  enum QuorumType: String, CaseIterable { case mOfN = "m_of_n" }

  struct Approver: Sendable {
    var approverID: String
    var role: String
    var isActive: Bool?
    var publicKey: String
  }

  struct Rule: Sendable {
    var artifact: ApprovedArtifact?
    var m: Int?
    var n: Int?
    var isDistinct: Bool?
    var roles: [String]
  }

  var sessionID: String
  var algorithms: [String]
  var approvers: [Approver]
  var rules: [Rule]

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    _ = reader.id(object, "policyId")
    _ = reader.time(object, "createdAt")
    algorithms = reader.texts(object, "allowedAlgorithms", count: 1...10)
    approvers = reader.objects(object, "approvers", count: 1...1000).map { approver in
      Approver(
        approverID: reader.text(approver, "approverId", 1...200), role: reader.text(approver, "role", 1...200),
        isActive: reader.bool(approver, "active"), publicKey: reader.text(approver, "publicKeyPem", 1...10_000))
    }
    rules = reader.objects(object, "rules", count: 1...100).map { rule in
      let quorum = reader.object(rule, "quorum")
      _ = reader.word(quorum, "type", QuorumType.self)
      return Rule(
        artifact: reader.word(rule, "artifactType", ApprovedArtifact.self), m: reader.integer(quorum, "m", 1...1000),
        n: reader.integer(quorum, "n", 1...1000), isDistinct: reader.bool(rule, "requireDistinctApprovers"),
        roles: reader.texts(rule, "requiredRoles", count: 1...100))
    }
  }
}

/// The approvals (`approval-bundle.json`).
struct ApprovalBundle: Sendable {
  struct Signature: Sendable {
    var signatureID: String
    var approverID: String
    var role: String
    var algorithm: String
    var artifact: ApprovedArtifact?
    var artifactHash: String
    var sessionID: String
    var timestamp: Instant?
    var nonce: String
    var payloadHash: String?
    var signature: String
  }

  var sessionID: String
  var bundleHash: String
  var signatures: [Signature]

  init(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    sessionID = reader.session(object)
    _ = reader.id(object, "bundleId")
    bundleHash = reader.hash(object, "bundleHash")
    signatures = reader.objects(object, "signatures", count: 1...1000).map { signature in
      Signature(
        signatureID: reader.id(signature, "signatureId"), approverID: reader.text(signature, "approverId", 1...200),
        role: reader.text(signature, "role", 1...200), algorithm: reader.text(signature, "algorithm", 1...100),
        artifact: reader.word(signature, "artifactType", ApprovedArtifact.self),
        artifactHash: reader.hash(signature, "artifactHash"), sessionID: reader.uuid(signature, "sessionId"),
        timestamp: reader.time(signature, "timestamp"), nonce: reader.uuid(signature, "nonce"),
        payloadHash: reader.optionalHash(signature, "payloadHash"),
        signature: reader.text(signature, "signature", 1...10_000))
    }
  }
}
