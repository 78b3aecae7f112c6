/// What can be wrong with a package, by the names that the specification of sealed change packages has for it.
package enum PackageCode: String, Sendable, CaseIterable {
  case schemaInvalid = "SCHEMA_INVALID"
  case dodMissing = "DOD_MISSING"
  case lockMissing = "LOCK_MISSING"
  case lockNotApproved = "LOCK_NOT_APPROVED"
  case gateFailed = "GATE_FAILED"
  case planLintFailed = "EXECUTION_PLAN_LINT_FAILED"
  case packetLintFailed = "STEP_PACKET_LINT_FAILED"
  case capsuleLintFailed = "PROMPT_CAPSULE_LINT_FAILED"
  case responseLintFailed = "MODEL_RESPONSE_LINT_FAILED"
  case forbiddenToken = "FORBIDDEN_TOKEN_DETECTED"
  case planHashMismatch = "PLAN_HASH_MISMATCH"
  case capsuleHashMismatch = "CAPSULE_HASH_MISMATCH"
  case responseHashMismatch = "RESPONSE_HASH_MISMATCH"
  case snapshotHashMismatch = "SNAPSHOT_HASH_MISMATCH"
  case evidenceInvalid = "EVIDENCE_VALIDATION_FAILED"
  case evidenceChainInvalid = "EVIDENCE_CHAIN_INVALID"
  case evidenceRequired = "EVIDENCE_REQUIRED"
  case attestationInvalid = "ATTESTATION_INVALID"
  case attestationSignatureInvalid = "ATTESTATION_SIGNATURE_INVALID"
  case identityInvalid = "RUNNER_IDENTITY_INVALID"
  case approvalPolicyInvalid = "APPROVAL_POLICY_INVALID"
  case approvalBundleInvalid = "APPROVAL_BUNDLE_INVALID"
  case approvalSignatureInvalid = "APPROVAL_SIGNATURE_INVALID"
  case approvalQuorumNotMet = "APPROVAL_QUORUM_NOT_MET"
  case approvalReplay = "APPROVAL_REPLAY_DETECTED"
  case policyInvalid = "POLICY_INVALID"
  case policyEvaluationFailed = "POLICY_EVALUATION_FAILED"
  case policyDenied = "POLICY_DENIED"
  case policyRequirementFailed = "POLICY_REQUIREMENT_FAILED"
  case policyFieldPathInvalid = "POLICY_FIELD_PATH_INVALID"
  case policyOperatorUnsupported = "POLICY_OPERATOR_UNSUPPORTED"
  case policyRegexTimeout = "POLICY_REGEX_TIMEOUT"
  case boundaryViolation = "BOUNDARY_VIOLATION"
  case importBoundaryViolation = "IMPORT_BOUNDARY_VIOLATION"
  case sessionBoundaryInvalid = "SESSION_BOUNDARY_INVALID"
  case symbolIndexInvalid = "SYMBOL_INDEX_INVALID"
  case symbolValidationFailed = "SYMBOL_VALIDATION_FAILED"
  case symbolResolutionFailed = "SYMBOL_RESOLUTION_FAILED"
  case symbolExportViolation = "SYMBOL_EXPORT_VIOLATION"
  case snapshotInvalid = "REPO_SNAPSHOT_INVALID"
  case snapshotHashMissing = "SNAPSHOT_HASH_MISSING"
  case patchApplyFailed = "PATCH_APPLY_FAILED"
  case patchBaseMismatch = "PATCH_BASE_MISMATCH"
  case patchInvalid = "PATCH_ARTIFACT_INVALID"
  case packetInvalid = "STEP_PACKET_INVALID"
  case packetEmitFailed = "STEP_PACKET_EMIT_FAILED"
  case receiptInvalid = "PACKET_RECEIPT_INVALID"
  case sealInvalid = "SEAL_INVALID"
  case sealMissingDependency = "SEAL_MISSING_DEPENDENCY"
  case sealHashMismatch = "SEAL_HASH_MISMATCH"
  case sealBindingViolation = "SEAL_BINDING_VIOLATION"
  case sessionNotFound = "SESSION_NOT_FOUND"
  case idMismatch = "ID_MISMATCH"
  case modeViolation = "MODE_VIOLATION"
  case capsuleInvalid = "PROMPT_CAPSULE_INVALID"
  case responseInvalid = "MODEL_RESPONSE_INVALID"
  case replayHashMismatch = "REPLAY_HASH_MISMATCH"
  case replayValidationFailed = "REPLAY_VALIDATION_FAILED"
  case replayBundleInvalid = "REPLAY_BUNDLE_INVALID"
  case replayNonDeterministic = "REPLAY_NON_DETERMINISTIC"
  case anchorInvalid = "ANCHOR_INVALID"
  case internalError = "INTERNAL_VALIDATOR_ERROR"
  // The reference has these beyond the specification's list.
  case reviewerFailed = "REVIEWER_FAILED"
  case reviewerDuplicate = "REVIEWER_DUPLICATE"
  // Extensions have a list of their own.
  case extensionNotRegistered = "EXT_NOT_REGISTERED"
}

/// The steps of validating a package. All run, whatever the ones before found.
package enum PackageStep: Int, Sendable, CaseIterable, Comparable {
  case schema = 1
  case gate
  case planLint
  case snapshot
  case patches
  case symbols
  case capabilities
  case policy
  case approvals
  case evidence
  case attestation
  case seal

  /// What it looks at, for people.
  package var title: String {
    switch self {
    case .schema: "shape of every file, and the digests in it"
    case .gate: "definition of done and decision lock"
    case .planLint: "execution plan, prompt and packets"
    case .snapshot: "snapshot of the repository"
    case .patches: "patches and reviews"
    case .symbols: "symbols"
    case .capabilities: "capabilities"
    case .policy: "policies"
    case .approvals: "approvals"
    case .evidence: "chain of evidence"
    case .attestation: "runner and its attestation"
    case .seal: "seal"
    }
  }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The kinds of file in a package, by the names that reports have for them.
package enum ArtifactType: String, Sendable, CaseIterable {
  case seal = "sealed-change-package"
  case dod = "definition-of-done"
  case lock = "decision-lock"
  case plan = "execution-plan"
  case snapshot = "repo-snapshot"
  case capsule = "prompt-capsule"
  case response = "model-response"
  case packet = "step-packet"
  case receipt = "packet-receipt"
  case patch = "patch-artifact"
  case patchReport = "patch-apply-report"
  case review = "reviewer-report"
  case evidence = "evidence-chain"
  case identity = "runner-identity"
  case attestation = "runner-attestation"
  case approvalPolicy = "approval-policy"
  case approvalBundle = "approval-bundle"
  case policySet = "policy-set"
  case policyEvaluation = "policy-evaluation"
  case symbolIndex = "symbol-index"
  case symbolValidation = "symbol-validation"
  case anchor = "session-anchor"
  case gateResult = "gate-result"
  case session = "session"
  case file = "file"
  case trust = "trust"
}
