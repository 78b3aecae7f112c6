import Canonical
import Governance
import JSON
import Testing

/// What somebody without keys does to a package, and what must tell.
struct Attack: CustomTestStringConvertible, Sendable {
  var name: String
  /// The code that tells even if somebody was made to pin the changed contents; nil where only the contents tell.
  var code: PackageCode?
  var isResealed = true
  var change: @Sendable (inout PackageFiles) throws -> Void

  var testDescription: String { name }

  init(
    _ name: String, _ code: PackageCode?, isResealed: Bool = true,
    _ change: @escaping @Sendable (inout PackageFiles) throws -> Void
  ) {
    (self.name, self.code, self.isResealed, self.change) = (name, code, isResealed, change)
  }

  /// Sets a member of a file.
  static func set(
    _ name: String, _ code: PackageCode?, _ file: String, _ member: String, _ value: JSONValue?, isResealed: Bool = true
  ) -> Attack {
    Attack(name, code, isResealed: isResealed) { try $0.set(file, member, value) }
  }

  static let seal = PackageFiles.seal
  static let hash = Digest.sha256Hex([9])

  static let all: [Attack] = [
    set("approvalMetadata deleted", .lockNotApproved, "decision-lock.json", "approvalMetadata", nil),
    set(
      "approvalMetadata of somebody else", .lockNotApproved, "decision-lock.json", "approvalMetadata",
      ["approvedBy": "mallory", "approvedAt": "2026-03-01T08:05:00.000Z", "approvalMethod": "review"]),
    Attack("approvalMetadata with another time", .sessionBoundaryInvalid) {
      try $0.edit("decision-lock.json") {
        $0.edit("approvalMetadata") { $0.set("approvedAt", "2027-03-01T08:05:00.000Z") }
      }
    },
    Attack("dod.json deleted", .dodMissing) { $0.files["dod.json"] = nil },
    Attack("dod.json with fewer items", .planLintFailed) {
      try $0.edit("dod.json") { $0.edit("items") { $0 = .array(Array(($0.array ?? []).prefix(1))) } }
    },
    set("dod.json of another id", .idMismatch, "dod.json", "dodId", "22222222-2222-4333-8444-555555555555"),
    Attack("dod.json with an easier item", nil) {
      try $0.edit("dod.json") { $0.edit("items") { $0.edit(0) { $0.set("verificationCommand", "true") } } }
    },
    Attack("model-response.json edited", .responseHashMismatch, isResealed: false) {
      try $0.edit("model-response.json") { $0.edit("output") { $0.set("summary", "other") } }
    },
    Attack("model-response.json edited, its digest made anew", nil) {
      try $0.edit("model-response.json") { $0.edit("output") { $0.set("summary", "other") } }
    },
    Attack("model-response.json with a change elsewhere", .boundaryViolation) {
      try $0.edit("model-response.json") {
        $0.edit("output") { $0.edit("proposedChanges") { $0.edit(0) { $0.set("targetPath", "src/other.swift") } } }
      }
    },
    set(
      "the plan's time is later", .sessionBoundaryInvalid, "execution-plan.json", "createdAt", "2027-01-01T00:00:00Z"),
    set("the plan's time is a little later", nil, "execution-plan.json", "createdAt", "2026-03-01T08:02:01Z"),
    set("the snapshot's id", nil, "repo-snapshot.json", "snapshotId", "99999999-8888-4777-8666-000000000000"),
    set("the snapshot's time", nil, "repo-snapshot.json", "generatedAt", "2026-03-01T08:06:01.000Z"),
    Attack("__proto__ in the plan", .schemaInvalid) { files in
      let text = String(decoding: files.files["execution-plan.json"] ?? [], as: UTF8.self)
      files.files["execution-plan.json"] = Array((#"{"__proto__":{"a":1},"# + text.dropFirst()).utf8)
    },
    Attack("__proto__ in evidence, with an escape", .schemaInvalid, isResealed: false) { files in
      let text = String(decoding: files.files["runner-evidence.json"] ?? [], as: UTF8.self)
      files.files["runner-evidence.json"] = Array(text.replacing("\"z\":1", with: #""\u005f_proto__":1,"z":1"#).utf8)
    },
    Attack("approvals stripped", .approvalBundleInvalid) {
      $0.files["approval-bundle.json"] = nil
      $0.files["approval-policy.json"] = nil
    },
    Attack("the bundle stripped", .approvalBundleInvalid) { $0.files["approval-bundle.json"] = nil },
    Attack("the attestation stripped", .attestationInvalid) {
      $0.files["runner-attestation.json"] = nil
      $0.files["session-anchor.json"] = nil
    },
    Attack("a garbage signature of the attestation, without the identity", .attestationSignatureInvalid) {
      try $0.set("runner-attestation.json", "signature", "AAAA")
      $0.files["runner-identity.json"] = nil
    },
    set(
      "a garbage signature of the attestation", .attestationSignatureInvalid, "runner-attestation.json", "signature",
      "AAAA"),
    Attack("one of two approvals dropped", .approvalQuorumNotMet) {
      try $0.edit("approval-bundle.json") { $0.edit("signatures") { $0 = .array(Array(($0.array ?? []).prefix(1))) } }
    },
    Attack("an approval twice", .approvalQuorumNotMet) {
      try $0.edit("approval-bundle.json") {
        $0.edit("signatures") { signatures in
          let first = signatures.array?[0] ?? nil
          signatures = [first, first]
        }
      }
    },
    Attack("the quorum of the package lowered", .approvalQuorumNotMet) {
      try $0.edit("approval-bundle.json") { $0.edit("signatures") { $0 = .array(Array(($0.array ?? []).prefix(1))) } }
      try $0.edit("approval-policy.json") {
        $0.edit("rules") { $0.edit(0) { $0.set("quorum", ["m": 1, "n": 1, "type": "m_of_n"]) } }
      }
    },
    Attack("an approver's key replaced by the other's", .approvalPolicyInvalid) {
      try $0.edit("approval-policy.json") { policy in
        let key = policy["approvers"]?.array?[0]["publicKeyPem"]
        policy.edit("approvers") { $0.edit(1) { $0.set("publicKeyPem", key) } }
      }
    },
    Attack("an approver made inactive", .approvalSignatureInvalid) {
      try $0.edit("approval-policy.json") { $0.edit("approvers") { $0.edit(0) { $0.set("active", false) } } }
    },
    Attack("the approved goal replaced", .approvalSignatureInvalid) { files in
      let goal: JSONValue = "Clamp nothing"
      try files.set("decision-lock.json", "goal", goal)
      try files.set("execution-plan.json", "goal", goal)
      try files.edit("prompt-capsule.json") { $0.edit("intent") { $0.set("goalExcerpt", goal) } }
      for step in ["s-1", "s-2"] { try files.set("packets/step-\(step).json", "goalReference", goal) }
    },
    set(
      "an artifact of another session", .idMismatch, "repo-snapshot.json", "sessionId",
      "3f8b1c52-6d1e-4c0a-9b7f-000000000000"),
    Attack("an attestation of another session", .idMismatch) {
      try $0.set("runner-attestation.json", "sessionId", "3f8b1c52-6d1e-4c0a-9b7f-000000000000")
    },
    set("the lock's status is rejected", .lockNotApproved, "decision-lock.json", "status", "rejected"),
    set("the lock's status is draft", .lockNotApproved, "decision-lock.json", "status", "draft"),
    Attack("all reviews failed", .reviewerFailed) { files in
      for name in files.files.keys where name.hasPrefix("reviewer-") { try files.set(name, "passed", false) }
    },
    Attack("a review with a violation that passed", .reviewerFailed) {
      try $0.set("reviewer-s-1-security.json", "violations", [["ruleId": "SEC-001", "message": "process"]])
    },
    Attack("no evidence, reviews and packets", .evidenceRequired) { files in
      for name in files.files.keys
      where name.hasPrefix("reviewer-") || name.hasPrefix("packets/") || name == "runner-evidence.json" {
        files.files[name] = nil
      }
    },
    Attack("no reviews", .reviewerFailed) { files in
      for name in files.files.keys where name.hasPrefix("reviewer-") { files.files[name] = nil }
    },
    Attack("no packets", .packetInvalid) { files in
      for name in files.files.keys where name.hasPrefix("packets/") { files.files[name] = nil }
    },
    Attack("no evidence of a step", .evidenceRequired) {
      try $0.edit("runner-evidence.json") { $0 = .array(Array(($0.array ?? []).prefix(1))) }
    },
    Attack("evidence in another order", .evidenceChainInvalid) {
      try $0.edit("runner-evidence.json") { $0 = .array(($0.array ?? []).reversed()) }
    },
    set("a bogus policySetHash", .policyInvalid, seal, "policySetHash", .string(hash)),
    set("wrong schemaVersion", .schemaInvalid, seal, "schemaVersion", "1.0.1", isResealed: false),
    Attack("an extension that nobody knows", .extensionNotRegistered) {
      try $0.set(seal, "extensions", ["org.example.x": ["hash": .string(hash), "schemaVersion": "1.0.0"]])
    },
    Attack("a plan with a command", .forbiddenToken) {
      try $0.edit("execution-plan.json") { $0.set("note", "curl it") }
    },
    Attack("a capability that does not exist", .boundaryViolation) { files in
      for (file, member) in [
        ("execution-plan.json", "allowedCapabilities"), ("runner-identity.json", "allowedCapabilitiesSnapshot"),
      ] {
        try files.edit(file) { $0.edit(member) { $0 = .array(($0.array ?? []) + ["run_shell"]) } }
      }
    },
    Attack("a patch of a file that the packet does not allow", .boundaryViolation) {
      try $0.edit("patch-s-1.json") { $0.edit("filesChanged") { $0.edit(0) { $0.set("path", "src/Retry/README.md") } } }
    },
    Attack("a patch whose diff is of another file", .boundaryViolation) {
      let diff: JSONValue = "--- a/etc/passwd\n+++ b/etc/passwd\n@@ -1 +1 @@\n-a\n+b\n"
      try $0.edit("patch-s-1.json") { $0.edit("filesChanged") { $0.edit(0) { $0.set("diff", diff) } } }
    },
    Attack("a path that leads out of the repository", .boundaryViolation) {
      try $0.edit("prompt-capsule.json") { $0.edit("boundaries") { $0.set("allowedFiles", ["../x"]) } }
    },
    Attack("an unsealed patch beside the others", .sealBindingViolation, isResealed: false) {
      $0.files["patch-s-3.json"] = $0.files["patch-s-2.json"]
    },
    Attack("an anchor of another end", .anchorInvalid, isResealed: false) {
      try $0.set("session-anchor.json", "finalEvidenceHash", .string(hash))
    },
    Attack("no seal", .sealMissingDependency, isResealed: false) { $0.files[seal] = nil },
    Attack("a seal in the future", .sessionBoundaryInvalid) {
      try $0.set(seal, "sealedAt", "2099-01-01T00:00:00.000Z")
    },
    Attack("duplicate members", .schemaInvalid, isResealed: false) { files in
      let text = String(decoding: files.files["decision-lock.json"] ?? [], as: UTF8.self)
      files.files["decision-lock.json"] = Array((#"{"goal":"x","# + text.dropFirst()).utf8)
    },
    Attack("a number that no double has", .schemaInvalid, isResealed: false) { files in
      let text = String(decoding: files.files["runner-evidence.json"] ?? [], as: UTF8.self)
      files.files["runner-evidence.json"] = Array(text.replacing("\"z\":1", with: #""z":1E400"#).utf8)
    },
  ]
}

@Suite("Attacks on sealed change packages")
struct PackageAttackTests {
  @Test("The sample passes if its people and its contents are trusted")
  func honest() throws {
    let files = try Fixture.session()
    let report = try Fixture.validator(pinning: [files.contentsHash]).validate(files)
    #expect(report.passes, "\(report.lines)")
    #expect(report.normalForm.passes)
    // Sealing it anew changes nothing that the seal says.
    let again = try files.resealed()
    #expect(PackageValidator().validate(again).hashes.package == report.hashes.package)
  }

  @Test("Nothing passes without a trust file")
  func withoutTrust() throws {
    let report = PackageValidator(policies: try Fixture.policies()).validate(try Fixture.session())
    #expect(
      report.errors.map(\.code) == [.approvalPolicyInvalid, .identityInvalid, .sealBindingViolation], "\(report.lines)")
    #expect(report.errors.allSatisfy { $0.artifact == .trust })
  }

  @Test("Without the policies that decided, nothing passes")
  func withoutPolicies() throws {
    let files = try Fixture.session()
    var validator = try Fixture.validator(pinning: [files.contentsHash])
    validator.policies = nil
    #expect(validator.validate(files).codes == [.policyEvaluationFailed])
  }

  @Test("Every attack is told", arguments: Attack.all)
  func attack(_ attack: Attack) throws {
    let honest = try Fixture.session()
    var files = honest
    try attack.change(&files)
    // What is no longer JSON with one meaning can't be sealed again.
    if attack.isResealed, let resealed = try? files.resealed() { files = resealed }
    #expect(files != honest)
    let pinned = try Fixture.validator(pinning: [honest.contentsHash]).validate(files)
    #expect(!pinned.passes && pinned.codes.contains(.sealBindingViolation), "\(pinned.lines)")
    let fooled = try Fixture.validator(pinning: [files.contentsHash]).validate(files)
    if let code = attack.code {
      #expect(fooled.codes.contains(code), "\(fooled.lines)")
    } else {
      #expect(fooled.passes, "\(fooled.lines)")
    }
    #expect(!PackageValidator().validate(files).passes)
  }

  @Test("Each file is needed, and no byte of any can change")
  func everyFile() throws {
    let honest = try Fixture.session()
    let validator = try Fixture.validator(pinning: [honest.contentsHash])
    for name in honest.files.keys.sorted() {
      var files = honest
      files.files[name] = nil
      #expect(!validator.validate(files).passes, "\(name) is not needed")
      let bytes = honest.files[name] ?? []
      for index in stride(from: 0, to: bytes.count, by: 61) {
        var changed = bytes
        changed[index] ^= 1
        files.files[name] = changed
        #expect(!validator.validate(files).passes, "\(name), byte \(index)")
      }
    }
  }
}
