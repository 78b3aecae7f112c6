import Canonical
import JSON
import Ledger
import Testing
import Source

@Suite("What may be recorded")
struct EventCheckTests {
  static let step = "44444444-4444-4444-8444-444444444444"

  /// The complaint about a draft; nil if it passes.
  static func complaint(_ json: String, _ check: EventCheck = EventCheck()) -> String? {
    do throws(LedgerFailure) {
      try check.check(try EventDraft(json: Array(json.utf8)))
      return nil
    } catch {
      return "\(error.rule.rawValue): \(error.message)"
    }
  }

  @Test(
    "Each type with its whole payload",
    arguments: [
      ("RunStarted", #"{"intentId":"STEP","metadata":{"hostId":"h1"}}"#), ("RunStarted", "{}"),
      ("RunCompleted", #"{"summary":"done"}"#), ("RunFailed", #"{"error":"e","code":"E1"}"#),
      ("ContractRecorded", #"{"contractType":"StepContract","contract":{"a":1}}"#),
      ("StepStarted", #"{"stepId":"STEP","stepIndex":0,"name":"build"}"#),
      ("StepCompleted", #"{"stepId":"STEP","result":[1,2.5,null]}"#), ("StepFailed", #"{"stepId":"STEP","error":"e"}"#),
      ("ArtifactRecorded", #"{"artifactId":"HASH","sha256":"HASH","size":3,"mime":"text/plain","label":"l"}"#),
      ("ApprovalRequested", #"{"stepId":"STEP","reason":"risky"}"#),
      ("ApprovalGranted", #"{"stepId":"STEP","approver":"ann"}"#),
      ("ApprovalDenied", #"{"stepId":"STEP","approver":"ann","reason":""}"#), ("DoDRecorded", #"{"anything":[1]}"#),
    ])
  func accepted(type: String, payload: String) {
    let payload = payload.replacing("STEP", with: Self.step).replacing("HASH", with: String(repeating: "ab", count: 32))
    #expect(Self.complaint(#"{"type":"\#(type)","payload":\#(payload)}"#) == nil)
  }

  @Test(
    "What is refused, and why",
    arguments: [
      (#"[]"#, "must be an object"), (#"{"payload":{}}"#, "no 'type'"), (#"{"type":"RunStarted"}"#, "no 'payload'"),
      (#"{"type":"RunStarted","payload":[1]}"#, "'payload' must be an object"),
      (#"{"type":"RunStarted","payload":{},"seq":1}"#, "'seq' is the ledger's to assign"),
      (#"{"type":"RunStarted","payload":{},"hash":"x"}"#, "'hash' is the ledger's to assign"),
      (#"{"type":"RunStarted","payload":{},"playload":{}}"#, "no member 'playload'; did you mean 'payload'?"),
      (#"{"type":"RunStarted","payload":{},"type":"RunFailed"}"#, "there twice"),
      (#"{"type":"RunStarted","payload":{},"eventId":"not-a-uuid"}"#, "'eventId' must be a UUID"),
      (
        #"{"type":"RunStarted","payload":{},"eventId":"11111111-1111-1111-8111-111111111111"}"#,
        "'eventId' must be a UUID"
      ),
      (#"{"type":"RunStarted","payload":{},"schemaVersion":"banana"}"#, "'schemaVersion' must be"),
      (#"{"type":"RunStarted","payload":{},"schemaVersion":"2.0.0"}"#, "'schemaVersion' must be"),
      (#"{"type":"RunStarted","payload":{},"ts":"yesterday"}"#, "'ts' must be a time"),
      (#"{"type":"RunStarted","payload":{},"ts":"2026-02-30T00:00:00.000Z"}"#, "'ts' must be a time"),
      (#"{"type":"RunStarted","payload":{},"ts":"2026-01-02T03:04:05Z"}"#, "'ts' must be a time"),
      (#"{"type":"RunStarted","payload":{},"actor":"mallory"}"#, "'actor' must be an object"),
      (#"{"type":"RunStarted","payload":{},"actor":{"actorId":"a","actorType":"root"}}"#, "must be one of human"),
      (#"{"type":"RunStarted","payload":{},"actor":{"actorId":"","actorType":"human"}}"#, "must not be empty"),
      (#"{"type":"RunStarted","payload":{},"actor":{"actorId":"a","actorType":"human","x":1}}"#, "no member 'x'"),
      (#"{"type":"StepStrated","payload":{}}"#, "did you mean 'StepStarted'?"),
      (#"{"type":"StepStarted","payload":{"stepIndex":0,"name":"n"}}"#, "no 'stepId'"),
      (#"{"type":"StepStarted","payload":{"stepId":"s","stepIndex":0,"name":"n"}}"#, "must be a UUID of version 4"),
      (
        #"{"type":"StepStarted","payload":{"stepId":"44444444-4444-4444-8444-444444444444","stepIndex":-1,"name":"n"}}"#,
        "from 0 on"
      ),
      (
        #"{"type":"StepStarted","payload":{"stepId":"44444444-4444-4444-8444-444444444444","stepIndex":0.5,"name":"n"}}"#,
        "from 0 on"
      ),
      (#"{"type":"RunStarted","payload":{"metadata":{"a":1}}}"#, "must be a text"),
      (#"{"type":"RunStarted","payload":{"metadata":{"":"a"}}}"#, "a name that is empty"),
      (#"{"type":"RunStarted","payload":{"extra":1}}"#, "'payload' has no member 'extra'"),
      (#"{"type":"DoDRecorded","payload":{"big":1e20}}"#, "no whole number below 2^53"),
      (#"{"type":"DoDRecorded","payload":{"big":9007199254740993}}"#, "2^53"),
      (#"{"type":"DoDRecorded","payload":{"half":"\ud800"}}"#, "surrogate"),
      (#"{"type":"DoDRecorded","payload":{"a":1,"a":2}}"#, "there twice"),
    ])
  func refused(json: String, reason: String) {
    #expect(Self.complaint(json)?.contains(reason) == true, "\(Self.complaint(json) ?? "accepted")")
  }

  @Test("Limits hold at their edge, counted in UTF-16 units where they count characters")
  func limits() {
    func draft(_ name: String) -> String {
      #"{"type":"StepStarted","payload":{"stepId":"\#(Self.step)","stepIndex":0,"name":"\#(name)"}}"#
    }
    #expect(Self.complaint(draft(String(repeating: "é", count: 300))) == nil)
    #expect(Self.complaint(draft(String(repeating: "é", count: 301))) != nil)
    #expect(Self.complaint(draft(String(repeating: "😀", count: 150))) == nil)
    #expect(Self.complaint(draft(String(repeating: "😀", count: 151))) != nil)
    func result(_ bytes: Int) -> String {
      #"{"type":"StepCompleted","payload":{"stepId":"\#(Self.step)","result":"\#(String(repeating: "x", count: bytes - 2))"}}"#
    }
    #expect(Self.complaint(result(102_400)) == nil)
    #expect(Self.complaint(result(102_401)) != nil)
    func metadata(_ count: Int) -> String {
      let members = (0..<count).map { "\"k\($0)\":\"v\"" }.joined(separator: ",")
      return #"{"type":"RunStarted","payload":{"metadata":{\#(members)}}}"#
    }
    #expect(Self.complaint(metadata(20)) == nil)
    #expect(Self.complaint(metadata(21)) != nil)
    func nested(_ depth: Int) -> String {
      #"{"type":"DoDRecorded","payload":{"a":\#(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))}}"#
    }
    #expect(Self.complaint(nested(63)) == nil)
    #expect(Self.complaint(nested(64)) != nil)
    func members(_ count: Int) -> String {
      #"{"type":"DoDRecorded","payload":{\#((0..<count).map { "\"k\($0)\":0" }.joined(separator: ","))}}"#
    }
    #expect(Self.complaint(members(10_000)) == nil)
    #expect(Self.complaint(members(10_001)) != nil)
    func size(_ count: Int) -> String {
      #"{"type":"DoDRecorded","payload":{"t":"\#(String(repeating: "x", count: count))"}}"#
    }
    #expect(Self.complaint(size(1_000_000)) == nil)
    #expect(Self.complaint(size(1 << 20))?.hasPrefix("ledger/event-too-large") == true)
  }

  @Test("Types beyond the known ones need an extension that is not removed")
  func extensions() throws {
    let file = #"""
      {"schema": 1, "extensions": [
        {"extensionId": "com.example.review", "schemaVersion": "1.0.0", "status": "active", "eventTypes": ["ReviewStarted"]},
        {"extensionId": "com.example.old", "schemaVersion": "1.2.0", "status": "removed", "eventTypes": ["OldThing"]},
        {"extensionId": "com.example.late", "schemaVersion": "1.0.0", "status": "deprecated", "eventTypes": ["LateThing"]}]}
      """#
    let check = EventCheck(extensions: try EventExtensions(json: Array(file.utf8)))
    #expect(Self.complaint(#"{"type":"ReviewStarted","payload":{"a":1}}"#, check) == nil)
    #expect(Self.complaint(#"{"type":"ReviewStarted","payload":{"a":1}}"#)?.hasPrefix("ledger/unknown-type") == true)
    #expect(Self.complaint(#"{"type":"OldThing","payload":{}}"#, check)?.contains("removed") == true)
    #expect(Self.complaint(#"{"type":"LateThing","payload":{}}"#, check) == nil)
    #expect(Self.complaint(#"{"type":"ReviewStartet","payload":{}}"#, check)?.contains("ReviewStarted") == true)
    for meddled in [
      file.replacing("com.example.old", with: "com.example.review"), file.replacing("OldThing", with: "RunStarted"),
      file.replacing("OldThing", with: "ReviewStarted"), file.replacing("\"removed\"", with: "\"gone\""),
      file.replacing("com.example.old", with: "old"), file.replacing("\"schema\": 1", with: "\"schema\": 2"),
      file.replacing("\"status\": \"removed\"", with: "\"failOpen\": true, \"status\": \"removed\""),
    ] {
      #expect(throws: LedgerFailure.self) { try EventExtensions(json: Array(meddled.utf8)) }
    }
  }

  @Test("Times are read back as they are written, and in no other spelling")
  func times() {
    for value in [
      0, 1, -1, 1_767_323_045_006, 951_782_400_000, 253_402_300_799_999, -62_167_219_200_000, 4_107_542_399_999,
    ] {
      #expect(AuditTime.milliseconds(AuditTime.text(milliseconds: value)) == value)
    }
    #expect(AuditTime.text(milliseconds: 1_767_323_045_006) == "2026-01-02T03:04:05.006Z")
    for text in [
      "2026-01-02T24:00:00.000Z", "2025-02-29T00:00:00.000Z", "2026-01-02 03:04:05.006Z", "2026-01-02T03:04:05.006z",
    ] {
      #expect(AuditTime.milliseconds(text) == nil)
    }
  }
}

@Suite("The order of a run's events")
struct RunStateTests {
  static let first = #"{"stepId":"44444444-4444-4444-8444-444444444444"}"#
  static let second = #"{"stepId":"55555555-5555-4555-8555-555555555555"}"#

  /// The place of the event that is refused; nil if none is.
  static func refused(_ events: [(String, String)]) -> Int? {
    var state = RunState()
    for (index, (type, payload)) in events.enumerated() {
      do { try state.apply(type: type, payload: Array(payload.utf8)) } catch { return index }
      // The state survives the index.
      #expect(RunState(text: state.text) == state)
    }
    return nil
  }

  @Test("A whole run passes")
  func whole() {
    #expect(
      Self.refused([
        ("RunStarted", "{}"), ("ApprovalRequested", Self.first), ("ApprovalGranted", Self.first),
        ("StepStarted", Self.first),
        ("StepStarted", Self.second), ("StepFailed", Self.second), ("StepStarted", Self.second),
        ("ArtifactRecorded", "{}"),
        ("StepCompleted", Self.second), ("StepCompleted", Self.first), ("RunCompleted", "{}"),
      ]) == nil)
  }

  @Test(
    "What comes out of order is refused",
    arguments: [
      [("StepStarted", first)], [("RunStarted", "{}"), ("RunStarted", "{}")],
      [("RunStarted", "{}"), ("StepCompleted", first)], [("RunStarted", "{}"), ("StepFailed", first)],
      [("RunStarted", "{}"), ("StepStarted", first), ("StepStarted", first)],
      [("RunStarted", "{}"), ("ApprovalGranted", first)],
      [("RunStarted", "{}"), ("ApprovalRequested", first), ("ApprovalDenied", second)],
      [("RunStarted", "{}"), ("RunCompleted", "{}"), ("ArtifactRecorded", "{}")],
      [("RunStarted", "{}"), ("RunFailed", "{}"), ("RunCompleted", "{}")],
    ])
  func outOfOrder(events: [(String, String)]) { #expect(Self.refused(events) == events.count - 1) }
}
