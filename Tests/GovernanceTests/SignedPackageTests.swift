import Canonical
import Governance
import JSON
import Testing

@Suite("Signatures of sealed change packages")
struct SignedPackageTests {
  private func made(_ change: (inout OwnPackage) throws -> Void = { _ in }) throws -> OwnPackage {
    var package = try OwnPackage()
    try package.setKeys()
    try change(&package)
    try package.finish()
    return package
  }

  @Test(
    "A package with keys of ours passes, with every digest that attestations may use",
    arguments: ["sha256", "sha384", "sha512"])
  func good(hash: String) throws {
    var package = try OwnPackage()
    try package.setKeys()
    try package.finish(hash)
    let report = try package.validator().validate(package.files)
    #expect(report.passes, "\(report.lines)")
  }

  @Test("A seal by a trusted key stands for the digest of the contents; every edit after it is told")
  func seal() throws {
    let key = try PrivateKey(seed: [UInt8](repeating: 3, count: 32))
    let other = try PrivateKey(seed: [UInt8](repeating: 4, count: 32))
    var package = try made()
    try package.seal(key)
    let trusted = try package.validator {
      $0.set("packages", nil)
      $0.set("sealers", [.string(KeyFile.pem(key.publicKey))])
    }
    let good = trusted.validate(package.files)
    #expect(good.passes, "\(good.lines)")
    let foreign = try package.validator {
      $0.set("packages", nil)
      $0.set("sealers", [.string(KeyFile.pem(other.publicKey))])
    }
    #expect(foreign.validate(package.files).codes == [.sealInvalid, .sealBindingViolation])
    for name in package.files.files.keys where name != PackageFiles.signatures {
      var edited = package.files
      edited.files[name] = (edited.files[name] ?? []) + [0x20]
      #expect(trusted.validate(edited).codes == [.sealHashMismatch, .sealBindingViolation], "\(name)")
      edited.files[name] = nil
      #expect(!trusted.validate(edited).passes)
    }
    var more = package.files
    more.files["notes.txt"] = [1]
    #expect(trusted.validate(more).codes == [.sealBindingViolation])
    // The same signatures with another statement.
    var envelope = try Envelope(json: package.files.files[PackageFiles.signatures] ?? [])
    envelope.payload.append(0x20)
    more = package.files
    more.files[PackageFiles.signatures] = envelope.json
    #expect(trusted.validate(more).codes.contains(.sealInvalid))
    // Two of two: one key twice is one.
    let two = try package.validator {
      $0.set("packages", nil)
      $0.set("sealers", [.string(KeyFile.pem(key.publicKey)), .string(KeyFile.pem(other.publicKey))])
      $0.set("sealThreshold", 2)
    }
    #expect(!two.validate(package.files).passes)
    try package.seal(key)
    #expect(!two.validate(package.files).passes)
  }

  @Test("One key under two names is one approver")
  func oneKey() throws {
    let package = try made { package in
      package.signers["sec-1"] = "lead"
      try package.setKeys()
    }
    let own = PackageValidator(policies: try Fixture.policies()).validate(package.files)
    #expect(own.codes.isSuperset(of: [.approvalPolicyInvalid, .approvalQuorumNotMet]), "\(own.lines)")
    #expect(!own.codes.contains(.approvalSignatureInvalid))
    #expect(try package.validator().validate(package.files).codes.contains(.approvalQuorumNotMet))
  }

