import JSON
import TestSupport
import Testing

@Suite("claw pack")
struct PackCommandTests {
  private let folder: Folder

  init() throws {
    folder = try Folder("pack")
    try folder.copy("Tests/GovernanceTests/Fixtures")
  }

  /// Writes a trust file for the people of the sample.
  private func writeTrust(_ more: [JSONValue.Member]) throws {
    let policy = try JSONValue.strict(Array((folder.read("session/approval-policy.json") ?? "").utf8))
    let identity = try JSONValue.strict(Array((folder.read("session/runner-identity.json") ?? "").utf8))
    let approvers = (policy["approvers"]?.array ?? []).map { approver -> JSONValue in
      [
        "approverId": approver["approverId"] ?? nil, "role": approver["role"] ?? nil,
        "publicKey": approver["publicKeyPem"] ?? nil,
      ]
    }
    let members: [JSONValue.Member] = [
      .init("schema", 1), .init("approvers", .array(approvers)),
      .init(
        "runners", [["runnerId": identity["runnerId"] ?? nil, "publicKey": identity["runnerPublicKey"] ?? nil]]),
      .init("quorum", [["artifactType": "decision_lock", "m": 2, "roles": ["lead", "security"]]]),
    ]
    try folder.write("trust.json", JSONValue.object(members + more).text())
  }

  @Test("The sample passes by the digest of its contents, and says so in every form")
  func pass() async throws {
    let first = await folder.claw(["pack", "validate", "session"])
    #expect(first.status == 1 && first.output.contains("name a trust file"), "\(first.all)")
    let contents = try #require(first.output.split(separator: "\n").first { $0.hasPrefix("contents: sha256 ") })
    try writeTrust([.init("packages", [.string(String(contents.suffix(64)))])])
    let words = ["pack", "validate", "session", "--trust", "trust.json", "--policies", "policies.json"]
    let text = await folder.claw(words)
    #expect(text.status == 0 && text.output.hasSuffix("verdict: pass\n"), "\(text.all)")
    let normal = await folder.claw(words + ["--cnf"])
    #expect(normal.status == 0)
    let json = await folder.claw(words + ["--json"])
    let document = try JSONValue.strict(Array(json.output.utf8))
    let expected = try JSONValue.strict(Array((folder.read("expected-hashes.json") ?? "").utf8))
    for member in expected.members ?? [] { #expect(document["hashes"]?[member.name] == member.value) }
    #expect(
      normal.output
        == #"{"errors":[],"exitCode":0,"hashes":{"anchorHash":"9aa504512ba880f203fd81abd8a4351c8edbd30712a9cbe3563fc7dcf683841f","#
        + #""evidenceChainTailHash":"88f96ebd270f50b289baa23cbdc7556ff171899ac19f9f2fa9f9ba5fb56c3961","#
        + #""packageHash":"28fd052692a39341a2d0ce9325e30c95eafa8cf54dbaf0b81c0108ba64bedfda","#
        + #""planHash":"b5ced6f961801d32ec377a46829c4b86b24c4f15314467d6d09972f87f8ffb27"},"mode":"sealed-package","#
        + #""specVersion":"1.0.0","verdict":"pass"}"#)
    // An edit is told with its place.
    try folder.write("session/reviewer-s-1-qa.json", "{\n  \"passed\": 1\n}\n")
    let edited = await folder.claw(words)
    #expect(edited.status == 1 && edited.output.contains("reviewer-s-1-qa.json:2:13: true or false must stand here"))
  }

  @Test("What is sealed with a key validates with that key, and not after an edit")
  func seal() async throws {
    let made = await folder.claw(["key", "new", "sealer.pem"])
    #expect(made.status == 0)
    try writeTrust([.init("sealers", [.string(folder.read("sealer.pem.pub") ?? "")])])
    let held = ["--trust", "trust.json", "--policies", "policies.json"]
    let sealed = await folder.claw(["pack", "seal", "session", "--key", "sealer.pem", "--actor", "release-bot"] + held)
    #expect(sealed.status == 0, "\(sealed.all)")
    let good = await folder.claw(["pack", "validate", "session"] + held)
    #expect(good.status == 0, "\(good.all)")
    let dod = folder.read("session/dod.json") ?? ""
    try folder.write("session/dod.json", dod.replacing("run-tests", with: "true"))
    let bad = await folder.claw(["pack", "validate", "session"] + held)
    #expect(bad.status == 1 && bad.output.contains("'dod.json' is not what was signed"), "\(bad.all)")
    // What would not validate is not sealed.
    try folder.write("session/dod.json", dod.replacing("d-2", with: "d-3"))
    let refused = await folder.claw(["pack", "seal", "session", "--key", "sealer.pem", "--actor", "x"] + held)
    #expect(refused.status == 1 && refused.errors.contains("nothing is sealed"), "\(refused.all)")
  }

  @Test("Links, odd names and other folders are errors; what is no folder is no package")
  func oddFolders() async throws {
    let linked = await Machine.run(
      "/bin/sh",
      [
        "-c", "cd \"$1/session\" && rm dod.json && ln -s /etc/passwd dod.json && mkdir more && : > 'a b'", "sh",
        folder.path,
      ])
    #expect(linked.status == 0)
    let odd = await folder.claw(["pack", "validate", "session"])
    #expect(odd.status == 1)
    for line in ["'dod.json' is a symbolic link", "'more' is a folder that no package has", "'a b' has a name"] {
      #expect(odd.output.contains(line), "\(odd.output)")
    }
    #expect(await folder.claw(["pack", "validate", "nothing"]).status == 2)
    #expect(await folder.claw(["pack", "validate", "policies.json"]).status == 2)
    try folder.write("trust.json", "{\"schema\": 1, \"x\": 2}")
    let trust = await folder.claw(["pack", "validate", "session", "--trust", "trust.json"])
    #expect(trust.status == 3 && trust.errors.contains("trust.json:1:20: there is no member 'x' here"), "\(trust.all)")
    #expect(await folder.claw(["pack", "validate", "session", "--json", "--cnf"]).status == 2)
  }
}
