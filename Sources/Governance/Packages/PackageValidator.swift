package import Canonical
package import JSON

/// Validates sealed change packages.
///
/// All steps run whatever the ones before found. A package passes only if there is no error; what can't be checked, because
/// something is missing, is an error.
package struct PackageValidator: Sendable {
  /// What a package is held against besides itself.
  package struct Policies: Sendable {
    /// The policies, an array.
    package let json: JSONValue
    /// The file that they come from.
    package let file: String?
    /// What stands in them, their digest ("" if they have none), and what is wrong with them: found once, however many
    /// packages are held against them.
    let list: [SessionPolicy]
    let hash: String
    let findings: Findings

    package init(_ json: JSONValue, file: String? = nil) {
      self.json = json
      self.file = file
      var reader = ArtifactReader(Place(.policySet, file: file), Findings())
      var list: [SessionPolicy] = []
      if let policies = json.array {
        for (index, policy) in policies.enumerated() {
          list.append(SessionPolicy(reader.object(policy, [.index(index)]), &reader, "/\(index)"))
        }
      } else {
        reader.complain([], "an array of policies must stand here")
      }
      var maker = PackageHashes.Maker(profile: .reference, findings: reader.findings)
      hash = maker.hash(json, HashRules.policySet, Place(.policySet))
      self.list = list
      findings = maker.findings
    }
  }

  /// Who is trusted; without it no package passes.
  package var trust: PackageTrust?
  package var policies: Policies?
  package var profile: HashProfile
  /// Seconds since 1970: what is dated later is wrong.
  package var now: Int?

  package init(
    trust: PackageTrust? = nil, policies: Policies? = nil, profile: HashProfile = .auto, now: Int? = nil
  ) {
    self.trust = trust
    self.policies = policies
    self.profile = profile
    self.now = now
  }

  /// The digest of the policies, if there are any and they have one.
  package var policySetHash: String? { policies.flatMap { $0.hash.isEmpty ? nil : $0.hash } }

  /// What is found in a package that is just being sealed: whoever seals it is trusted to.
  package func validate(_ files: PackageFiles, sealedBy keys: [PublicKey]) -> PackageReport {
    var validator = self
    validator.trust?.sealers += keys
    return validator.validate(files)
  }

  /// What is found in a package.
  package func validate(_ files: PackageFiles) -> PackageReport {
    if let records = RecordSet(files) { return records.report(self) }
    var run = PackageRun(files, self)
    run.checkShape()
    run.checkGate()
    run.checkPlan()
    run.checkCapsule()
    run.checkPackets()
    run.checkSnapshot()
    run.checkPatches()
    run.checkReviews()
    run.checkSymbols()
    run.checkCapabilities()
    run.checkPolicies()
    run.checkApprovals()
    run.checkEvidence()
    run.checkAttestation()
    run.checkSeal()
    run.contentsHash = TrustedSeal.check(files, names: run.names, trust, &run.findings)
    return run.report
  }
}

/// One validation: the package, its digests, and what was found so far.
struct PackageRun {
  let files: PackageFiles
  /// Their names, in their order.
  let names: [String]
  let settings: PackageValidator
  let package: SealedPackage
  let hashes: PackageHashes
  let policies: [SessionPolicy]
  var findings: Findings
  /// What every artifact's session must be.
  let sessionID: String?
  /// One digest over all files, and each file's.
  var contentsHash = ""
  /// The keys of the approval policy's approvers in DER, nil for what is none.
  var approverKeys: [[UInt8]?] = []

  init(_ files: PackageFiles, _ settings: PackageValidator) {
    var findings = Findings()
    names = files.names
    let package = SealedPackage(files, names: names, &findings)
    if let policies = settings.policies { findings.add(policies.findings) }
    hashes = PackageHashes(package, policySet: settings.policies?.hash, profile: settings.profile, &findings)
    self.files = files
    self.settings = settings
    self.package = package
    policies = settings.policies?.list ?? []
    self.findings = findings
    sessionID = package.seal?.content.sessionID ?? package.lock?.content.sessionID
  }

  var report: PackageReport {
    PackageReport(
      kind: .package, sessionID: sessionID, profile: settings.profile, hasTrust: settings.trust != nil,
      contentsHash: contentsHash,
      hashes: hashes, errors: findings.errors.sorted(by: PackageProblem.isBefore),
      warnings: findings.warnings.sorted(by: PackageProblem.isBefore))
  }

  /// Requires something; see `Findings.require`.
  mutating func require(
    _ isRight: Bool, _ step: PackageStep, _ code: PackageCode, _ place: @autoclosure () -> Place,
    _ message: @autoclosure () -> String
  ) {
    if !isRight { findings.add(place().problem(step, code, message())) }
  }

  /// Says that something is wrong.
  mutating func fail(_ step: PackageStep, _ code: PackageCode, _ place: Place, _ message: String) {
    findings.add(place.problem(step, code, message))
  }

  /// Requires two ids or digests to be the same.
  mutating func same(
    _ found: String?, _ wanted: String?, _ step: PackageStep, _ code: PackageCode, _ place: @autoclosure () -> Place,
    _ what: @autoclosure () -> String
  ) {
    // What is missing or malformed was told before.
    guard let found, let wanted, !found.isEmpty, !wanted.isEmpty, !TextForms.same(found, wanted) else { return }
    fail(step, code, place(), "\(what()) is \(wanted), not \(found)")
  }
}
