import Canonical
import Glibc
import JSON
import Runtime
import Source
import TestSupport
import Testing

@Suite("claw ledger export, import and verify --bundle")
struct EvidenceCommandTests {
  let folder: Folder

  init() throws { folder = try Folder("evidence commands") }

  func ledger(_ words: [String], _ variables: [String] = []) async -> Machine.Outcome {
    await folder.claw(
      ["ledger"] + words, ["CLAW_LEDGER=\(folder.path)/audit", "XDG_STATE_HOME=\(folder.path)/state"] + variables)
  }

  func value(_ outcome: Machine.Outcome) throws -> JSONValue {
    try JSONParser.parse(Array(outcome.output.utf8), strict: true)
  }

  func shell(_ line: String) async -> Machine.Outcome {
    await Machine.run("/bin/sh", ["-c", "cd \"$1\" && \(line)", "sh", folder.path])
  }

  /// A sealed run that ended; its identity.
  private func sealedRun() async throws -> String {
    let run = await ledger(["start", "--meta", "ticket=OPS-7"]).output.trimmed
    try folder.write("report.md", "# <script>alert(1)</script>\n")
    #expect(await ledger(["put", "report.md", "--run", run]).status == 0)
    try folder.write("end.json", #"{"type":"RunCompleted","payload":{"summary":"all <b>green</b>"}}"#)
    #expect(await ledger(["append", "end.json", "--run", run]).status == 0)
    #expect(await folder.claw(["key", "new", "signer.pem"]).status == 0)
    #expect(await ledger(["seal", "--key", "signer.pem"]).status == 0)
    return run
  }

  @Test("A run goes out as a bundle, is verified by its key, and comes into another ledger")
  func roundTrip() async throws {
    let run = try await sealedRun()
    try folder.write("policy.yml", "name: p\n")
    let exported = await ledger(["export", run, "-o", "a.zip", "--policy", "policy.yml", "--json"])
    let result = try value(exported)
    #expect(result["events"]?.integer == 3 && result["included"]?.integer == 1, "\(exported.all)")
    #expect(await ledger(["export", String(run.prefix(8)), "-o", "b.zip", "--policy", "policy.yml"]).status == 0)
    #expect(await shell("cmp a.zip b.zip").status == 0)
    let verified = await ledger([
      "verify", "--bundle", "a.zip", "--pubkey", "signer.pem.pub", "--require-anchor", "--json",
    ])
    let report = try value(verified)
    #expect(verified.status == 0 && report["anchored"]?.bool == true, "\(verified.all)")
    #expect(report["layout"]?.string == "claw" && report["verdict"]?.string == "consistent and anchored")
    let unanchored = await ledger(["verify", "--bundle", "a.zip"])
    #expect(unanchored.status == 0 && unanchored.output.hasPrefix("internally consistent, unanchored\n"))
    #expect(unanchored.errors.contains("no key that is trusted"))
    #expect(await ledger(["verify", "--bundle", "a.zip", "--require-anchor"]).status == 1)
    let imported = await ledger(["import", "a.zip", "--ledger", "other"])
    #expect(imported.status == 0 && imported.output == run + "\n", "\(imported.all)")
    let again = try value(await ledger(["import", "a.zip", "--ledger", "other", "--json"]))
    #expect(again["wasThere"]?.bool == true)
    let shown = await ledger(["show", run, "--json", "--ledger", "other"])
    #expect(shown.output == (await ledger(["show", run, "--json"])).output)
    #expect(await ledger(["verify", "--artifacts", "--ledger", "other"]).status == 0)
  }

  @Test("What a bundle can't be ends with a status that says so")
  func statuses() async throws {
    let run = try await sealedRun()
    #expect(await ledger(["export", run, "-o", "a.zip"]).status == 0)
    try folder.write("no.zip", "no zip file")
    for command in [["verify", "--bundle", "no.zip"], ["import", "no.zip"]] {
      let outcome = await ledger(command)
      #expect(outcome.status == 3 && outcome.errors.contains("[ledger/bad-bundle]"), "\(outcome.all)")
    }
    #expect(await ledger(["verify", "--bundle", "a.zip", run]).status == 2)
    #expect(await ledger(["export", run, "-o", "r.zip", "--reference", "--pack", "no.zip"]).status == 2)
    #expect(await ledger(["export", run, "-o", "-"]).status == 2)
    #expect(await ledger(["export", "no-such-run", "-o", "r.zip"]).status == 1)
    // A stored byte is changed in place, as a careless editor would.
    let edit =
      "python3 -c 'b=open(\"a.zip\",\"rb\").read();open(\"c.zip\",\"wb\").write(b.replace(b\"green\",b\"GREEN\"))'"
    #expect(await shell(edit).status == 0)
    let changed = await ledger(["verify", "--bundle", "c.zip", "--json"])
    let report = try value(changed)
    #expect(changed.status == 1 && report["consistent"]?.bool == false, "\(changed.all)")
    #expect(await ledger(["import", "c.zip", "--ledger", "other"]).status != 0)
    let packed = await folder.claw(["pack", "validate", "c.zip", "--pack", "agent-session"])
    #expect(packed.status == 1 && packed.errors.contains("[ledger/"), "\(packed.all)")
  }

  @Test("A pack is held against a bundle as against the run, and a bundle that nobody signed is not signed")
  func pack() async throws {
    let run = try await sealedRun()
    #expect(await ledger(["export", run, "-o", "a.zip"]).status == 0)
    try folder.write(
      "pack.yml",
      """
      pack:
        id: runs-end
        version: 1.0.0
        description: Runs end
      applies_to: [run, evidence-bundle]
      expectations:
        - id: ended
          description: The run ended
          expect: {event: RunCompleted}
        - id: artifacts
          description: The artifacts are what was recorded
          expect: {rehash: {}}
        - id: signed
          description: A key vouches for it
          expect: {verified: signed}

      """)
    let signed = await folder.claw([
      "pack", "validate", "a.zip", "--pack", "pack.yml", "--pubkey", "signer.pem.pub", "--json",
    ])
    let report = try value(signed)
    #expect(signed.status == 0 && report["subject"]?.string == "evidence-bundle", "\(signed.all)")
    let unsigned = await folder.claw(["pack", "validate", "a.zip", "--pack", "pack.yml"])
    #expect(unsigned.status == 1 && unsigned.output.contains("signed"), "\(unsigned.all)")
    #expect(await ledger(["export", run, "-o", "bare.zip", "--no-artifacts"]).status == 0)
    let bare = await folder.claw(["pack", "validate", "bare.zip", "--pack", "pack.yml", "--pubkey", "signer.pem.pub"])
    #expect(bare.status == 1 && bare.output.contains("not in the bundle"), "\(bare.all)")
  }

  @Test(
    "A bundle in ClawForge's layout that another program wrote, deflated and with descriptors, verifies and imports")
  func foreign() async throws {
    try folder.write("make.py", Self.maker)
    let made = await shell("python3 make.py")
    #expect(made.status == 0, "\(made.all)")
    for name in ["foreign.zip", "bare.zip"] {
      let outcome = await ledger(["verify", "--bundle", name, "--json"])
      let report = try value(outcome)
      #expect(outcome.status == 0 && report["verdict"]?.string == "internally consistent, unanchored", "\(outcome.all)")
      #expect(report["layout"]?.string == "clawforge" && report["events"]?.integer == 3)
    }
    let notes = try value(await ledger(["verify", "--bundle", "bare.zip", "--json"]))["notes"]?.array ?? []
    #expect(notes.contains { $0.string?.contains("none of the artifacts") == true }, "\(notes)")
    let imported = await ledger(["import", "foreign.zip"])
    #expect(imported.status == 0 && imported.output == "11111111-1111-4111-8111-111111111111\n", "\(imported.all)")
    #expect(await ledger(["verify", "--artifacts"]).status == 0)
    let twice = await ledger(["verify", "--bundle", "twice.zip"])
    #expect(twice.status == 3 && twice.errors.contains("is there twice"), "\(twice.all)")
  }

  /// Writes bundles as ClawForge's exporter lays them out: to a stream that can't be gone back in, hence with descriptors.
  private static let maker = #"""
    import hashlib, json, zipfile

    def canonical(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    class Stream:
        def __init__(self, path): self.file = open(path, "wb")
        def write(self, data): return self.file.write(data)
        def flush(self): self.file.flush()

    run, content = "11111111-1111-4111-8111-111111111111", b"artifact\n" * 20
    digest = hashlib.sha256(content).hexdigest()
    record = {"artifactId": digest, "label": "notiz-größe.txt", "mime": "text/plain", "sha256": digest, "size": len(content)}
    metadata = {"hostId": "h1"}
    payloads = [("RunStarted", {"metadata": metadata}), ("ArtifactRecorded", record), ("RunCompleted", {"summary": "done"})]
    previous, lines, hashes = None, b"", []
    for seq, (kind, payload) in enumerate(payloads, 1):
        event = {"actor": {"actorId": "cli", "actorType": "human"}, "eventId": f"2222222{seq}-2222-4222-8222-222222222222",
                 "payload": payload, "runId": run, "schemaVersion": "1.0.0", "seq": seq,
                 "ts": f"2026-01-02T03:04:0{seq}.006Z", "type": kind}
        event["hash"], event["prevHash"] = hashlib.sha256(canonical(event)).hexdigest(), previous
        previous = event["hash"]
        hashes.append(previous)
        lines += canonical(event) + b"\n"
    entries = [
        ("evidence/run.json", canonical({"createdAt": "2026-01-02T03:04:01.001Z", "metadata": metadata, "runId": run})),
        ("evidence/events.jsonl", lines),
        ("evidence/schemas/contracts-v1.0.0.json", b'{"a":1}'),
        ("evidence/schemas/audit-v1.0.0.json", b'{"b":[]}'),
        ("evidence/artifacts/manifest.json", canonical({"artifacts": [dict(record, included=True)]})),
        ("evidence/integrity/chain.json", canonical(
            {"eventCount": 3, "failures": [], "hashes": hashes, "runId": run, "verified": True})),
        (f"evidence/artifacts/{digest}", content),
    ]

    def write(path, entries):
        with zipfile.ZipFile(Stream(path), "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
            for name, data in entries:
                info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 4))
                info.external_attr = 0o100644 << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                bundle.writestr(info, data)
        assert all(info.flag_bits & 8 for info in zipfile.ZipFile(path).infolist())

    write("foreign.zip", entries)
    write("bare.zip", entries[:-1])
    write("twice.zip", entries + entries[-1:])
    """#

  @Test("An auditor verifies a bundle as docs/ledger.md says, with unzip, sha256sum and openssl alone")
  func auditor() async throws {
    let run = try await sealedRun()
    #expect(await ledger(["export", run, "-o", "evidence.zip"]).status == 0)
    let page = try #require(Repository.text("docs/ledger.md"))
    let section = try #require(
      page.components(separated: "## Evidence bundles\n").last?.components(separated: "\n## ").first)
    let parts = section.components(separated: "```sh\n")
    let commands = try #require(parts.last?.components(separated: "```\n").first)
    try folder.write("verify.sh", "set -eu\n" + commands)
    let verified = await shell("sh ./verify.sh")
    #expect(verified.status == 0 && verified.all.contains("Verified Successfully"), "\(verified.all)")
    #expect(verified.output.contains("evidence/events.jsonl: OK"), "\(verified.all)")
    try folder.write("equivalence.py", try #require(Repository.text("Tests/Equivalence/equivalence.py")))
    let names =
      "bundle/evidence/events.jsonl bundle/evidence/integrity/proofs.jsonl bundle/evidence/integrity/checkpoint.txt"
    let audited = await shell("python3 equivalence.py verify \(names)")
    #expect(audited.status == 0 && audited.output == "3 events fit the checkpoint\n", "\(audited.all)")
  }

  @Test("A page about a run has what was recorded as text, loads nothing and runs nothing")
  func page() async throws {
    let run = try await sealedRun()
    let written = await ledger(["show", run, "--html", "-o", "run.html", "--pubkey", "signer.pem.pub"])
    #expect(written.status == 0, "\(written.all)")
    let page = try #require(folder.read("run.html"))
    #expect(page.hasPrefix("<!doctype html>\n") && page.hasSuffix("</html>\n"))
    for text in [run, "all &lt;b&gt;green&lt;/b&gt;", "# &lt;script&gt;alert(1)&lt;/script&gt;", "OPS-7", "report.md"] {
      #expect(page.contains(text), "\(text)")
    }
    for text in ["<script", "http://", "https://", "src=", "href=", "url(", "@import", "<iframe", "<img"] {
      #expect(!page.contains(text), "\(text)")
    }
    #expect(page.contains("consistent and anchored up to record 3"))
    #expect((await ledger(["show", run, "--html", "--pubkey", "signer.pem.pub"])).output == page)
    #expect(await ledger(["show", run, "--html", "--json"]).status == 2)
    #expect(await ledger(["show", run, "-o", "x.html"]).status == 2)
  }
}
