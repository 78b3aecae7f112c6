import Canonical
import JSON

/// What is known of approvers, runners and sealers before a package comes: the one thing that its keys can be held
/// against. It never comes with the package.
package struct PackageTrust: Sendable {
  /// A key that signatures may be by, and for how long.
  struct Key: Sendable {
    var rsa: RSAPublicKey
    /// The SubjectPublicKeyInfo that it was read from.
    var spki: [UInt8]
    var from: Instant?
    var until: Instant?
    var isRevoked: Bool

    /// Why what was signed at a time does not count, if it does not.
    func refusal(at time: Instant?) -> String? {
      if isRevoked { return "was revoked" }
      guard from != nil || until != nil else { return nil }
      guard let time else { return "is valid for a time only, and no time is given" }
      if let from, time < from { return "was not valid yet" }
      if let until, time >= until { return "was no longer valid" }
      return nil
    }
  }

  struct Approver: Sendable {
    var approverID: String
    var role: String
    var key: Key
  }

  struct Runner: Sendable {
    var runnerID: String
    var key: Key
  }

  struct Quorum: Sendable {
    var artifact: ApprovedArtifact
    var m: Int
    var roles: [String]
  }

  var approvers: [Approver] = []
  var runners: [Runner] = []
  var quorum: [Quorum] = []
  var approvalPolicyHash: String?
  var policySetHash: String?
  /// Keys that sign seals.
  var sealers: [PublicKey] = []
  /// How many of them must.
  var sealThreshold = 1
  /// Digests of the contents of packages that somebody has looked at.
  var packages: [String] = []
  var fewestRSABits = RSAPublicKey.fewestBits
  var usedNonces: Set<Exact> = []

  init() {}

  /// Reads a trust file, or says everything that is wrong with it.
  package static func read(_ bytes: [UInt8], file: String) -> (trust: PackageTrust?, problems: [PackageProblem]) {
    var findings = Findings()
    let place = Place(.trust, file: file)
    guard let json = SealedPackage.json(bytes, place, &findings) else { return (nil, findings.errors) }
    var reader = ArtifactReader(place, findings)
    var trust = PackageTrust()
    trust.read(reader.object(json), &reader)
    return reader.findings.errors.isEmpty ? (trust, []) : (nil, reader.findings.errors)
  }

  private mutating func read(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) {
    reader.allow(
      object,
      [
        "schema", "approvers", "runners", "quorum", "approvalPolicyHash", "policySetHash", "sealers", "sealThreshold",
        "packages", "minimumRSABits", "usedNonces",
      ])
    _ = reader.integer(object, "schema", 1...1)
    fewestRSABits =
      reader.optionalInteger(object, "minimumRSABits", RSAPublicKey.fewestBits...RSAPublicKey.mostBits) ?? fewestRSABits
    approvalPolicyHash = reader.optionalHash(object, "approvalPolicyHash")
    policySetHash = reader.optionalHash(object, "policySetHash")
    for entry in reader.optionalObjects(object, "approvers") {
      reader.allow(entry, ["approverId", "role", "publicKey", "from", "until", "revoked"])
      let id = reader.text(entry, "approverId", 1...200)
      let role = reader.text(entry, "role", 1...200)
      if let key = key(entry, &reader) { approvers.append(Approver(approverID: id, role: role, key: key)) }
    }
    for entry in reader.optionalObjects(object, "runners") {
      reader.allow(entry, ["runnerId", "publicKey", "from", "until", "revoked"])
      let id = reader.text(entry, "runnerId", 1...200)
      if let key = key(entry, &reader) { runners.append(Runner(runnerID: id, key: key)) }
    }
    for entry in reader.optionalObjects(object, "quorum") {
      reader.allow(entry, ["artifactType", "m", "roles"])
      let artifact = reader.word(entry, "artifactType", ApprovedArtifact.self)
      let m = reader.integer(entry, "m", 1...1000)
      let roles = reader.texts(entry, "roles", count: 1...100)
      if let artifact, let m { quorum.append(Quorum(artifact: artifact, m: m, roles: roles)) }
    }
    if let texts = reader.optionalTexts(object, "sealers") {
      for (index, text) in texts.enumerated() {
        do throws(KeyFailure) { sealers.append(try KeyFile.publicKey(Array(text.utf8))) } catch {
          reader.complain([.name("sealers"), .index(index)], error.message)
        }
      }
    }
    sealThreshold = reader.optionalInteger(object, "sealThreshold", 1...max(1, Set(sealers).count)) ?? 1
    packages = object["packages"] == nil ? [] : reader.hashes(object, "packages")
    usedNonces = (reader.optionalTexts(object, "usedNonces") ?? []).exact
    if Set(approvers.map { Exact($0.approverID) }).count < approvers.count
      || Set(approvers.map(\.key.rsa)).count < approvers.count
    {
      reader.complain([.name("approvers")], "an approver or a key is there twice")
    }
  }

  private func key(_ object: ArtifactReader.Object, _ reader: inout ArtifactReader) -> Key? {
    let text = reader.text(object, "publicKey", 1...10_000)
    let from = reader.optionalTime(object, "from")
    let until = reader.optionalTime(object, "until")
    let isRevoked = object["revoked"] == nil ? false : reader.bool(object, "revoked") ?? true
    do throws(KeyFailure) {
      let rsa = try RSAPublicKey(pem: text, fewestBits: fewestRSABits).prepared
      let spki = PEM.decode(Array(text.utf8))?.bytes ?? []
      return Key(rsa: rsa, spki: spki, from: from, until: until, isRevoked: isRevoked)
    } catch {
      if !text.isEmpty { reader.complain(object.path + [.name("publicKey")], error.message) }
      return nil
    }
  }
}

extension ArtifactReader {
  /// Refuses members that nobody reads.
  mutating func allow(_ object: Object, _ names: [String]) {
    for member in object.members where !names.has(member.name) {
      complain(object.path + [.member(member.name)], "there is no member '\(member.name)' here")
    }
  }
}
