import Source
import Testing

/// Keys, bundles, receipts and canonical JSON from the command line.
@Suite(.serialized)
struct BundleCommandTests {
  private func claw(_ folder: Folder, _ words: [String]) async -> Machine.Outcome {
    await Machine.run(
      "/bin/sh",
      ["-c", #"cd "$1"; export XDG_STATE_HOME="$1/state"; shift; exec "$@""#, "sh", folder.path, Machine.claw] + words)
  }

  @Test("canonical prints the one spelling, or the place where there is none")
  func canonical() async throws {
    let folder = try Folder("canonical")
    try folder.write("good.json", "{\"b\": 1.50,\n \"a\": \"\\u00e9\"}\n")
    let good = await claw(folder, ["canonical", "good.json"])
    #expect(good.status == 0 && good.output == "{\"a\":\"é\",\"b\":1.5}", "\(good.all)")
    #expect(good.errors.isEmpty)
    // What is not in form C is written as it is, and told.
    try folder.write("loose.json", "{\"a\": 1,\n \"b\": \"e\u{301}\"}\n")
    let loose = await claw(folder, ["canonical", "loose.json"])
    #expect(loose.status == 0 && loose.output.utf8.elementsEqual("{\"a\":1,\"b\":\"e\u{301}\"}".utf8), "\(loose.all)")
    #expect(
      loose.errors == "claw: loose.json:2:7: warning: the text is not in Unicode's normalization form C\n",
      "\(loose.all)")
    try folder.write("bad.json", "{\"a\": 1,\n \"a\": 2}\n")
    let bad = await claw(folder, ["canonical", "bad.json"])
    #expect(bad.status == 3 && bad.output.isEmpty, "\(bad.all)")
    #expect(bad.errors == "claw: bad.json:2:2: the member \"a\" is there twice\n")
  }

  @Test("A bundle goes from a ruleset to a pinned root; what is not trusted ends with status 4")
  func bundle() async throws {
    let folder = try Folder("bundle")
    try folder.write("policy.yml", "version: \"1.2.0\"\nguards:\n  egress_allowlist: {allow: [api.example.com]}\n")
    #expect(await claw(folder, ["key", "new", "k.pem"]).status == 0)
    #expect(await claw(folder, ["key", "new", "k.pem"]).status == 3)
    #expect(await claw(folder, ["key", "new", "other.pem"]).status == 0)
    let build = [
      "policy", "bundle", "build", "policy.yml", "--key", "k.pem", "--sequence", "7", "--created",
      "2026-01-31T12:00:00Z", "-o",
    ]
    let built = await claw(folder, build + ["p.bundle", "--export", "ssh", "--export", "minisign"])
    #expect(built.status == 0, "\(built.all)")
    #expect(folder.read("p.bundle.sig") != nil && folder.read("p.bundle.minisig") != nil)

    // 90: nothing is pinned. Then another key is.
    let verify = ["policy", "bundle", "verify", "p.bundle"]
    let unknown = await claw(folder, verify)
    #expect(unknown.status == 4 && unknown.errors.contains("[trust/unauthenticated]"), "\(unknown.all)")
    let other = await claw(folder, verify + ["--pubkey", "other.pem.pub"])
    #expect(other.status == 4 && other.errors.contains("[trust/unknown-key]"), "\(other.all)")

    let made = await claw(
      folder,
      [
        "key", "root", "-o", "root.json", "--expires", "30d", "--grant", "root=k.pem.pub", "--grant",
        "policy=k.pem.pub", "--key", "k.pem",
      ])
    let fingerprint = String(made.errors.split(whereSeparator: \.isWhitespace).last ?? "")
    #expect(await claw(folder, ["key", "trust", "root.json"]).status == 4)
    #expect(await claw(folder, ["key", "trust", "root.json", "--fingerprint", fingerprint]).status == 0)
    let good = await claw(folder, verify)
    #expect(good.status == 0 && good.output.hasPrefix("valid: sequence 7 of 'default'"), "\(good.all)")

    // 83: the sequence is remembered, and other content under it is refused before anything is compiled.
    let inspected = await claw(folder, ["policy", "bundle", "inspect", "p.bundle", "--json"])
    #expect(inspected.status == 0 && inspected.output.contains("\"sequence\": 7"), "\(inspected.all)")
    #expect(folder.read("state/claw/trust/sequences.json")?.contains("\"sequence\":7") == true)
  }

  @Test("Receipts are signed and verified, and a cosigner that is asked for is required")
  func receipts() async throws {
    let folder = try Folder("receipt")
    try folder.write(
      "r.json",
      #"{"version":"1.0.0","timestamp":"2026-02-06T00:00:04Z","content_hash":"0x00","verdict":{"passed":true}}"#)
    for name in ["a", "b"] { #expect(await claw(folder, ["key", "new", name, "--form", "hex"]).status == 0) }
    #expect(await claw(folder, ["policy", "receipt", "sign", "r.json", "--key", "a", "-o", "one.json"]).status == 0)
    #expect(
      await claw(folder, ["policy", "receipt", "sign", "r.json", "--key", "a", "--cosigner", "b", "-o", "two.json"])
        .status == 0)
    let verify = ["policy", "receipt", "verify", "--pubkey", "a.pub"]
    #expect(await claw(folder, verify + ["one.json"]).status == 0)
    #expect(await claw(folder, verify + ["two.json", "--cosigner", "b.pub"]).status == 0)
    let alone = await claw(folder, verify + ["one.json", "--cosigner", "b.pub"])
    #expect(alone.status == 4 && alone.errors.contains("[trust/threshold]"), "\(alone.all)")
    #expect(await claw(folder, ["policy", "receipt", "verify", "one.json", "--pubkey", "b.pub"]).status == 4)
  }

  @Test("The help of each new command ends with two examples of it, and its usage fits")
  func help() async {
    for words in [
      ["canonical"], ["key"], ["key", "new"], ["key", "show"], ["key", "trust"], ["key", "root"], ["policy", "bundle"],
      ["policy", "bundle", "build"], ["policy", "bundle", "verify"], ["policy", "bundle", "inspect"],
      ["policy", "receipt"],
      ["policy", "receipt", "sign"], ["policy", "receipt", "verify"],
    ] {
      let help = await Machine.claw(words + ["--help"])
      #expect(help.status == 0 && help.output.contains("EXAMPLES\n  "), "\(words): \(help.all)")
      let wide = help.output.split(separator: "\n").filter { $0.count > 80 }
      #expect(wide.isEmpty, "\(words): \(wide)")
    }
  }
}
