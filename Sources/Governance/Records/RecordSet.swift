import JSON

/// The records of a change in the form of the Python validator, and whether they belong together.
///
/// That validator takes what is absent for right: a digest that is not there, a reference that nobody looks up. Here each is
/// an error.
struct RecordSet {
  private var records: [(file: String, json: JSONValue, record: ChangeRecord)] = []
  private let files: PackageFiles
  private var findings = Findings()

  /// The records in some files; nil if one of them belongs to a sealed session, or none is a record.
  init?(_ files: PackageFiles) {
    guard files.files["decision-lock.json"].map({ Self.isRecord($0) }) ?? true,
      files.files[PackageFiles.seal].map({ Self.isRecord($0) }) ?? true,
      files.files.contains(where: { $0.key.hasSuffix(".json") && Self.isRecord($0.value) })
    else { return nil }
    self.files = files
    for refusal in files.refusals {
      findings.add(.schema, .schemaInvalid, Place(.file, file: refusal.name), "'\(refusal.name)' \(refusal.reason)")
    }
    for name in files.names where name.hasSuffix(".json") && name != PackageFiles.signatures {
      let place = Place(.file, file: name)
      guard let json = SealedPackage.json(files.files[name] ?? [], place, &findings) else { continue }
      guard let kind = ChangeRecord.Kind(json) else {
        findings.add(.schema, .schemaInvalid, place, "this is no record of a change")
        continue
      }
      var reader = ArtifactReader(Place(kind.artifact, file: name), findings)
      let record = ChangeRecord(kind, reader.object(json), &reader)
      findings = reader.findings
      records.append((name, json, record))
    }
  }

  private static func isRecord(_ bytes: [UInt8]) -> Bool {
    (try? JSONValue.strict(bytes)).map { ChangeRecord.Kind($0) != nil } ?? false
  }

  func report(_ validator: PackageValidator) -> PackageReport {
    var run = self
    var found: [PackageReport.Record] = []
    var hashes = PackageHashes()
    for (file, json, record) in records {
      let place = Place(record.kind.artifact, file: file)
      if Self.hasFraction(json) {
        run.findings.add(
          .schema, .schemaInvalid, place,
          "the digest of a fraction depends on who writes it: only whole numbers have one")
      }
      var maker = PackageHashes.Maker(profile: .reference, findings: run.findings)
      let hash = maker.hash(json, HashRules.whole, place)
      run.findings = maker.findings
      found.append(.init(file: file, type: record.kind.rawValue, hash: hash))
      if record.kind == .plan { hashes.plan = ArtifactHash(value: hash, profile: .reference) }
    }
    run.link(found)
    let contents = TrustedSeal.check(files, names: files.names, validator.trust, &run.findings)
    var report = PackageReport(
      kind: .records, sessionID: nil, profile: validator.profile, hasTrust: validator.trust != nil,
      contentsHash: contents,
      hashes: hashes, errors: run.findings.errors.sorted(by: PackageProblem.isBefore),
      warnings: run.findings.warnings.sorted(by: PackageProblem.isBefore))
    report.records = found
    return report
  }

  /// The only record of a kind, with its digest.
  private mutating func one(
    _ kind: ChangeRecord.Kind, _ code: PackageCode, _ found: [PackageReport.Record]
  ) -> (record: ChangeRecord, file: String, hash: String)? {
    let all = zip(records, found).filter { $0.0.record.kind == kind }
    if all.count == 1 { return (all[0].0.record, all[0].0.file, all[0].1.hash) }
    findings.add(
      .seal, code, Place(kind.artifact), "there \(all.isEmpty ? "is no" : "are \(all.count)") \(kind.rawValue)")
    return nil
  }

  private mutating func link(_ found: [PackageReport.Record]) {
    let plan = one(.plan, .sealMissingDependency, found)
    let lock = one(.lock, .lockMissing, found)
    let seal = one(.seal, .sealMissingDependency, found)
    if let lock, let plan, !TextForms.same(lock.record.planID, plan.record.id) {
      findings.add(
        .seal, .idMismatch, Place(.lock, file: lock.file, "/linkedExecutionPlanId"),
        "the lock is for the plan '\(lock.record.planID)', and this is '\(plan.record.id)'")
    }
    guard let seal else { return }
    let place = Place(.seal, file: seal.file)
    let pairs: [(String, String, String?, PackageCode)] = [
      ("/executionPlanRef", seal.record.planID, plan?.record.id, .idMismatch),
      ("/decisionLockRef", seal.record.lockID, lock?.record.id, .idMismatch),
      ("/artifactHashes/executionPlan", seal.record.planHash, plan?.hash, .sealHashMismatch),
      ("/artifactHashes/decisionLock", seal.record.lockHash, lock?.hash, .sealHashMismatch),
    ]
    for (pointer, sealed, real, code) in pairs {
      guard let real, !TextForms.same(sealed, real) else { continue }
      findings.add(.seal, code, place.at(pointer), "the seal names '\(sealed)', and here is '\(real)'")
    }
  }

  private static func hasFraction(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let text): Int(text) == nil
    case .array(let elements): elements.contains(where: hasFraction)
    case .object(let members): members.contains { hasFraction($0.value) }
    default: false
    }
  }
}
