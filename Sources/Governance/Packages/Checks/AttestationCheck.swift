import Canonical

extension PackageRun {
  /// Step 11: a runner that is trusted signed that it did this plan under this lock, with this evidence; and the anchor says
  /// the same.
  mutating func checkAttestation() {
    if package.identity == nil {
      fail(.attestation, .identityInvalid, Place(.identity), "nothing says which runner did the steps")
    }
    if let attestation = package.attestation {
      checkBindings(attestation)
      verify(attestation)
    } else {
      fail(.attestation, .attestationInvalid, Place(.attestation), "there is no attestation of the runner")
    }
    if settings.trust == nil {
      fail(
        .attestation, .identityInvalid, Place(.trust),
        "no trust file says which runners count, and keys that come with a package prove nothing")
    }
    if let anchor = package.anchor { check(anchor) }
  }

  private mutating func checkBindings(_ attestation: Artifact<RunnerAttestation>) {
    let place = attestation.place
    same(
      attestation.content.planHash, hashes.plan?.value, .attestation, .planHashMismatch, place.at("/planHash"),
      "the plan's digest")
    same(
      attestation.content.lockID, package.lock?.content.lockID, .attestation, .attestationInvalid, place.at("/lockId"),
      "the lock")
    same(
      attestation.content.runnerID, package.identity?.content.runnerID, .attestation, .attestationInvalid,
      place.at("/runnerId"),
      "the runner")
    same(
      attestation.content.identityHash, hashes.identity, .attestation, .attestationInvalid, place.at("/identityHash"),
      "the digest of the runner's identity")
    same(
      attestation.content.evidenceTail, hashes.evidence.last, .attestation, .attestationInvalid,
      place.at("/evidenceChainTailHash"),
      "the last digest of the evidence")
    require(
      !hashes.evidence.isEmpty, .attestation, .attestationInvalid, place.at("/evidenceChainTailHash"),
      "there is no evidence that could be attested")
    if let last = package.evidence.compactMap(\.content.timestamp).max(), let time = attestation.content.createdAt {
      require(
        time >= last, .attestation, .attestationInvalid, place.at("/createdAt"),
        "the attestation is older than the evidence")
    }
    if let used = settings.trust?.usedNonces {
      require(
        !used.contains(Exact(attestation.content.nonce)), .attestation, .attestationInvalid, place.at("/nonce"),
        "the nonce was used before")
    }
  }

  private mutating func verify(_ attestation: Artifact<RunnerAttestation>) {
    guard let key = runnerKey(attestation) else {
      return fail(
        .attestation, .attestationSignatureInvalid, attestation.place.at("/signature"),
        "there is no key that the signature could be verified with")
    }
    let hash: RSAPublicKey.Hash
    switch attestation.content.algorithm {
    case .sha256: hash = .sha256
    case .sha384: hash = .sha384
    case .sha512: hash = .sha512
    case nil: return
    }
    let place = attestation.place.at("/signature")
    guard let signature = Base64.decode(attestation.content.signature) else {
      return fail(.attestation, .attestationSignatureInvalid, place, "the signature is no Base64")
    }
    // What is signed are the 32 bytes of the payload's digest.
    let message = hashes.attestation.flatMap { Hexadecimal.decode($0) } ?? []
    require(
      !message.isEmpty && key.verifies(signature, message, hash), .attestation, .attestationSignatureInvalid, place,
      "the signature is wrong")
  }

  /// The key of a text in PEM; what was read when the trust file was is not read again.
  private static func key(
    _ pem: String, known: PackageTrust.Key?, fewestBits: Int
  ) throws(KeyFailure) -> RSAPublicKey {
    if let known, let (label, bytes) = PEM.decode(Array(pem.utf8)), label == "PUBLIC KEY", bytes == known.spki {
      return known.rsa
    }
    return try RSAPublicKey(pem: pem, fewestBits: fewestBits)
  }

  private mutating func runnerKey(_ attestation: Artifact<RunnerAttestation>) -> RSAPublicKey? {
    guard let identity = package.identity else { return nil }
    let place = identity.place.at("/runnerPublicKey")
    let trusted = settings.trust?.runners.first { TextForms.same($0.runnerID, identity.content.runnerID) }
    let own: RSAPublicKey
    do throws(KeyFailure) {
      own = try Self.key(
        identity.content.publicKey, known: trusted?.key,
        fewestBits: settings.trust?.fewestRSABits ?? RSAPublicKey.fewestBits)
    } catch {
      fail(.attestation, .identityInvalid, place, error.message)
      return nil
    }
    if settings.trust == nil { return own }
    guard let trusted else {
      fail(
        .attestation, .identityInvalid, identity.place.at("/runnerId"),
        "the trust file has no runner '\(identity.content.runnerID)'")
      return nil
    }
    require(
      trusted.key.rsa == own, .attestation, .identityInvalid, place,
      "the trust file has another key of '\(identity.content.runnerID)'")
    if let refusal = trusted.key.refusal(at: attestation.content.createdAt) {
      fail(.attestation, .identityInvalid, place, "the key of '\(identity.content.runnerID)' \(refusal)")
    }
    return trusted.key.rsa
  }

  private mutating func check(_ anchor: Artifact<SessionAnchor>) {
    let place = anchor.place
    same(
      anchor.content.lockID, package.lock?.content.lockID, .attestation, .anchorInvalid, place.at("/lockId"), "the lock"
    )
    same(
      anchor.content.planHash, hashes.plan?.value, .attestation, .anchorInvalid, place.at("/planHash"),
      "the plan's digest")
    let pairs: [(String, String, String?)] = [
      ("/finalEvidenceHash", anchor.content.finalEvidenceHash, hashes.evidence.last),
      ("/runnerIdentityHash", anchor.content.runnerIdentityHash, hashes.identity),
      ("/finalAttestationHash", anchor.content.finalAttestationHash, hashes.attestation),
    ]
    for (pointer, found, wanted) in pairs {
      require(
        wanted.map { TextForms.same($0, found) } ?? false, .attestation, .anchorInvalid, place.at(pointer),
        "the anchor names \(found), and here is \(wanted ?? "nothing")")
    }
  }
}
