import Canonical
import JSON

/// Step 12, what the digests leave open: members that no digest covers, files that the seal has no name for, and a seal that
/// anybody can make. A package passes only if somebody trusted says which bytes all its files have: by a signature over them,
/// or by the digest of its contents in the trust file.
struct TrustedSeal {
  let files: PackageFiles
  let trust: PackageTrust?
  var findings: Findings

  /// Adds what is wrong; the digest of the contents.
  static func check(
    _ files: PackageFiles, names: [String], _ trust: PackageTrust?, _ findings: inout Findings
  ) -> String {
    let digests = files.digests(names)
    let contentsHash = PackageFiles.contentsHash(digests)
    var check = TrustedSeal(files: files, trust: trust, findings: findings)
    check.run(digests, contentsHash)
    findings = check.findings
    return contentsHash
  }

  private mutating func fail(_ code: PackageCode, _ place: Place, _ message: String) {
    findings.add(.seal, code, place, message)
  }

  private mutating func run(_ digests: [Statement.Subject], _ contentsHash: String) {
    let place = Place(.seal, file: files.files[PackageFiles.signatures] == nil ? nil : PackageFiles.signatures)
    var isSigned = false
    if let bytes = files.files[PackageFiles.signatures] { isSigned = checkSignatures(bytes, digests, place) }
    guard let trust else {
      return fail(
        .sealBindingViolation, Place(.trust),
        "no trust file says who seals, and a seal that anybody can make proves nothing")
    }
    if isSigned || trust.packages.has(contentsHash) { return }
    fail(
      .sealBindingViolation, place,
      trust.packages.isEmpty && trust.sealers.isEmpty
        ? "the trust file says neither who seals nor what this package's contents are"
        : "no trusted key signed the files as they are, and the trust file does not have the digest of their contents")
  }

  /// Whether enough trusted keys signed exactly these files.
  private mutating func checkSignatures(_ bytes: [UInt8], _ digests: [Statement.Subject], _ place: Place) -> Bool {
    let envelope: Envelope
    let statement: Statement
    do throws(JSONFailure) {
      envelope = try Envelope(json: bytes)
      statement = try Statement(canonical: envelope.payload)
    } catch {
      fail(.sealInvalid, place, "the signatures can't be read: \(error.message)")
      return false
    }
    guard envelope.payloadType == Envelope.statementType,
      statement.predicateType == Statement.Predicate.sealedChange.rawValue
    else {
      fail(.sealInvalid, place, "what was signed is no statement about a sealed change")
      return false
    }
    let (signed, real) = (statement.subjects, digests)
    for subject in real where !signed.contains(where: { TextForms.same($0.name, subject.name) }) {
      fail(.sealBindingViolation, place, "the signatures are not about '\(subject.name)'")
    }
    for subject in signed {
      let own = real.first { TextForms.same($0.name, subject.name) }
      if own == nil {
        fail(.sealMissingDependency, place, "'\(subject.name)' was signed, and is missing")
      } else if let own, !TextForms.same(own.sha256, subject.sha256) {
        fail(.sealHashMismatch, place, "'\(subject.name)' is not what was signed")
      }
    }
    guard let trust, !trust.sealers.isEmpty else { return false }
    let signers = Set(envelope.signers(among: trust.sealers))
    if signers.count < trust.sealThreshold {
      fail(.sealInvalid, place, "\(trust.sealThreshold) trusted keys must have signed, and \(signers.count) did")
    }
    return signers.count >= trust.sealThreshold && signed == real
  }
}
