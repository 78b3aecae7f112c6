extension PackageRun {
  /// Step 1: digests that artifacts have of themselves, one session everywhere, ids that occur once. (Their shape was looked
  /// at when they were read.)
  mutating func checkShape() {
    if let plan = package.plan {
      same(
        plan.content.planHash, hashes.plan?.value, .schema, .planHashMismatch, plan.place.at("/planHash"), "the digest")
    }
    if let capsule = package.capsule {
      same(
        capsule.content.capsuleHash, hashes.capsule?.value, .schema, .capsuleHashMismatch,
        capsule.place.at("/hash/capsuleHash"), "the digest")
    }
    if let response = package.response {
      same(
        response.content.responseHash, hashes.response?.value, .schema, .responseHashMismatch,
        response.place.at("/hash/responseHash"), "the digest")
    }
    if let snapshot = package.snapshot {
      same(
        snapshot.content.snapshotHash, hashes.snapshot?.value, .schema, .snapshotHashMismatch,
        snapshot.place.at("/snapshotHash"), "the digest")
    }
    if let index = package.symbolIndex {
      same(
        index.content.symbolIndexHash, hashes.symbolIndex, .schema, .symbolIndexInvalid,
        index.place.at("/symbolIndexHash"), "the digest")
    }
    for (packet, hash) in zip(package.packets, hashes.packets) {
      same(
        packet.content.packetHash, hash.hash, .schema, .sealHashMismatch, packet.place.at("/packetHash"), "the digest")
    }
    if let bundle = package.approvalBundle {
      same(
        bundle.content.bundleHash, hashes.approvalBundle, .schema, .sealHashMismatch, bundle.place.at("/bundleHash"),
        "the digest")
    }
    if let report = package.patchReport {
      // The digest in the file can only be the one without itself.
      same(
        report.content.reportHash, reportHashOfItself, .schema, .sealHashMismatch, report.place.at("/reportHash"),
        "the digest")
    }
    checkSessions()
  }

  /// The digest that a patch report has of itself.
  private var reportHashOfItself: String? {
    guard let report = package.patchReport else { return nil }
    return try? HashProfile.hash(report.json, HashRules.patchReport).get()
  }

  private mutating func checkSessions() {
    guard package.seal != nil || package.lock != nil else { return }
    func check(_ found: String?, _ place: Place) {
      same(found, sessionID, .schema, .idMismatch, place.at("/sessionId"), "the session")
    }
    check(package.dod?.content.sessionID, package.dod?.place ?? Place(.dod))
    check(package.lock?.content.sessionID, package.lock?.place ?? Place(.lock))
    check(package.plan?.content.sessionID, package.plan?.place ?? Place(.plan))
    check(package.snapshot?.content.sessionID, package.snapshot?.place ?? Place(.snapshot))
    check(package.capsule?.content.sessionID, package.capsule?.place ?? Place(.capsule))
    check(package.response?.content.sessionID, package.response?.place ?? Place(.response))
    for packet in package.packets { check(packet.content.sessionID, packet.place) }
    for patch in package.patches { check(patch.content.sessionID, patch.place) }
    check(package.patchReport?.content.sessionID, package.patchReport?.place ?? Place(.patchReport))
    for review in package.reviews { check(review.content.sessionID, review.place) }
    for link in package.evidence { check(link.content.sessionID, link.place) }
    check(package.attestation?.content.sessionID, package.attestation?.place ?? Place(.attestation))
    check(package.approvalPolicy?.content.sessionID, package.approvalPolicy?.place ?? Place(.approvalPolicy))
    check(package.approvalBundle?.content.sessionID, package.approvalBundle?.place ?? Place(.approvalBundle))
    check(package.symbolIndex?.content.sessionID, package.symbolIndex?.place ?? Place(.symbolIndex))
    check(package.symbolValidation?.content.sessionID, package.symbolValidation?.place ?? Place(.symbolValidation))
    check(package.gateResult?.content.sessionID, package.gateResult?.place ?? Place(.gateResult))
    check(package.anchor?.content.sessionID, package.anchor?.place ?? Place(.anchor))
    check(package.session?.content.sessionID, package.session?.place ?? Place(.session))
  }

  /// Whether some texts are each there once.
  static func areDistinct(_ texts: some Sequence<String>) -> Bool {
    let list = Array(texts)
    if list.count > ExactTexts.few { return list.exact.count == list.count }
    for index in list.indices.dropFirst() where list[..<index].has(list[index]) { return false }
    return true
  }
}
