import Canonical
import Cllama
import JSON
import Testing

/// What sinks are told, byte by byte.
@Suite struct SinkEncodingTests {
  static let id = String(repeating: "ab", count: 32)

  static func event(_ members: String, policy: JSONValue? = nil, agent: String? = nil) throws -> SinkEvent {
    let line = try JSONValue.strict(Array(members.utf8))
    return try #require(SinkEvent(line, policy: policy, agent: agent))
  }

  static func intervention() throws -> SinkEvent {
    try event(
      #"{"seq":7,"ts":"2025-01-02T03:04:05.006Z","pod":"desk","type":"intervention","stage":"policy/p","direction":"answer","verdict":"redact","rule":"secret_leak","severity":"critical","reason":"a \"token\"","call":"c-1","gen_ai.agent.id":"desk-0","n":2,"f":0.5,"b":true,"x":null,"l":["a"],"chain":"\#(id)"}"#,
      policy: ["name": "p.json", "sha256": "11", "semantic_sha256": "22", "sequence": 3])
  }

  static let envelope =
    #"{"schema":1,"id":"\#(id)","seq":7,"time":"2025-01-02T03:04:05.006Z","pod":"desk","agent":"desk-0","call":"c-1","type":"intervention","policy":{"name":"p.json","sha256":"11","semantic_sha256":"22","sequence":3},"decision":{"stage":"policy/p","verdict":"redact","rule":"secret_leak","severity":"critical","reason":"a \"token\""},"evidence":{"direction":"answer","n":2,"f":0.5,"b":true,"x":null,"l":["a"]}}"#
  static let start =
    #"{"schema":1,"id":"\#(id)","seq":1,"time":"2025-01-02T03:04:05.060Z","pod":"desk","type":"start"}"#

