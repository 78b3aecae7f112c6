import ArgumentParser
import Canonical
import Driver
import JSON
import Policy
import Runtime
import Source

/// `claw key trust`
struct KeyTrust: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Pins a trust root, goes on to its next version, or shows the one that is pinned.",
    discussion: """
      The first version is pinned by its fingerprint, which must come from somebody you trust and not with the file. Each \
      later version must follow the one before and be signed by the keys of both.

      EXAMPLES
        claw key trust root.json --fingerprint 5d0c…
        claw key trust root-2.json
      """)

  @Argument(help: "A signed trust root; without it the pinned one is shown.", completion: .file()) var path: String?
  @Option(help: ArgumentHelp("The SHA-256 of the signed statement of the first version.", valueName: "sha256"))
  var fingerprint: String?
  @Option(
    name: .customLong("state"), help: ArgumentHelp("Where it is kept.", valueName: "folder"), completion: .directory)
  var state: String?
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let store = TrustStore(folder: state)
    guard let path else {
      guard let root = try TrustRun.run({ try store.root() }) else {
        Console.say("claw: no trust root is pinned")
        throw Status.failed
      }
      return show(root)
    }
    let file = try CanonicalCommand.read(path)
    let root = try TrustRun.run { try store.accept(file.bytes, fingerprint: fingerprint, now: Now.seconds) }
    Console.say("pinned version \(root.version) of the trust root")
  }

  private func show(_ root: TrustRoot) {
    if json {
      let keys = root.keys.map { key -> JSONValue in
        [
          "keyid": .string(key.key.id), "algorithm": .string(key.key.algorithm.rawValue),
          "revoked": .bool(key.isRevoked),
          "notBefore": key.notBefore.map { .string(Timestamp.text($0)) } ?? .null,
          "expires": key.expires.map { .string(Timestamp.text($0)) } ?? .null,
        ]
      }
      let roles = TrustRoot.Role.allCases.compactMap { role -> JSONValue.Member? in
        guard let grant = root.roles[role] else { return nil }
        return .init(
          role.rawValue, ["keyids": .array(grant.keyIDs.map { .string($0) }), "threshold": JSONValue(grant.threshold)])
      }
      let document: JSONValue = [
        "schema": 1, "version": JSONValue(root.version), "expires": .string(Timestamp.text(root.expires)),
        "keys": .array(keys),
        "roles": .object(roles),
      ]
      return Console.write(document.text(indented: true) + "\n")
    }
    var text = "version \(root.version), expires \(Timestamp.text(root.expires))\n"
    for role in TrustRoot.Role.allCases {
      guard let grant = root.roles[role] else { continue }
      text += "\(role.rawValue): \(grant.threshold) of \(grant.keyIDs.count)\n"
      for id in grant.keyIDs {
        text += "  \(id)\(root.keys.first { $0.key.id == id }?.isRevoked ?? false ? " (revoked)" : "")\n"
      }
    }
    Console.write(text)
  }
}

/// `claw key root`
struct KeyRoot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "root",
    abstract: "Makes and signs a trust root: which keys are trusted for what.",
    discussion: """
      A next version must be signed with the root keys of the version before and with its own.

      EXAMPLES
        claw key root -o root.json --expires 365d --grant root=a.pem.pub \\
          --grant policy=b.pem.pub --key a.pem
        claw key root -o root-2.json --version 2 --expires 365d --key a.pem \\
          --key c.pem --grant root=c.pem.pub --grant policy=b.pem.pub
      """)

  @Option(
    name: [.customShort("o"), .long], help: ArgumentHelp("Where it goes; '-' for standard output.", valueName: "file"),
    completion: .file())
  var output = "-"
  @Option(help: ArgumentHelp("Its version; the next one is one higher.", valueName: "n")) var version = 1
  @Option(help: ArgumentHelp("When it expires: a time, or how long from now on (365d).", valueName: "time"))
  var expires: TimeArgument
  @Option(
    help: ArgumentHelp(
      "A role (root, policy, ledger, release, receipt) and the file of a public key; can be repeated.",
      valueName: "role=file"))
  var grant: [String] = []
  @Option(help: ArgumentHelp("How many keys of a role must sign, as policy=2; can be repeated.", valueName: "role=n"))
  var threshold: [String] = []
  @Option(
    help: ArgumentHelp("The file of a public key that counts no more; can be repeated.", valueName: "file"),
    completion: .file())
  var revoke: [String] = []
  @OptionGroup var signing: SigningOptions

  func run() throws {
    var root = TrustRoot(version: version, expires: expires.seconds(from: try Now.made()), keys: [], roles: [:])
    for entry in grant {
      let (role, path) = try pair(entry)
      let key = try TrustRun.run { try KeyFiles.publicKey(path) }
      if !root.keys.contains(where: { $0.key == key }) { root.keys.append(TrustedKey(key)) }
      var grant = root.roles[role] ?? .init(keyIDs: [])
      if !grant.keyIDs.contains(key.id) { grant.keyIDs.append(key.id) }
      root.roles[role] = grant
    }
    for entry in threshold {
      let (role, text) = try pair(entry)
      guard let count = Int(text), count >= 1, count <= root.roles[role]?.keyIDs.count ?? 0 else {
        Console.say("claw: the role '\(role.rawValue)' has not that many keys")
        throw Status.usage
      }
      root.roles[role]?.threshold = count
    }
    for path in revoke {
      let key = try TrustRun.run { try KeyFiles.publicKey(path) }
      root.keys.removeAll { $0.key == key }
      root.keys.append(TrustedKey(key, isRevoked: true))
    }
    guard root.roles[.root] != nil, version >= 1 else {
      Console.say("claw: a trust root needs a version from 1 on, and a key for the role 'root'")
      throw Status.usage
    }
    let signers = try signing.signers()
    let envelope = try TrustRun.run {
      var envelope = root.envelope
      for signer in signers { try envelope.sign(signer) }
      return envelope
    }
    try TrustRun.write(envelope.json, to: output)
    Console.say("the fingerprint of version \(version) is \(Digest.sha256Hex(envelope.payload))")
  }

  private func pair(_ text: String) throws -> (TrustRoot.Role, String) {
    let parts = text.split(separator: "=", maxSplits: 1).map { String($0) }
    guard parts.count == 2, let role = TrustRoot.Role(rawValue: parts[0]) else {
      Console.say("claw: '\(text)' does not begin with a role and '='")
      throw Status.usage
    }
    return (role, parts[1])
  }
}
