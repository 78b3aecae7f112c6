import Canonical
import JSON
import Ledger
import Runtime
import Source
import TestSupport
import Testing

@Suite("Chains of events in ClawForge's form")
struct ChainTests {
  static let names = (FileSearch.names(in: Repository.path("Tests/Vectors/clawforge/chain")) ?? [])
    .filter { $0.hasSuffix(".events.jsonl") }.map { String($0.dropLast(".events.jsonl".count)) }.sorted()

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try #require(Repository.text("Tests/Vectors/clawforge/chain/\(name)")).utf8)
  }

  @Test("ClawForge's verifier and ours say the same of its chains", arguments: names)
  func reference(name: String) throws {
    let result = ChainVerification.verify(try Self.bytes("\(name).events.jsonl"))
    var expected = try #require(
      try JSONParser.parse(try Self.bytes("\(name).expected.json"), strict: true).members)
    expected.removeAll { $0.name == "note" }
    #expect(String(decoding: result.bytes, as: UTF8.self) == JSONValue.object(expected).text())
  }

  @Test("There are vectors") func vectorsAreThere() { #expect(Self.names.count >= 4) }

  /// An event of our own making, for chains that were meddled with.
  static func event(_ seq: Int, type: String, payload: String, previous: String?) -> AuditEvent {
    AuditEvent(
      eventId: "0000000\(seq)-0000-4000-8000-000000000000", runId: "11111111-1111-4111-8111-111111111111", seq: seq,
      ts: "2026-01-02T03:04:0\(seq).006Z", type: type, actor: EventActor(id: "claw", kind: .system).bytes,
      payload: Array(payload.utf8), prevHash: previous)
  }

  static func chain() -> [AuditEvent] {
    var events: [AuditEvent] = []
    let bodies = [
      ("RunStarted", "{}"), ("StepStarted", #"{"stepId":"s"}"#), ("StepCompleted", #"{"result":{"n":1},"stepId":"s"}"#),
      ("RunCompleted", "{}"),
    ]
    for (index, (type, payload)) in bodies.enumerated() {
      events.append(Self.event(index + 1, type: type, payload: payload, previous: events.last?.hash))
    }
    return events
  }

  static func lines(_ events: [AuditEvent]) -> [UInt8] { events.flatMap { $0.bytes + [0x0A] } }

  static func reasons(_ file: [UInt8]) -> [String] {
    ChainVerification.verify(file).failures.map { "\($0.seq) \($0.reason.rawValue)" }
  }

  @Test("A chain as it was made is valid; an empty one, and one whose start is missing, are not")
  func ends() {
    let events = Self.chain()
    #expect(ChainVerification.verify(Self.lines(events)).isValid)
    #expect(ChainVerification.verify([]).isValid == false)
    #expect(Self.reasons([]) == ["0 no_events"])
    #expect(Self.reasons(Self.lines(Array(events.dropFirst()))).first == "2 first_event_prevHash_not_null")
  }

  @Test("Each edit, removal, repetition and swap of a line is found, with the first bad sequence (abuse case 91)")
  func edits() {
    let events = Self.chain()
    for index in events.indices {
      var edited = events
      edited[index].payload = Array(#"{"stepId":"x"}"#.utf8)
      #expect(Self.reasons(Self.lines(edited)) == ["\(index + 1) hash_mismatch"])
      edited = events
      edited[index].type = "StepFailed"
      #expect(Self.reasons(Self.lines(edited)).first == "\(index + 1) hash_mismatch")
      var repeated = events
      repeated.insert(events[index], at: index)
      #expect(Self.reasons(Self.lines(repeated)).isEmpty == false)
      guard index < events.count - 1 else { continue }
      var removed = events
      removed.remove(at: index)
      #expect(Self.reasons(Self.lines(removed)).isEmpty == false)
      var swapped = events
      swapped.swapAt(index, index + 1)
      #expect(Self.reasons(Self.lines(swapped)).isEmpty == false)
    }
  }

  @Test("Texts that hash like others are found: repeated and vanishing members, other spellings, more members")
  func hiddenText() throws {
    let lines = String(decoding: Self.lines(Self.chain()), as: UTF8.self)
    let cases = [
      (#""result":{"n":1}"#, #""result":{"__proto__":{"evil":true},"n":1}"#),
      (#""result":{"n":1}"#, #""result":{"n":2,"n":1}"#),
      (#""result":{"n":1}"#, #""result":{"n":1.0}"#),
      (#""result":{"n":1}"#, #""result":{"n": 1}"#),
      (#""seq":3"#, #""seq":3,"signature":"none""#),
    ]
    for (plain, meddled) in cases {
      let file = lines.replacing(plain, with: meddled)
      #expect(file != lines)
      let result = ChainVerification.verify(Array(file.utf8))
      #expect(result.isValid == false, "\(meddled)")
      #expect(result.failures.map(\.seq) == [3], "\(meddled)")
    }
  }

  @Test("A hash over ClawForge's own form is accepted where that form keeps everything")
  func forgeHashes() {
    let payload = #"{"result":{"-1":2,"1":1,"half":"\ud800"}}"#
    let forged = #"{"result":{"1":1,"-1":2,"half":"\ud800"}}"#
    #expect(payload != forged)
    let head = #"{"actor":{"actorId":"a","actorType":"human"},"eventId":"00000001-0000-4000-8000-000000000000","#
    let tail = #""runId":"r","schemaVersion":"1.0.0","seq":1,"ts":"2026-01-02T03:04:05.006Z","type":"RunStarted"}"#
    let hash = Digest.sha256Hex(Array((head + #""payload":"# + forged + "," + tail).utf8))
    let line = head + #""hash":"\#(hash)","payload":"# + forged + #","prevHash":null,"# + tail
    #expect(Self.reasons(Array(line.utf8)) == [])
    #expect(Self.reasons(Array(line.replacing(forged, with: payload).utf8)) == ["1 not_canonical"])
  }

  @Test("An event of another run, a line that is none, and a start of another type are found")
  func otherRuns() {
    var events = Self.chain()
    events[2] = AuditEvent(
      eventId: events[2].eventId, runId: "22222222-2222-4222-8222-222222222222", seq: 3, ts: events[2].ts,
      type: events[2].type, actor: events[2].actor, payload: events[2].payload, prevHash: events[1].hash)
    events[3].prevHash = events[2].hash
    #expect(Self.reasons(Self.lines(events)) == ["3 run_mismatch"])
    #expect(Self.reasons(Self.lines(Self.chain()) + Array("nonsense\n".utf8)) == ["5 malformed"])
    let other = Self.event(1, type: "StepStarted", payload: "{}", previous: nil)
    #expect(Self.reasons(Self.lines([other])) == ["1 first_event_not_RunStarted"])
  }

  @Test("The worked examples of the hash rule")
  func workedExamples() throws {
    let first = try AuditEvent(
      hashedBytes: Array(
        #"{"actor":{"actorId":"claw","actorType":"system"},"eventId":"22222222-2222-4222-8222-222222222222","payload":{"metadata":{"hostId":"h1"}},"runId":"11111111-1111-4111-8111-111111111111","schemaVersion":"1.0.0","seq":1,"ts":"2026-01-02T03:04:05.006Z","type":"RunStarted"}"#
          .utf8), prevHash: nil, hash: "f46ad99a64d4b24d2e026f58d140b1284dee6e91646900c350616f015bbb3e15")
    #expect(Digest.sha256Hex(first.hashedBytes) == first.hash)
    let second = AuditEvent(
      eventId: "33333333-3333-4333-8333-333333333333", runId: "11111111-1111-4111-8111-111111111111", seq: 2,
      ts: "2026-01-02T03:04:05.006Z", type: "StepCompleted", actor: EventActor(id: "claw", kind: .system).bytes,
      payload: try CanonicalText.canonical(
        Array(
          #"{"result": {"ratio": 1.0, "big": 1e21, "tiny": 1e-7, "ok": true, "n": null, "s": "tab\there \"q\" \\ / é \u2028"}}"#
            .utf8)), prevHash: first.hash)
    #expect(second.hash == "f54307b454cb6cd40aa3e91337245daa4a26fad7041d4f1444130b55d5bff2f9")
    #expect(try AuditEvent(canonical: second.bytes) == second)
  }
}
