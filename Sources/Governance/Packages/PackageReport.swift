package import JSON
package import Source

/// What was found in a package.
package struct PackageReport: Sendable {
  /// What was validated.
  package enum Kind: String, Sendable {
    /// A sealed session.
    case package = "sealed-change-package"
    /// Plan, lock, seal and evidence in the smaller form of the Python validator.
    case records = "change-records"
  }

  /// A record of the smaller form.
  package struct Record: Sendable {
    package var file: String
    package var type: String
    package var hash: String
  }

  package var kind: Kind
  package var sessionID: String?
  package var profile: HashProfile
  package var hasTrust: Bool
  /// One digest over the bytes of all files.
  package var contentsHash: String
  package var hashes: PackageHashes
  /// The records, where these were validated.
  package var records: [Record] = []
  /// By step, artifact, code and place.
  package var errors: [PackageProblem]
  package var warnings: [PackageProblem]

  package var passes: Bool { errors.isEmpty }

  /// The steps that were made.
  package var steps: [PackageStep] { kind == .package ? PackageStep.allCases : [.schema, .seal] }

  /// The errors of a step.
  package func errors(of step: PackageStep) -> [PackageProblem] { errors.filter { $0.step == step } }

  /// The report in the Conformance Normal Form.
  package var normalForm: CNFReport {
    CNFReport(
      mode: .sealedPackage, passes: passes,
      hashes: .init(
        anchorHash: hashes.anchor.known, evidenceChainTailHash: hashes.evidence.last?.known,
        packageHash: hashes.package.known, planHash: hashes.plan?.value.known),
      problems: errors.map { error in
        CNFReport.Problem(
          code: error.code.rawValue, message: error.message, artifactType: error.artifact.rawValue, path: error.path)
      })
  }

  /// The digests by the names that the format has for them.
  package var hashesJSON: JSONValue {
    func text(_ hash: String?) -> JSONValue { hash?.known.map { .string($0) } ?? .null }
    func named(_ list: [(stepID: String, hash: String)]) -> JSONValue {
      .object(list.map { .init($0.stepID, text($0.hash)) })
    }
    if kind == .records { return .object(records.map { .init($0.file, text($0.hash)) }) }
    let reviews = hashes.reviews.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return [
      "decisionLockHash": text(hashes.lock?.value), "planHash": text(hashes.plan?.value),
      "capsuleHash": text(hashes.capsule?.value), "snapshotHash": text(hashes.snapshot?.value),
      "responseHash": text(hashes.response?.value), "stepPacketHashes": named(hashes.packets),
      "patchArtifactHashes": named(hashes.patches), "reviewerReportHashes": .array(reviews.map { text($0) }),
      "evidenceHashes": .array(hashes.evidence.map { text($0) }),
      "identityHash_inAttestation": text(hashes.identity), "runnerIdentityHash_inSCP": text(hashes.identityFile),
      "attestationPayloadHash": text(hashes.attestation), "approvalPolicyHash": text(hashes.approvalPolicy),
      "approvalBundleHash": text(hashes.approvalBundle),
      "signaturePayloadHashes": .array(hashes.signatures.map { text($0) }),
      "policySetHash": text(hashes.policySet), "policyEvaluationHash": text(hashes.policyEvaluation),
      "symbolIndexHash": text(hashes.symbolIndexFile), "patchApplyReportHash": text(hashes.patchReport?.value),
      "anchorHash": text(hashes.anchor), "packageHash": text(hashes.package),
    ]
  }

  /// Which rule the digests follow that have two.
  package var profilesJSON: JSONValue {
    let list: [(String, ArtifactHash?)] = [
      ("decisionLockHash", hashes.lock), ("planHash", hashes.plan), ("capsuleHash", hashes.capsule),
      ("snapshotHash", hashes.snapshot), ("patchApplyReportHash", hashes.patchReport),
    ]
    return .object(list.compactMap { name, hash in hash.map { .init(name, .string($0.profile.rawValue)) } })
  }
}

extension String {
  /// Nil for the digest of what could not be hashed.
  fileprivate var known: String? { isEmpty ? nil : self }
}

extension String? {
  fileprivate var known: String? { flatMap(\.known) }
}

extension PackageProblem {
  /// Line and column of the place in its file, if the file is there.
  package func position(in files: PackageFiles) -> SourcePosition? {
    guard let file, let bytes = files.files[file] else { return nil }
    return position(in: bytes)
  }

  /// The same where the file's bytes are at hand.
  package func position(in bytes: [UInt8]) -> SourcePosition? {
    guard let offset = offset ?? JSONPointer.offset(pointer, in: bytes) else { return nil }
    return SourceFile(path: file ?? "", bytes: bytes).position(at: offset)
  }
}