  static func events() throws -> [SinkEvent] {
    [
      try intervention(),
      try event(#"{"seq":1,"ts":"2025-01-02T03:04:05.060Z","pod":"desk","type":"start","chain":"\#(id)"}"#),
    ]
  }

  func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func theEnvelope() throws {
    let event = try Self.intervention()
    #expect(text(event.text) == Self.envelope)
    #expect(event.sequence == 7)
    #expect(event.id == Self.id)
  }

  @Test func theOnlyInstanceIsTheAgentOfWhatNamesNone() throws {
    let line = #"{"seq":1,"ts":"2025-01-02T03:04:05.060Z","pod":"desk","type":"stop","run":"r","chain":"00"}"#
    let event = try Self.event(line, agent: "desk-0")
    #expect(event.envelope["agent"] == "desk-0")
    #expect(event.envelope["run"] == "r")
    #expect(event.envelope["evidence"] == nil)
  }

  @Test(arguments: ["{}", #"{"seq":1,"ts":"x","type":"stop","chain":"0"}"#, "[]"])
  func whatIsNoRecordIsNone(_ text: String) throws {
    #expect(SinkEvent(try JSONValue.strict(Array(text.utf8)), policy: nil, agent: nil) == nil)
  }

  @Test func aWebhookGetsAnArray() throws {
    let body = SinkAPI.webhook.body(try Self.events(), index: nil, version: "1")
    #expect(text(body) == "[\(Self.envelope),\(Self.start)]")
  }

  @Test func splunkGetsEventsThatFollowEachOther() throws {
    let body = SinkAPI.splunk.body(try Self.events(), index: "audit", version: "1")
    let head = #""source":"cllama","sourcetype":"cllama","host":"desk","index":"audit","event":"#
    #expect(
      text(body)
        == "{\"time\":1735787045.006,\(head)\(Self.envelope)}\n{\"time\":1735787045.060,\(head)\(Self.start)}\n")
  }

  @Test func elasticGetsAnActionBeforeEachRecord() throws {
    let body = SinkAPI.elastic.body(try Self.events(), index: "audit", version: "1")
    let action = #"{"create":{"_index":"audit","_id":"\#(Self.id)"}}"#
    #expect(
      text(body)
        == "\(action)\n{\"@timestamp\":\"2025-01-02T03:04:05.006Z\",\(Self.envelope.dropFirst())\n\(action)\n{\"@timestamp\":\"2025-01-02T03:04:05.060Z\",\(Self.start.dropFirst())\n"
    )
  }

  @Test func openTelemetryGetsLogs() throws {
    let body = SinkAPI.otlp.body([try Self.intervention()], index: nil, version: "1")
    func string(_ name: String, _ value: String) -> String {
      #"{"key":"\#(name)","value":{"stringValue":"\#(value)"}}"#
    }
    func integer(_ name: String, _ value: Int) -> String { #"{"key":"\#(name)","value":{"intValue":"\#(value)"}}"# }
    let attributes = [
      string("log.record.uid", Self.id), integer("cllama.schema", 1), integer("cllama.seq", 7),
      string("cllama.type", "intervention"), string("gen_ai.agent.id", "desk-0"), string("cllama.call", "c-1"),
      string("cllama.policy.name", "p.json"), string("cllama.policy.sha256", "11"),
      string("cllama.policy.semantic_sha256", "22"), integer("cllama.policy.sequence", 3),
      string("cllama.decision.stage", "policy/p"), string("cllama.decision.verdict", "redact"),
      string("cllama.decision.rule", "secret_leak"), string("cllama.decision.severity", "critical"),
      string("cllama.decision.reason", #"a \"token\""#), string("cllama.direction", "answer"), integer("cllama.n", 2),
      #"{"key":"cllama.f","value":{"doubleValue":0.5}}"#, #"{"key":"cllama.b","value":{"boolValue":true}}"#,
      #"{"key":"cllama.l","value":{"arrayValue":{"values":[{"stringValue":"a"}]}}}"#,
    ]
    let resource = [
      string("service.name", "cllama"), string("service.namespace", "desk"), string("service.version", "1"),
    ]
    #expect(
      text(body)
        == #"{"resourceLogs":[{"resource":{"attributes":[\#(resource.joined(separator: ","))]},"scopeLogs":[{"scope":{"name":"cllama","version":"1"},"logRecords":[{"timeUnixNano":"1735787045006000000","observedTimeUnixNano":"1735787045006000000","severityNumber":21,"severityText":"FATAL","eventName":"cllama.intervention","body":{"stringValue":"intervention redact a \"token\""},"attributes":[\#(attributes.joined(separator: ","))]}]}]}]}"#
    )
  }

  @Test func openTelemetryKeepsNamesOfConventions() throws {
    let event = try Self.event(
      #"{"seq":2,"ts":"2025-01-02T03:04:05.060Z","pod":"p","type":"response","verdict":"deny","http.response.status_code":403,"gen_ai.usage.input_tokens":12,"latency_ms":3,"chain":"00"}"#
    )
    let log = try #require(
      try JSONValue.strict(SinkAPI.otlp.body([event], index: nil, version: "1"))["resourceLogs"]?.array?[0][
        "scopeLogs"]?
        .array?[0]["logRecords"]?.array?[0])
    let names = log["attributes"]?.array?.compactMap { $0["key"]?.string } ?? []
    #expect(names.contains("gen_ai.usage.input_tokens"))
    #expect(names.contains("http.response.status_code"))
    #expect(names.contains("cllama.latency_ms"))
    #expect(log["severityNumber"] == 13)
  }

  @Test func aDeadLetterHoldsTheEnvelope() throws {
    let event = try Self.intervention()
    #expect(
      text(DeadLetter.line(event, sink: "siem", reason: "status 400", attempts: 2, now: 0))
        == #"{"schema":1,"time":"1970-01-01T00:00:00.000Z","sink":"siem","reason":"status 400","attempts":2,"event":\#(Self.envelope)}"#
        + "\n")
    #expect(
      text(DeadLetter.line(unreadable: Array(#"{"x"#.utf8), sink: "siem", now: 0))
        == #"{"schema":1,"time":"1970-01-01T00:00:00.000Z","sink":"siem","reason":"the line is no record","attempts":0,"line":"{\"x"}"#
        + "\n")
  }

  /// RFC 4231, test cases 1, 2 and 6.
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0B, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func messageCodes(_ key: [UInt8], _ message: String, _ code: String) {
    #expect(Digest.hexadecimal(MessageCode.sha256(Array(message.utf8), key: key)) == code)
  }
}
