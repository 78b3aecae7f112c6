import Diagnostics
import Driver
import Governance
import IR
import JSON
import Ledger
import Lowering
import Source
import TestSupport
import Testing

/// Runs and packs for tests.
enum PackFixture {
  static let run = "11111111-1111-4111-8111-111111111111"

  /// Events of a run, each a type and a payload.
  static func events(_ list: [(String, String)], actor: String = #"{"actorId":"ann","actorType":"human"}"#)
    -> [AuditEvent]
  {
    var previous: String?
    return list.enumerated().map { index, entry in
      let event = AuditEvent(
        eventId: "22222222-2222-4222-8222-\(String(repeating: "0", count: 12 - String(index).count))\(index)",
        runId: run,
        seq: index + 1, ts: "2026-01-02T03:04:05.006Z", type: entry.0, actor: Array(actor.utf8),
        payload: Array(entry.1.utf8), prevHash: previous)
      previous = event.hash
      return event
    }
  }

  static func artifact(_ digit: Character, _ label: String) -> (String, String) {
    let digest = String(repeating: digit, count: 64)
    return (
      "ArtifactRecorded",
      #"{"artifactId":"\#(digest)","label":"\#(label)","mime":"text/plain","sha256":"\#(digest)","size":3}"#
    )
  }

  static let contract = (
    "ContractRecorded",
    #"{"contract":{"description":"d","inputParams":{"a":1},"title":"t"},"contractType":"IntentContract"}"#
  )
  static let started = ("RunStarted", #"{"metadata":{"correlationId":"OPS-7"}}"#)
  static let completed = ("RunCompleted", "{}")

  static func subject(
    _ list: [(String, String)], problem: String? = nil, isSigned: Bool = true, broken: [String] = []
  ) -> PackSubject {
    let events = events(list)
    let artifacts = events.filter { $0.type == "ArtifactRecorded" }.compactMap { event -> PackSubject.Artifact? in
      guard let payload = try? JSONParser.parse(event.payload[...], strict: true) else { return nil }
      return .init(sha256: payload["sha256"]?.string ?? "", label: payload["label"]?.string ?? "", mime: "text/plain")
    }
    return PackSubject(
      kind: .run, name: run, events: events, artifacts: artifacts,
      verification: .init(problem: problem, isSigned: isSigned)
    ) { broken.contains($0.label) ? "it has other bytes than its name says" : nil }
  }

  static func lowered(_ text: String) throws -> LoweredPack {
    var bag = DiagnosticBag()
    let lowered = PackCompiler.compile(SourceFile(path: "pack.yml", text: text), into: &bag)
    #expect(bag.isEmpty, "\(bag.diagnostics.map { "\($0.rule.name): \($0.message)" })")
    return try #require(lowered)
  }

  static func builtIn(_ name: String) throws -> PackEvaluator {
    var bag = DiagnosticBag()
    let file = try #require(BuiltInPacks.file(name))
    let lowered = try #require(PackCompiler.compile(file, into: &bag))
    return PackEvaluator(lowered.plan, hash: lowered.hash)
  }

  /// Why an expectation does not hold of a subject; nil if it does.
  static func reason(_ expectation: String, _ subject: PackSubject) throws -> String? {
    let lowered = try lowered(
      """
      pack: {id: p, version: 1.0.0}
      applies_to: [run, evidence-bundle]
      expectations:
        - {id: e, expect: \(expectation)}

      """)
    return PackEvaluator(lowered.plan, hash: lowered.hash).evaluate(subject).results.first?.reason
  }
}

@Suite("Governance packs")
struct PackTests {
  static let full = [
    PackFixture.started, PackFixture.contract, PackFixture.artifact("a", "Timeline.md"),
    PackFixture.artifact("b", "metrics.csv"), PackFixture.artifact("c", "rca.md"), PackFixture.completed,
  ]

  @Test(
    "Checks that hold",
    arguments: [
      "{event: RunStarted}", "{not: {event: StepStarted}}",
      "{count: {event: ArtifactRecorded, at_least: 3, at_most: 3}}",
      "{event: {type: RunStarted, where: [{field: /payload/metadata/correlationId, equals: OPS-7}]}}",
      "{event: {type: ContractRecorded, where: [{field: /payload/contract/inputParams/a, one_of: [\"1\", \"2\"]}]}}",
      "{event: {type: ContractRecorded, where: [{field: /payload/contract/nothing, is: absent}, {field: /actor/actorId}]}}",
      "{event: {type: ArtifactRecorded, which: every, where: [{field: /payload/mime, equals: text/plain}]}}",
      "{event: {type: ArtifactRecorded, which: last, where: [{field: /payload/label, equals: rca.md}]}}",
      "{order: {earlier: {last: ArtifactRecorded}, later: {first: RunCompleted}}}",
      "{artifacts: {label_contains: [TIMELINE]}}", "{artifacts: {mime: [text/plain], at_least: 3}}",
      "{artifacts: {label_contains: [zip], at_most: 0}}", "{rehash: {at_least: 3}}", "{verified: signed}",
      "{any: [{event: StepStarted}, {event: RunStarted}]}", "{all: [{event: RunStarted}, {verified: intact}]}",
      "{event: {type: RunStarted, where: [{field: /seq, equals: \"1\"}, {field: /type, is: present}]}}",
      "{event: {type: RunStarted, where: [{field: /hash}, {field: /prevHash, is: present}]}}",
    ])
  func holds(expectation: String) throws {
    #expect(try PackFixture.reason(expectation, PackFixture.subject(Self.full)) == nil)
  }

  @Test(
    "Checks that don't, and why",
    arguments: [
      ("{event: StepStarted}", "there is no event of type StepStarted"),
      ("{not: {event: RunStarted}}", "this holds and must not: there is an event of type RunStarted"),
      ("{count: {event: ArtifactRecorded, at_least: 4}}", "3 events of type ArtifactRecorded; at least 4 wanted"),
      (
        "{event: {type: ContractRecorded, where: [{field: /payload/contract/owner}]}}",
        "event 2 (ContractRecorded): /payload/contract/owner is missing"
      ),
      (
        "{event: {type: RunStarted, where: [{field: /payload/metadata/correlationId, equals: X}]}}",
        "event 1 (RunStarted): /payload/metadata/correlationId is 'OPS-7', not 'X'"
      ),
      (
        "{event: {type: RunCompleted, where: [{field: /payload}]}}", "event 6 (RunCompleted): /payload is empty"
      ),
      (
        "{order: {earlier: {last: ArtifactRecorded}, later: {first: ContractRecorded}}}",
        "the last ArtifactRecorded is event 5, and the first ContractRecorded event 2"
      ),
      (
        "{order: {earlier: {first: StepStarted}, later: {first: RunCompleted}}}",
        "there is no event of type StepStarted"
      ),
      ("{artifacts: {label_contains: [sbom]}}", "0 artifacts with sbom in its label; at least 1 wanted"),
      ("{rehash: {at_least: 4}}", "3 artifacts; at least 4 wanted"),
      (
        "{any: [{event: StepStarted}, {event: StepFailed}]}",
        "there is no event of type StepStarted; and there is no event of type StepFailed"
      ),
    ])
  func fails(expectation: String, reason: String) throws {
    #expect(try PackFixture.reason(expectation, PackFixture.subject(Self.full)) == reason)
  }

  @Test(
    "What can't be told of a run holds neither way",
    arguments: [
      "{event: RunStarted}", "{not: {event: ApprovalDenied}}", "{count: {event: StepFailed, at_most: 0}}",
      "{artifacts: {at_most: 0}}", "{rehash: {}}", "{not: {all: [{event: StepFailed}]}}",
      "{order: {earlier: {first: RunStarted}, later: {last: RunCompleted}}}",
    ])
  func pruned(expectation: String) throws {
    var subject = PackFixture.subject([PackFixture.started, PackFixture.completed])
    subject.prunedEvents = 1
    #expect(try PackFixture.reason(expectation, subject) == "1 event was pruned: nobody can tell")
  }

  @Test(
    "Bytes and signatures that can't be checked hold neither way", arguments: ["{rehash: {}}", "{verified: signed}"])
  func uncheckable(check: String) throws {
    let subject = PackFixture.subject(Self.full, isSigned: false, broken: ["rca.md"])
    #expect(try PackFixture.reason(check, subject) != nil)
    #expect(try PackFixture.reason("{not: \(check)}", subject) != nil)
  }

  @Test("Broken artifacts, broken records and missing signatures are seen")
  func trust() throws {
    let broken = PackFixture.subject(Self.full, broken: ["metrics.csv"])
    #expect(
      try PackFixture.reason("{rehash: {}}", broken) == "artifact 'metrics.csv': it has other bytes than its name says")
    let edited = PackFixture.subject(Self.full, problem: "event 2 was changed")
    #expect(try PackFixture.reason("{verified: intact}", edited) == "event 2 was changed")
    let unsigned = PackFixture.subject(Self.full, isSigned: false)
    #expect(try PackFixture.reason("{verified: intact}", unsigned) == nil)
    #expect(try PackFixture.reason("{verified: signed}", unsigned) == "no trusted key vouches for all of it")
  }

  @Test("The packs that come with claw pass what they are for, and fail without any one part of it")
  func builtIns() throws {
    for name in ["change-shipping", "incident-postmortem"] {
      let pack = try PackFixture.builtIn(name)
      let report = pack.evaluate(PackFixture.subject(Self.full))
      #expect(report.passes, "\(name)")
      let failing = report.results.filter { !$0.holds }.map(\.id)
      #expect(failing.isEmpty, "\(name): \(report.results.filter { !$0.holds })")
      #expect(!pack.evaluate(PackFixture.subject(Self.full.dropLast())).passes, "not closed")
      #expect(!pack.evaluate(PackFixture.subject(Self.full.filter { $0.0 != "ContractRecorded" })).passes, "no intent")
      #expect(
        !pack.evaluate(PackFixture.subject(Self.full.filter { $0.0 != "ArtifactRecorded" })).passes, "no artifacts")
      #expect(!pack.evaluate(PackFixture.subject(Self.full, problem: "edited")).passes)
      #expect(!pack.evaluate(PackFixture.subject(Self.full, broken: ["rca.md"])).passes)
      var late = Self.full
      late.append(PackFixture.artifact("d", "late.md"))
      #expect(!pack.evaluate(PackFixture.subject(late)).passes, "an artifact after the end")
      #expect(!pack.evaluate(PackFixture.subject([])).passes, "nothing at all")
    }
  }

