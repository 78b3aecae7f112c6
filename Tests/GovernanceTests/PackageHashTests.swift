import Canonical
import Governance
import JSON
import Testing

@Suite("Digests of sealed change packages")
struct PackageHashTests {
  @Test("All 19 digests of the sample are those of the reference")
  func sample() throws {
    let report = PackageValidator(policies: try Fixture.policies()).validate(try Fixture.session())
    let expected = try Fixture.json("expected-hashes.json")
    let members = try #require(expected.members)
    #expect(members.count == 19)
    for member in members { #expect(report.hashesJSON[member.name] == member.value, "\(member.name)") }
    for profile in try #require(report.profilesJSON.members) { #expect(profile.value == "reference") }
  }

  @Test("Where the specification has other rules, its digests are told by their profile")
  func profiles() throws {
    var files = try Fixture.session()
    let own = PackageValidator(profile: .spec).validate(files)
    #expect(own.hashes.plan?.value != (try Fixture.json("expected-hashes.json")["planHash"]?.string))
    #expect(own.hashes.lock?.value == (try Fixture.json("expected-hashes.json")["decisionLockHash"]?.string))
    // A package that follows the specification: its plan's digest is the one over five members.
    let plan = try #require(own.hashes.plan?.value)
    try files.set("decision-lock.json", "planHash", .string(plan))
    try files.set(PackageFiles.seal, "planHash", .string(plan))
    let report = PackageValidator().validate(files)
    #expect(report.hashes.plan == ArtifactHash(value: plan, profile: .spec))
    #expect(PackageValidator(profile: .reference).validate(files).hashes.plan?.profile == .reference)
  }

  @Test("The order of steps and capabilities means nothing to the specification's digest of a plan")
  func specifiedPlan() throws {
    var files = try Fixture.session()
    let before = PackageValidator(profile: .spec).validate(files).hashes
    try files.edit("execution-plan.json") { plan in
      plan.edit("steps") { $0 = .array(($0.array ?? []).reversed()) }
      plan.edit("allowedCapabilities") { $0 = .array(($0.array ?? []).reversed()) }
      plan.set("createdAt", "2026-03-02T00:00:00Z")
    }
    try files.edit("prompt-capsule.json") { capsule in
      capsule.edit("boundaries") { $0.edit("disallowedPatterns") { $0 = .array(($0.array ?? []).reversed()) } }
    }
    try files.edit("repo-snapshot.json") { $0.edit("includedFiles") { $0 = .array(($0.array ?? []).reversed()) } }
    let after = PackageValidator(profile: .spec).validate(files).hashes
    #expect(before.plan == after.plan && before.capsule == after.capsule && before.snapshot == after.snapshot)
    let other = PackageValidator(profile: .reference).validate(files).hashes
    #expect(other.plan?.value != before.plan?.value)
  }

  @Test("Names that are whole numbers stand first, as in the reference's objects")
  func numericNames() throws {
    var files = try Fixture.session()
    try files.edit("runner-evidence.json") { links in
      links.edit(0) { $0.set("verificationMetadata", ["4294967295": 1, "10": 2, "9": 3, "01": 4, "-1": 5]) }
    }
    let report = PackageValidator().validate(files)
    let value = try files.json("runner-evidence.json").array?[0]
    var plain = try #require(value)
    plain.set("evidenceHash", nil)
    let canonical = String(decoding: try CanonicalJSON.bytes(plain), as: UTF8.self)
    let sorted = #"{"-1":5,"01":4,"10":2,"4294967295":1,"9":3}"#
    #expect(canonical.contains(sorted))
    let wanted = canonical.replacing(sorted, with: #"{"9":3,"10":2,"-1":5,"01":4,"4294967295":1}"#)
    #expect(report.hashes.evidence[0] == Digest.sha256Hex(Array(wanted.utf8)))
  }

  @Test("Paths in packets are sorted as the reference's runtime does; what it sorts by the locale is not guessed")
  func pathOrder() throws {
    func packet(_ paths: [String]) throws -> PackageReport {
      var files = try Fixture.session()
      let list = paths.map { path -> JSONValue in ["path": .string(path), "sha256": .string(Digest.sha256Hex([1]))] }
      try files.edit("packets/step-s-1.json") { $0.edit("context") { $0.set("fileDigests", .array(list)) } }
      return PackageValidator().validate(files)
    }
    let sorted = ["_x", "-x", "a.b", "a", "A", "ab", "B/c", "b_c", "Z", "z9"]
    // By the table: punctuation first, then letters without case, then small before large.
    let order = ["_x", "-x", "a", "A", "a.b", "ab", "b_c", "B/c", "Z", "z9"]
    let given = try packet(sorted).hashes.packets[0].hash
    #expect(given == (try packet(sorted.reversed())).hashes.packets[0].hash)
    let files = try Fixture.session()
    var value = try files.json("packets/step-s-1.json")
    value.set("packetHash", nil)
    value.edit("allowedFiles") { $0 = ["CHANGES.md", "src/Retry/policy.swift"] }
    value.edit("context") { context in
      context.set(
        "fileDigests",
        .array(order.map { path -> JSONValue in ["path": .string(path), "sha256": .string(Digest.sha256Hex([1]))] }))
    }
    #expect(given == Digest.sha256Hex(try CanonicalJSON.bytes(value)))
    let foreign = try packet(["ä", "z"])
    #expect(foreign.errors.contains { $0.code == .schemaInvalid && $0.message.contains("locale") }, "\(foreign.lines)")
    #expect(!(try packet(["ä"])).errors.contains { $0.message.contains("locale") })
  }
}
