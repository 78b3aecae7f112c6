import JSON

extension PackageRun {
  /// Step 12: the seal names every artifact by its digest, no other, and its own is right.
  mutating func checkSeal() {
    guard let seal = package.seal else {
      return fail(.seal, .sealMissingDependency, Place(.seal), "there is no \(PackageFiles.seal)")
    }
    let place = seal.place
    same(
      seal.content.packageHash, hashes.package, .seal, .sealHashMismatch, place.at("/packageHash"),
      "the digest of the seal")
    one(seal.content.decisionLockHash, hashes.lock?.value, "decisionLockHash", "decision-lock.json", place)
    one(seal.content.planHash, hashes.plan?.value, "planHash", "execution-plan.json", place)
    one(seal.content.capsuleHash, hashes.capsule?.value, "capsuleHash", "prompt-capsule.json", place)
    one(seal.content.snapshotHash, hashes.snapshot?.value, "snapshotHash", "repo-snapshot.json", place)
    all(seal.content.stepPacketHashes, hashes.packets.map(\.hash), "stepPacketHashes", "packets", place)
    all(seal.content.patchArtifactHashes, hashes.patches.map(\.hash), "patchArtifactHashes", "patches", place)
    all(seal.content.reviewerReportHashes, hashes.reviews, "reviewerReportHashes", "reports of reviewers", place)
    all(seal.content.evidenceChainHashes, hashes.evidence, "evidenceChainHashes", "pieces of evidence", place)
    one(
      seal.content.policyEvaluationHash, hashes.policyEvaluation, "policyEvaluationHash", "policy-evaluation.json",
      place)
    one(seal.content.symbolIndexHash, hashes.symbolIndexFile, "symbolIndexHash", "symbol-index.json", place)
    one(
      seal.content.patchApplyReportHash, hashes.patchReport?.value, "patchApplyReportHash", "patch-apply-report.json",
      place)
    one(seal.content.runnerIdentityHash, hashes.identityFile, "runnerIdentityHash", "runner-identity.json", place)
    one(seal.content.attestationHash, hashes.attestation, "attestationHash", "runner-attestation.json", place)
    one(seal.content.approvalPolicyHash, hashes.approvalPolicy, "approvalPolicyHash", "approval-policy.json", place)
    one(seal.content.approvalBundleHash, hashes.approvalBundle, "approvalBundleHash", "approval-bundle.json", place)
    one(seal.content.anchorHash, hashes.anchor, "anchorHash", "session-anchor.json", place)
    for name in seal.content.extensions {
      fail(
        .seal, .extensionNotRegistered, place.at("/extensions/\(JSONPointer.escaped(name))"),
        "the extension '\(name)' is not known, and a seal with what is not known proves nothing")
    }
    checkTimes()
  }

  /// An artifact that the seal must name if it is there, and only then.
  private mutating func one(
    _ sealed: String?, _ found: String?, _ member: String, _ file: String, _ place: Place
  ) {
    let place = place.at("/" + member)
    switch (sealed, found) {
    case (nil, nil): break
    case (nil, _?): fail(.seal, .sealBindingViolation, place, "the seal does not name '\(file)'")
    case (let sealed?, nil):
      if !sealed.isEmpty { fail(.seal, .sealMissingDependency, place, "'\(file)' is missing or can't be read") }
    case (let sealed?, let found?):
      require(
        TextForms.same(sealed, found), .seal, .sealHashMismatch, place,
        "'\(file)' has the digest \(found), not \(sealed)")
    }
  }

  /// Artifacts of which there are several.
  private mutating func all(
    _ sealed: [String], _ found: [String], _ member: String, _ what: String, _ place: Place
  ) {
    let place = place.at("/" + member)
    require(
      sealed.count == found.count, .seal, .sealBindingViolation, place,
      "the seal names \(sealed.count) \(what), and there are \(found.count)")
    require(
      Self.areDistinct(sealed), .seal, .sealBindingViolation, place, "the seal names one of the \(what) twice")
    for (index, hash) in sealed.enumerated() where !hash.isEmpty && !found.has(hash) {
      fail(.seal, .sealHashMismatch, place.at("/\(index)"), "none of the \(what) has the digest \(hash)")
    }
    for hash in found where !hash.isEmpty && !sealed.has(hash) {
      fail(.seal, .sealHashMismatch, place, "the seal does not name \(hash), one of the \(what)")
    }
  }

  // MARK: Times

  /// Nothing is older than the definition of done that a session begins with, or younger than its seal. Times that no digest
  /// covers are held at least to that.
  private mutating func checkTimes() {
    guard let seal = package.seal, let sealed = seal.content.sealedAt else { return }
    let start = package.dod?.content.createdAt
    func add(_ place: Place?, _ pointer: @autoclosure () -> String, _ time: Instant?) {
      guard let place, let time else { return }
      if time > sealed {
        fail(.seal, .sessionBoundaryInvalid, place.at(pointer()), "this is later than the seal")
      }
      if let start, time < start {
        fail(.seal, .sessionBoundaryInvalid, place.at(pointer()), "this is older than the definition of done")
      }
    }
    add(package.dod?.place, "/createdAt", start)
    add(package.lock?.place, "/createdAt", package.lock?.content.createdAt)
    add(package.lock?.place, "/approvalMetadata/approvedAt", package.lock?.content.approval?.approvedAt)
    for (pointer, time) in package.plan?.content.times ?? [] { add(package.plan?.place, pointer, time) }
    add(package.snapshot?.place, "/generatedAt", package.snapshot?.content.generatedAt)
    add(package.capsule?.place, "/createdAt", package.capsule?.content.createdAt)
    add(package.response?.place, "/createdAt", package.response?.content.createdAt)
    for packet in package.packets { add(packet.place, "/createdAt", packet.content.createdAt) }
    for receipt in package.receipts { add(receipt.place, "/timestamp", receipt.content.timestamp) }
    for link in package.evidence { add(link.place, "/timestamp", link.content.timestamp) }
    add(package.identity?.place, "/attestationTimestamp", package.identity?.content.timestamp)
    add(package.attestation?.place, "/createdAt", package.attestation?.content.createdAt)
    for (index, signature) in (package.approvalBundle?.content.signatures ?? []).enumerated() {
      add(package.approvalBundle?.place, "/signatures/\(index)/timestamp", signature.timestamp)
    }
    if let now = settings.now {
      // Clocks differ a little.
      require(
        sealed.milliseconds <= (now + 300) * 1000, .seal, .sessionBoundaryInvalid, seal.place.at("/sealedAt"),
        "the seal is dated in the future")
    }
  }
}