  @Test("agent-session is for sessions, and wants them bounded by a decision")
  func session() throws {
    let pack = try PackFixture.builtIn("agent-session")
    #expect(pack.evaluate(PackFixture.subject(Self.full)).verdict == .notApplicable)
    let step = ("StepStarted", #"{"name":"build","stepId":"33333333-3333-4333-8333-333333333333","stepIndex":0}"#)
    let good = [
      PackFixture.started, ("DoDRecorded", "{}"), ("DecisionLockRecorded", "{}"), ("DecisionLockApproved", "{}"), step,
      PackFixture.completed,
    ]
    #expect(pack.evaluate(PackFixture.subject(good)).passes)
    for index in 1..<good.count where index != 4 {
      var less = good
      less.remove(at: index)
      #expect(pack.evaluate(PackFixture.subject(less)).verdict == .fail, "without \(good[index].0)")
    }
    var early = good
    early.swapAt(3, 4)
    #expect(pack.evaluate(PackFixture.subject(early)).verdict == .fail)
  }

  @Test("A pack that evaluates nothing is no pass")
  func nothing() throws {
    let lowered = try PackFixture.lowered(
      """
      pack: {id: p, version: 1.0.0}
      applies_to: [run, sealed-package]
      expectations:
        - {id: e, severity: warning, expect: {verified: intact}}
        - {id: f, applies_to: [sealed-package], expect: {document: {file: dod.json}}}

      """)
    let report = PackEvaluator(lowered.plan, hash: lowered.hash).evaluate(PackFixture.subject(Self.full))
    #expect(report.verdict == .fail && report.reason == "no expectation of severity 'error' is about a run")
    #expect(report.problems.map(\.code) == ["PACK_NOTHING_EVALUATED"])
  }

  @Test("The hash is of the meaning, not of the layout")
  func hash() throws {
    let block = try PackFixture.lowered(
      """
      # A comment
      expectations:
        - expect:
            event: {where: [{field: /payload/a, equals: x}], type: RunStarted}
          id: e
      applies_to: [evidence-bundle, run]
      pack:
        version: 1.0.0
        id: p

      """)
    let json = try PackFixture.lowered(
      """
      {"pack": {"id": "p", "version": "1.0.0"}, "applies_to": ["run", "evidence-bundle"], "expectations": [{"id": "e",
       "severity": "error", "expect": {"event": {"type": "RunStarted", "which": "any",
       "where": [{"field": "/payload/a", "one_of": ["x"]}]}}}]}
      """)
    #expect(block.hash == json.hash)
    let other = try PackFixture.lowered(
      "pack: {id: p, version: 1.0.1}\napplies_to: [run]\nexpectations:\n  - {id: e, expect: {event: RunStarted}}\n")
    #expect(other.hash != block.hash)
    // The canonical form is itself a pack with the same hash.
    let again = try PackFixture.lowered(String(decoding: block.canonical, as: UTF8.self))
    #expect(again.hash == block.hash)
  }

  @Test("Every built-in pack's canonical form is a pack with the same hash, and the catalog is complete")
  func canonical() throws {
    for name in BuiltInPacks.names {
      var bag = DiagnosticBag()
      let file = try #require(BuiltInPacks.file(name))
      let lowered = try #require(PackCompiler.compile(file, into: &bag))
      #expect(bag.isEmpty && lowered.plan.id == name)
      let again = try PackFixture.lowered(String(decoding: lowered.canonical, as: UTF8.self))
      #expect(again.hash == lowered.hash)
    }
    let known = (EventType.kernel + EventType.session).map(\.name)
    #expect(EventTypeName.known == known, "the ledger's types and the packs' are the same")
  }

  @Test("Reports are the same for the same subject, and sorted by severity nowhere")
  func report() throws {
    let pack = try PackFixture.builtIn("change-shipping")
    let subject = PackFixture.subject(Self.full, isSigned: false)
    let (first, second) = (pack.evaluate(subject), pack.evaluate(subject))
    #expect(first.json.text() == second.json.text())
    #expect(first.passes, "a warning fails nothing")
    #expect(first.json["summary"]?["warnings"]?.integer == 1)
    #expect(first.json["packHash"]?.string?.utf8.count == 64)
  }

  @Test("Any text is a pack or has findings, and never traps")
  func anyText() throws {
    var random = SeededGenerator(seed: 11)
    let seeds = BuiltInPacks.names.compactMap { BuiltInPacks.file($0)?.bytes }.map { Array($0) }
    for round in 0..<1_500 {
      let bytes = random.mutated(seeds[round % seeds.count])
      var bag = DiagnosticBag()
      let lowered = PackCompiler.compile(SourceFile(path: "pack.yml", bytes: bytes), into: &bag)
      #expect((lowered == nil) == bag.hasErrors, "\(String(decoding: bytes, as: UTF8.self))")
      if let lowered {
        _ = PackEvaluator(lowered.plan, hash: lowered.hash).evaluate(PackFixture.subject(Self.full))
      }
    }
  }
}
