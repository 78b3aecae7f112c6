import Canonical
import Governance
import JSON
import Runtime
import Source
import TestSupport

/// The sample session, and what it is held against.
enum Fixture {
  static let folder = Repository.path("Tests/GovernanceTests/Fixtures")

  static func json(_ name: String) throws -> JSONValue {
    try JSONValue.strict(try DiskFiles().read(FilePath.join(folder, name), within: nil, limit: 1 << 20).bytes)
  }

  static func session() throws -> PackageFiles { try PackageFolder.read(FilePath.join(folder, "session")) }

  static func policies() throws -> PackageValidator.Policies { .init(try json("policies.json"), file: "policies.json") }

  /// The text of a trust file that trusts the keys of some files: what somebody would write who knows the people.
  static func trustJSON(_ files: PackageFiles, pinning contents: [String]) throws -> JSONValue {
    let policy = try files.json("approval-policy.json")
    let identity = try files.json("runner-identity.json")
    let approvers = (policy["approvers"]?.array ?? []).map { approver -> JSONValue in
      [
        "approverId": approver["approverId"] ?? nil, "role": approver["role"] ?? nil,
        "publicKey": approver["publicKeyPem"] ?? nil,
      ]
    }
    return [
      "schema": 1, "approvers": .array(approvers),
      "runners": [["runnerId": identity["runnerId"] ?? nil, "publicKey": identity["runnerPublicKey"] ?? nil]],
      "quorum": [["artifactType": "decision_lock", "m": 2, "roles": ["lead", "security"]]],
      "packages": .array(contents.map { .string($0) }),
    ]
  }

  /// A validator that trusts the sample's people and has looked at some contents.
  static func validator(
    pinning contents: [String], profile: HashProfile = .auto, change: (inout JSONValue) -> Void = { _ in }
  ) throws -> PackageValidator {
    var json = try trustJSON(try session(), pinning: contents)
    change(&json)
    return PackageValidator(trust: try trust(json), policies: try policies(), profile: profile, now: 1_800_000_000)
  }

  static func trust(_ json: JSONValue) throws -> PackageTrust {
    let (trust, problems) = PackageTrust.read(Array(json.text().utf8), file: "trust.json")
    guard let trust else { throw Failure(message: problems.map(\.message).joined(separator: "; ")) }
    return trust
  }

  struct Failure: Error { var message: String }
}

extension PackageFiles {
  func json(_ name: String) throws -> JSONValue { try JSONValue.strict(files[name] ?? []) }

  /// Changes a file's JSON.
  mutating func edit(_ name: String, _ body: (inout JSONValue) throws -> Void) throws {
    var value = try json(name)
    try body(&value)
    files[name] = try CanonicalJSON.bytes(value)
  }

  mutating func set(_ name: String, _ member: String, _ value: JSONValue?) throws {
    try edit(name) { $0.set(member, value) }
  }

  /// What an attacker without keys does after an edit: every digest is made anew, and so is the seal.
  func resealed() throws -> PackageFiles {
    let old = try json(PackageFiles.seal)
    let kept = (old.members ?? []).filter { ["sealedAt", "sealedBy", "policySetHash", "extensions"].contains($0.name) }
    return try PackageBuilder(try PackageBuilder(self).relinked()).sealed(kept)
  }
}

extension JSONValue {
  /// Changes a member of an object.
  mutating func edit(_ name: String, _ body: (inout JSONValue) throws -> Void) rethrows {
    guard var value = self[name] else { return }
    try body(&value)
    set(name, value)
  }

  /// Changes an element of an array.
  mutating func edit(_ index: Int, _ body: (inout JSONValue) throws -> Void) rethrows {
    guard case .array(var elements) = self, elements.indices.contains(index) else { return }
    try body(&elements[index])
    self = .array(elements)
  }
}

extension PackageReport {
  var codes: Set<PackageCode> { Set(errors.map(\.code)) }

  /// The errors in a line each.
  var lines: String {
    errors.map { "\($0.step.rawValue) \($0.code.rawValue) \($0.file ?? "-") \($0.path ?? "-"): \($0.message)" }
      .joined(separator: "\n")
  }
}