  @Test("Keys of a stranger are right by themselves, and count for nothing")
  func stranger() throws {
    let package = try made { package in
      package.signers = ["lead-2": "other", "sec-1": "other"]
      package.runner = "other"
      try package.setKeys()
    }
    let report = try package.validator().validate(package.files)
    #expect(
      report.codes.isSuperset(of: [.approvalPolicyInvalid, .approvalQuorumNotMet, .identityInvalid]), "\(report.lines)")
  }

  @Test("Keys that are revoked, early, late, weak or of another role count for nothing")
  func limits() throws {
    let package = try made()
    func codes(_ change: @escaping (inout JSONValue) -> Void) throws -> Set<PackageCode> {
      try package.validator { $0.edit("approvers") { $0.edit(0, change) } }.validate(package.files).codes
    }
    #expect(try codes { _ in } == [])
    #expect(try codes { $0.set("revoked", true) }.contains(.approvalQuorumNotMet))
    #expect(try codes { $0.set("until", "2026-03-01T00:00:00Z") }.contains(.approvalQuorumNotMet))
    #expect(try codes { $0.set("from", "2026-04-01T00:00:00Z") }.contains(.approvalQuorumNotMet))
    #expect(try codes { $0.set("until", "2026-04-01T00:00:00Z") } == [])
    #expect(try codes { $0.set("role", "qa") }.contains(.approvalQuorumNotMet))
    #expect(try codes { $0.set("approverId", "lead-3") }.contains(.approvalQuorumNotMet))
    let strict = try package.validator { $0.set("runners", []) }
    #expect(strict.validate(package.files).codes == [.identityInvalid, .attestationSignatureInvalid])
    // A larger key is asked for than there is: the trust file itself can't be right then.
    #expect(throws: Fixture.Failure.self) { try package.validator { $0.set("minimumRSABits", 3072) } }
    let weak = try made { package in
      package.signers["sec-1"] = "weak"
      try package.setKeys()
    }
    #expect(PackageValidator().validate(weak.files).codes.contains(.approvalPolicyInvalid))
  }

  @Test("Nonces are for once")
  func nonces() throws {
    let package = try made()
    let nonce = try package.files.json("approval-bundle.json")["signatures"]?.array?[0]["nonce"] ?? nil
    let used = try package.validator { $0.set("usedNonces", [nonce]) }.validate(package.files)
    #expect(used.codes.contains(.approvalReplay) && used.codes.contains(.approvalQuorumNotMet))
    let twice = try made { package in
      try package.files.edit("approval-bundle.json") { $0.edit("signatures") { $0.edit(1) { $0.set("nonce", nonce) } } }
    }
    #expect(try twice.validator().validate(twice.files).codes.contains(.approvalReplay))
    let attested = try made { package in try package.files.set("runner-attestation.json", "nonce", nonce) }
    #expect(try attested.validator().validate(attested.files).codes.contains(.approvalReplay))
  }

  @Test("An approval of something else is none of the lock")
  func otherArtifact() throws {
    let package = try made { package in
      try package.files.edit("approval-bundle.json") {
        $0.edit("signatures") { $0.edit(1) { $0.set("artifactType", "execution_plan") } }
      }
    }
    #expect(try package.validator().validate(package.files).codes == [.approvalQuorumNotMet])
  }

  @Test("A right signature in a wrong spelling, or over the digest's digits, is refused")
  func spelling() throws {
    let package = try made()
    func codes(_ change: @escaping (String) throws -> String) throws -> Set<PackageCode> {
      var files = package.files
      try files.edit("approval-bundle.json") { bundle in
        try bundle.edit("signatures") {
          try $0.edit(0) { $0.set("signature", .string(try change($0["signature"]?.string ?? ""))) }
        }
      }
      let validator = try package.validator { $0.set("packages", [.string(files.contentsHash)]) }
      return validator.validate(files).codes
    }
    #expect(try codes { $0 } == [])
    for change: (String) -> String in [
      { $0 + "\n" }, { String($0.dropLast(2)) }, { $0.replacing("+", with: "-").replacing("/", with: "_") + "-" },
      { " " + $0 },
    ] {
      #expect(try codes(change) == [.approvalSignatureInvalid, .approvalQuorumNotMet])
    }
    let digits = try package.files.json("approval-bundle.json")["signatures"]?.array?[0]["payloadHash"]?.string ?? ""
    let overDigits = try package.keys.sign("lead", Array(digits.utf8))
    #expect(try codes { _ in overDigits } == [.approvalSignatureInvalid, .approvalQuorumNotMet])
    var bytes =
      Base64.decode(try package.files.json("approval-bundle.json")["signatures"]?.array?[0]["signature"]?.string ?? "")
      ?? []
    // The same number with a zero in front.
    bytes.insert(0, at: 0)
    #expect(try codes { _ in Base64.encode(bytes) }.contains(.approvalSignatureInvalid))
  }

  @Test("A trust file that says too little passes nothing")
  func littleTrust() throws {
    let package = try made()
    let policy = try package.validator().validate(package.files).hashes.approvalPolicy ?? ""
    #expect(try package.validator { $0.set("quorum", nil) }.validate(package.files).codes == [.approvalPolicyInvalid])
    #expect(
      try package.validator {
        $0.set("quorum", nil)
        $0.set("approvalPolicyHash", .string(policy))
      }.validate(package.files).passes)
    #expect(
      try package.validator { $0.set("approvalPolicyHash", .string(Digest.sha256Hex([1]))) }.validate(package.files)
        .codes
        == [.approvalPolicyInvalid])
    #expect(try package.validator { $0.set("packages", nil) }.validate(package.files).codes == [.sealBindingViolation])
    let three = try package.validator {
      $0.set("quorum", [["artifactType": "decision_lock", "m": 3, "roles": ["lead", "security"]]])
    }
    #expect(three.validate(package.files).codes == [.approvalQuorumNotMet])
    #expect(
      try package.validator { $0.set("policySetHash", .string(Digest.sha256Hex([1]))) }.validate(package.files).codes
        == [.policyInvalid])
  }
}
