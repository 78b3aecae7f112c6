import Canonical
import Glibc
import JSON
import Runtime
import Source
import TestSupport
import Testing

@Suite("claw ledger")
struct LedgerCommandTests {
  let folder: Folder

  init() throws { folder = try Folder("ledger commands") }

  /// Runs `claw ledger` on a ledger and with a state of its own.
  func ledger(_ words: [String], _ variables: [String] = []) async -> Machine.Outcome {
    await folder.claw(
      ["ledger"] + words, ["CLAW_LEDGER=\(folder.path)/audit", "XDG_STATE_HOME=\(folder.path)/state"] + variables)
  }

  func value(_ outcome: Machine.Outcome) throws -> JSONValue {
    try JSONParser.parse(Array(outcome.output.utf8), strict: true)
  }

  static let step = #"{"stepId":"44444444-4444-4444-8444-444444444444","stepIndex":0,"name":"build"}"#

  @Test("A run from its start to a proof that it is in a signed ledger")
  func wholeRun() async throws {
    let run = await ledger(["start", "--meta", "ticket=OPS-7"]).output.trimmed
    #expect(run.utf8.count == 36)
    let variables = ["CLAW_RUN=\(run)"]
    try folder.write("step.json", #"{"type":"StepStarted","payload":\#(Self.step)}"#)
    let appended = await ledger(["append", "step.json", "--json"], variables)
    let receipt = try value(appended)
    #expect(receipt["seq"]?.integer == 2 && receipt["durability"]?.string == "durable", "\(appended.all)")
    try folder.write("report.md", "# Report\n")
    let put = await ledger(["put", "report.md"], variables)
    #expect(put.output.trimmed == Digest.sha256Hex(Array("# Report\n".utf8)))
    let unsealed = await ledger(["verify", "--artifacts"])
    #expect(unsealed.status == 0 && unsealed.output.hasPrefix("internally consistent, unanchored\n"), "\(unsealed.all)")
    #expect(await ledger(["verify", "--require-anchor"]).status == 1)
    #expect(await folder.claw(["key", "new", "signer.pem"]).status == 0)
    let sealed = await ledger(["seal", "--key", "signer.pem", "--json"])
    let noteKey = try #require(try value(sealed)["noteKeys"]?.array?.first?.string)
    #expect(noteKey.hasPrefix("claw.example/ledger/"))
    let verified = await ledger(["verify", "--pubkey", "signer.pem.pub", "--json", "--require-anchor"])
    #expect(verified.status == 0, "\(verified.all)")
    #expect(try value(verified)["anchored"]?.bool == true)
    let proof = try value(await ledger(["prove", run, "2", "--json"]))
    #expect(proof["proof"]?.string == "inclusion" && proof["index"]?.integer == 1)
    let text = await ledger(["prove", run, "2"])
    #expect(text.output.hasPrefix("c2sp.org/tlog-proof@v1\nindex 1\n"))
    let grown = await ledger(["prove", "--from", "1"])
    #expect(grown.output.hasPrefix("consistency 1 3\n"), "\(grown.all)")
    let shown = await ledger(["show", String(run.prefix(8))])
    #expect(shown.output.contains("StepStarted") && shown.output.contains("ticket=OPS-7"), "\(shown.all)")
    let exported = await ledger(["show", run, "--json"])
    try folder.write("events.jsonl", exported.output)
    let checked = await ledger([
      "verify", "--events", "events.jsonl", "--checkpoint", "audit/checkpoint", "--pubkey", "signer.pem.pub", "--json",
    ])
    #expect(checked.status == 0, "\(checked.all)")
    #expect(checked.output.hasPrefix(#"{"eventCount":3,"failures":[],"hashes":["#))
    #expect(checked.output.hasSuffix("\"valid\":true}\n"))
    let lines = exported.output.split(separator: "\n")
    try folder.write("cut.jsonl", lines.dropLast().map { $0 + "\n" }.joined())
    let cut = await ledger(["verify", "--events", "cut.jsonl", "--checkpoint", "audit/checkpoint"])
    #expect(cut.status == 1 && cut.output.contains("tree_size"), "\(cut.all)")
    let list = try value(await ledger(["list", "--json"]))
    #expect(list["runs"]?.array?.first?["events"]?.integer == 3)
  }

  @Test("What is wrong ends with the status for it, and changes nothing")
  func refusals() async throws {
    #expect(await ledger(["list"]).status == 1)
    #expect(await ledger(["verify"]).status == 1)
    #expect(FileSearch.kind(of: "\(folder.path)/audit") == .missing)
    let run = await ledger(["start"]).output.trimmed
    let cases: [(String, Int32)] = [
      (#"{"type":"RunCompleted","payload":{},"seq":4}"#, 3), (#"{"type":"Nonsense","payload":{}}"#, 3),
      (#"{"type":"StepCompleted","payload":{"stepId":"44444444-4444-4444-8444-444444444444"}}"#, 4), ("nonsense", 3),
      (#"{"type":"RunStarted","payload":{}}"#, 4),
    ]
    for (text, status) in cases {
      try folder.write("event.json", text)
      let outcome = await ledger(["append", "event.json", "--run", run])
      #expect(
        outcome.status == status && outcome.output.isEmpty && outcome.errors.contains("[ledger/"), "\(outcome.all)")
    }
    #expect(await ledger(["append"]).status == 2)
    #expect(await ledger(["put", "event.json"]).status == 2)
    #expect(await ledger(["seal"]).status == 2)
    #expect(await ledger(["prove"]).status == 2)
    #expect(await ledger(["prove", run, "1"]).status == 4)
    #expect(await ledger(["show", "ffffffff"]).status == 1)
    #expect(await ledger(["verify", "11111111-1111-4111-8111-111111111111"]).status == 1)
    #expect(try value(await ledger(["verify", "--json"]))["events"]?.integer == 1)
    try folder.write("empty.jsonl", "")
    let empty = await ledger(["verify", "--events", "empty.jsonl", "--json"])
    #expect(empty.status == 1 && empty.output.contains(#""valid":false"#))
  }

  @Test("Types of an extension that is on its way out are recorded with a warning, once each")
  func deprecated() async throws {
    let run = await ledger(["start"]).output.trimmed
    try folder.write(
      "audit/extensions.json",
      #"""
      {"schema": 1, "extensions": [{"extensionId": "com.example.late", "schemaVersion": "1.0.0", "status": "deprecated",
      "eventTypes": ["LateThing"]}]}
      """#)
    let warning = "claw: warning: the extension that has the event type 'LateThing' is deprecated\n"
    try folder.write("late.json", #"{"type":"LateThing","payload":{}}"#)
    let one = await ledger(["append", "late.json", "--run", run])
    #expect(one.status == 0 && one.output.contains(" 2 record 1 ") && one.errors == warning, "\(one.all)")
    try folder.write(
      "many.jsonl", String(repeating: #"{"type":"LateThing","payload":{}}"# + "\n", count: 3))
    let many = await ledger(["append", "--events", "many.jsonl", "--run", run])
    #expect(many.status == 0 && many.errors == warning, "\(many.all)")
    try folder.write("usual.json", #"{"type":"DoDRecorded","payload":{}}"#)
    #expect(await ledger(["append", "usual.json", "--run", run]).errors.isEmpty)
  }

  @Test("The published chains, through the command", arguments: ["valid", "payload-edited", "first-prev-not-null"])
  func published(name: String) async throws {
    let path = Repository.path("Tests/Vectors/clawforge/chain/\(name)")
    let outcome = await ledger(["verify", "--events", path + ".events.jsonl", "--json"])
    let expected = try #require(Repository.text("Tests/Vectors/clawforge/chain/\(name).expected.json"))
    var members = try #require(try JSONParser.parse(Array(expected.utf8), strict: true).members)
    members.removeAll { $0.name == "note" }
    #expect(outcome.output == JSONValue.object(members).text() + "\n")
    #expect(outcome.status == (name == "valid" ? 0 : 1))
  }

  @Test("An auditor verifies an export as docs/ledger.md says, with openssl and Python alone")
  func auditor() async throws {
    let page = try #require(Repository.text("docs/ledger.md"))
    let section = try #require(page.components(separated: "## For auditors").last)
    let blocks = section.components(separated: "```sh\n").dropFirst().compactMap {
      $0.components(separated: "```\n").first
    }
    let run = await ledger(["start", "--meta", "name=größe"]).output.trimmed
    try folder.write("event.json", #"{"type":"DoDRecorded","payload":{"n":[1,2,{"b":true,"a":null}],"t":"é\n"}}"#)
    for _ in 0..<4 { #expect(await ledger(["append", "event.json", "--run", run]).status == 0) }
    _ = await ledger(["start"])
    #expect(await folder.claw(["key", "new", "signer.pem"]).status == 0)
    #expect(await ledger(["seal", "--key", "signer.pem"]).status == 0)
    try folder.write("events.jsonl", await ledger(["show", run, "--json"]).output)
    var proofs = ""
    for seq in 1...5 { proofs += await ledger(["prove", run, "\(seq)", "--json"]).output }
    try folder.write("proofs.jsonl", proofs)
    try folder.write("equivalence.py", try #require(Repository.text("Tests/Equivalence/equivalence.py")))
    try #require(blocks.count >= 2)
    try folder.write("signature.sh", "set -eu\ncp audit/checkpoint checkpoint\n" + blocks[0])
    try folder.write("audit.sh", blocks[1])
    func shell(_ line: String) async -> Machine.Outcome {
      await Machine.run("/bin/sh", ["-c", "cd \"$1\" && \(line)", "sh", folder.path])
    }
    let signature = await shell("sh ./signature.sh")
    #expect(signature.status == 0 && signature.all.contains("Verified Successfully"), "\(signature.all)")
    let audit = await shell("sh ./audit.sh")
    #expect(audit.status == 0 && audit.output == "5 events fit the checkpoint\n", "\(audit.all)")
    for (change, finding) in [
      ("s/^{/{\"approvedBy\":\"ceo\",/", "its members are not those of an event"),
      ("s/^{/{ /", "it is not in its canonical form"),
    ] {
      let other = await shell(
        "cp events.jsonl kept && sed -i '\(change)' events.jsonl && sh ./audit.sh; mv kept events.jsonl")
      #expect(other.output.contains(finding) && other.output.contains("invalid"), "\(other.all)")
    }
    let edited = await shell(
      "sed -i 's/true/false/' events.jsonl && sh ./audit.sh")
    #expect(edited.status == 1 && edited.output.contains("event 2: the hash is another"), "\(edited.all)")
  }

  @Test("As many keys must have signed as --threshold says")
  func threshold() async throws {
    let run = await ledger(["start"]).output.trimmed
    for name in ["one.pem", "two.pem"] { #expect(await folder.claw(["key", "new", name]).status == 0) }
    #expect(await ledger(["seal", "--key", "one.pem"]).status == 0)
    // A machine that saw nothing of the ledger before.
    let both = ["--pubkey", "one.pem.pub", "--pubkey", "two.pem.pub", "--state", "elsewhere"]
    let few = await ledger(["verify", "--require-anchor", "--threshold", "2"] + both)
    #expect(
      few.status == 1 && few.errors.contains("1 of the keys that are trusted signed it, and 2 must"), "\(few.all)")
    #expect(few.output.contains("internally consistent, unanchored"), "\(few.all)")
    for words in [
      ["--threshold", "3"] + both, ["--threshold", "0"] + both, ["--threshold", "2"],
      ["--threshold", "2", "--pubkey", "one.pem.pub", "--pubkey", "one.pem.pub"],
    ] {
      #expect(await ledger(["verify"] + words).status == 2)
    }
    #expect(await ledger(["export", run, "-o", "run.zip"]).status == 0)
    #expect(await ledger(["verify", "--bundle", "run.zip", "--require-anchor", "--threshold", "2"] + both).status == 1)
    #expect(await ledger(["seal", "--key", "one.pem", "--key", "two.pem"]).status == 0)
    #expect(await ledger(["verify", "--require-anchor", "--threshold", "2"] + both).status == 0)
  }

  @Test("A type that is spelled wrongly keeps nothing, and an export replaces nothing but a file")
  func spelling() async throws {
    let run = await ledger(["start"]).output.trimmed
    let archive = await ledger(["archive", "--older-than", "0d", "--keep-type", "ArtifactRecordd"])
    #expect(archive.status == 2 && archive.errors.contains("did you mean 'ArtifactRecorded'?"), "\(archive.all)")
    #expect(mkfifo("\(folder.path)/pipe", 0o600) == 0)
    #expect(await ledger(["export", run, "-o", "pipe"]).status == 1)
    #expect(FileSearch.kind(of: "\(folder.path)/pipe") == .other)
  }

  @Test("A ledger that was rolled back is refused by the head that was kept")
  func rollback() async throws {
    let run = await ledger(["start"]).output.trimmed
    #expect(await folder.claw(["key", "new", "signer.pem"]).status == 0)
    #expect(await ledger(["seal", "--key", "signer.pem"]).status == 0)
    let copied = await Machine.run("/bin/cp", ["-a", "\(folder.path)/audit", "\(folder.path)/old"])
    #expect(copied.status == 0)
    try folder.write("event.json", #"{"type":"RunCompleted","payload":{}}"#)
    #expect(await ledger(["append", "event.json", "--run", run]).status == 0)
    #expect(await ledger(["seal", "--key", "signer.pem"]).status == 0)
    let outcome = await ledger(["verify", "--ledger", "old", "--pubkey", "signer.pem.pub"])
    #expect(outcome.status == 4 && outcome.output.contains("[ledger/rollback]"), "\(outcome.all)")
  }

  @Test("Many events through a pipe, each with a receipt; what is wrong stops it where it stands")
  func pipe() async throws {
    let run = await ledger(["start"]).output.trimmed
    let good = (0..<2500).map { #"{"type":"DoDRecorded","payload":{"n":\#($0)}}"# + "\n" }.joined()
    try folder.write("events.jsonl", good)
    let outcome = await ledger(["append", "--events", "events.jsonl", "--json", "--run", run])
    #expect(outcome.output.split(separator: "\n").count == 2500 && outcome.status == 0)
    try folder.write("events.jsonl", good.prefix(500) + "\n{\"type\":1}\n" + good.prefix(100))
    let stopped = await ledger(["append", "--events", "events.jsonl", "--run", run])
    #expect(stopped.status == 3 && stopped.errors.contains("line "), "\(stopped.errors)")
    let count = try value(await ledger(["verify", "--json"]))["events"]?.integer ?? 0
    #expect(count == 2501 + stopped.output.split(separator: "\n").count)
  }

  @Test("Processes that append at once lose nothing, and none is refused")
  func processes() async throws {
    let lines = (0..<400).map { #"{"type":"DoDRecorded","payload":{"n":\#($0)}}"# + "\n" }.joined()
    try folder.write("events.jsonl", lines)
    let shared = await ledger(["start"]).output.trimmed
    let statuses = await withTaskGroup(of: (Int32, Int).self) { group in
      for index in 0..<6 {
        group.addTask {
          // Half of them to one run, the others to runs of their own.
          let run = index < 3 ? shared : await ledger(["start"]).output.trimmed
          let outcome = await ledger(["append", "--events", "events.jsonl", "--run", run, "--json"])
          return (outcome.status, outcome.output.split(separator: "\n").count)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.allSatisfy { $0.0 == 0 && $0.1 == 400 }, "\(statuses)")
    let report = try value(await ledger(["verify", "--json"]))
    #expect(report["consistent"]?.bool == true && report["events"]?.integer == 2400 + 4, "\(report)")
    let list = try value(await ledger(["list", "--json"]))
    #expect(list["runs"]?.array?.compactMap { $0["events"]?.integer }.sorted() == [401, 401, 401, 1201])
  }

  @Test("A full disk refuses events and damages nothing; with room again they are recorded")
  func fullDisk() async throws {
    guard geteuid() == 0 else { return }
    try folder.write("mount/.keep", "")
    let mount = "\(folder.path)/mount"
    let mounted = await Machine.run("/bin/mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", mount])
    guard mounted.status == 0 else { return }
    let text = String(repeating: "x", count: 20_000)
    try folder.write("event.json", #"{"type":"DoDRecorded","payload":{"text":"\#(text)"}}"#)
    let run = await ledger(["start", "--ledger", "mount/audit"]).output.trimmed
    var recorded = 1
    var refused: Machine.Outcome?
    for _ in 0..<80 {
      let outcome = await ledger(["append", "event.json", "--ledger", "mount/audit", "--run", run])
      if outcome.status != 0 {
        refused = outcome
        break
      }
      recorded += 1
    }
    #expect(
      refused?.status == 1 && refused?.errors.contains("No space left") == true, "\(refused?.all ?? "never full")")
    let full = try value(await ledger(["verify", "--ledger", "mount/audit", "--json"]))
    #expect(full["consistent"]?.bool == true && full["events"]?.integer == recorded)
    #expect(await Machine.run("/bin/mount", ["-o", "remount,size=8m", mount]).status == 0)
    let again = await ledger(["append", "event.json", "--ledger", "mount/audit", "--run", run])
    #expect(again.status == 0, "\(again.all)")
    let more = try value(await ledger(["verify", "--ledger", "mount/audit", "--json"]))
    #expect(more["consistent"]?.bool == true && more["events"]?.integer == recorded + 1)
    // A folder that can't be written to: it says so, and can be read.
    #expect(await Machine.run("/bin/mount", ["-o", "remount,ro", mount]).status == 0)
    let readOnly = await ledger(["append", "event.json", "--ledger", "mount/audit", "--run", run])
    #expect(readOnly.status == 1 && readOnly.errors.contains("Read-only"), "\(readOnly.all)")
    let shown = await ledger(["list", "--ledger", "mount/audit"])
    #expect(shown.status == 0 && shown.output.contains(run), "\(shown.all)")
    _ = await Machine.run("/bin/umount", [mount])
  }

  /// `CLAW_SOAK_KILLS` makes more of them: `make soak`.
  static let kills = Machine.variable("CLAW_SOAK_KILLS").flatMap { Int($0) } ?? 40

  @Test("kill -9 at any point: what had a receipt is there, the chain is whole, and the next process goes on")
  func killed() async throws {
    // Five events at a time, as a program writes them that goes on working.
    try folder.write(
      "feed.py",
      """
      import sys, time
      for n in range(100000):
          print('{"type":"DoDRecorded","payload":{"n":%d}}' % n)
          if n % 5 == 4:
              sys.stdout.flush()
              time.sleep(0.001)
      """)
    var generator = SeededGenerator(seed: 9)
    let other = await ledger(["start"]).output.trimmed
    try folder.write("event.json", #"{"type":"DoDRecorded","payload":{"other":true}}"#)
    // From before the first event to well behind it, however slow the machine is.
    let begin = ContinuousClock.now
    _ = await Machine.run("/bin/sh", ["-c", "python3 -c pass && \"$1\" --version", "sh", Machine.claw])
    let start = max(50, Int((ContinuousClock.now - begin) / .milliseconds(1)))
    var (acknowledged, interrupted, others) = (0, 0, 1)
    for kill in 0..<Self.kills {
      let run = await ledger(["start"]).output.trimmed
      let milliseconds = Int.random(in: start...start + 400, using: &generator)
      let fraction = String(1000 + milliseconds % 1000).dropFirst()
      let delay = "\(milliseconds / 1000).\(fraction)"
      let line = """
        cd "$1" && python3 feed.py 2>/dev/null | timeout -s KILL \(delay) "$2" ledger append --events - --json --run "$3" --ledger audit
        """
      // One dies while another one goes on.
      async let survivor = ledger(["append", "event.json", "--run", other])
      let outcome = await Machine.run("/bin/sh", ["-c", line, "sh", folder.path, Machine.claw, run])
      let survived = await survivor
      #expect(survived.status == 0, "\(survived.all)")
      others += 1
      // The last piece has no line end if it was cut off.
      let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      let receipts = try lines.map { try JSONParser.parse(Array($0.utf8), strict: true) }
      let exported = await ledger(["show", run, "--json"]).output.split(separator: "\n")
      #expect(exported.count >= receipts.count + 1)
      for receipt in receipts {
        let (seq, hash) = (receipt["seq"]?.integer ?? 0, receipt["hash"]?.string ?? "-")
        let isThere = seq <= exported.count && exported[seq - 1].contains("\"hash\":\"\(hash)\"")
        if !isThere { Issue.record("event \(seq) had a receipt and is not there") }
      }
      acknowledged += receipts.count
      if outcome.status != 0 { interrupted += 1 }
      if kill % 20 == 19 {
        let report = try value(await ledger(["verify", "--json"]))
        #expect(report["consistent"]?.bool == true, "\(report)")
      }
    }
    #expect(acknowledged > 0 && interrupted > Self.kills / 2)
    let report = try value(await ledger(["verify", "--json"]))
    #expect(report["consistent"]?.bool == true, "\(report)")
    #expect(try value(await ledger(["verify", other, "--json"]))["eventCount"]?.integer == others)
  }
}

extension String {
  /// The pieces between a text.
  func components(separated separator: String) -> [String] {
    var pieces: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      pieces.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return pieces + [String(rest)]
  }
}
