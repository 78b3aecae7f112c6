import Canonical
import Cllama
import Glibc
import JSON
import Testing

/// Each kind of sink gets every record, once, in order, as its server wants it.
@Suite(.serialized) struct SinkDeliveryTests {
  /// Three calls through a sidecar with a sink; what it sent to the server until its clean end.
  func run(
    _ server: SinkServer, limits: String? = nil, _ sink: JSONValue...
  ) throws -> (requests: [ScriptedUpstream.Request], record: [JSONValue], folder: String) {
    let sidecar = try Harness(sinks: sink, limits: limits)
    for _ in 0..<3 { #expect(try sidecar.chat().status == 200) }
    try sidecar.stop()
    let record = sidecar.record()
    #expect(record.count == 9)
    return (server.requests, record, sidecar.folder)
  }

  func secret(_ text: String) throws -> JSONValue {
    let path = try Harness.temporaryFolder() + "/secret"
    try Harness.write(path, text + "\n")
    return .string(path)
  }

  func url(_ server: SinkServer, _ path: String = "") -> JSONValue { .string("http://127.0.0.1:\(server.port)\(path)") }

  @Test func aWebhookIsToldEverythingAndSigned() throws {
    let server = try SinkServer()
    let (requests, record, folder) = try run(
      server, Harness.webhook(server.port, ("secret_file", try secret("s3cret")), ("token_file", try secret("tok"))))
    #expect(requests.count >= 3)
    for request in requests {
      #expect(request.head.hasPrefix("POST /in HTTP/1.1\r\n"))
      #expect(request.header("content-type") == "application/json")
      #expect(request.header("authorization") == "Bearer tok")
      let code = MessageCode.sha256(request.body, key: Array("s3cret".utf8))
      #expect(request.header("x-cllama-signature-256") == "sha256=\(Digest.hexadecimal(code))")
    }
    let events = requests.flatMap { SinkServer.events($0) }
    #expect(events.map { $0["seq"]?.integer } == Array(1...9))
    #expect(events.map { $0["id"] } == record.map { $0["chain"] })
    #expect(events.map { $0["type"] } == record.map { $0["type"] })
    #expect(events.allSatisfy { $0["pod"] == "test" && $0["schema"] == 1 })
    let response = try #require(events.first { $0["type"] == "response" })
    let line = try #require(record.first { $0["type"] == "response" })
    #expect(response["agent"] == "desk-0")
    #expect(response["time"] == line["ts"])
    #expect(response["call"] == line["call"])
    #expect(response["decision"] == ["verdict": "allow"])
    #expect(response["evidence"]?["gen_ai.usage.input_tokens"] == 1_000)
    #expect(response["evidence"]?["response_sha256"] == line["response_sha256"])
    #expect(SinkPosition.load("\(folder)/audit", "hook")?.sequence == 9)
  }

  @Test func openTelemetryIsToldEverything() throws {
    let server = try SinkServer { _, _ in [answer(#"{"partialSuccess":{}}"#)] }
    let (requests, record, _) = try run(
      server,
      [
        "name": "otel", "kind": "otlp", "url": url(server, "/base/"), "token_file": try secret("tok"),
        "batch": ["milliseconds": 10],
      ])
    var logs: [JSONValue] = []
    for request in requests {
      #expect(request.head.hasPrefix("POST /base/v1/logs HTTP/1.1\r\n"))
      #expect(request.header("content-type") == "application/json")
      #expect(request.header("authorization") == "Bearer tok")
      let resource = try #require(try JSONValue.strict(request.body)["resourceLogs"]?.array?.first)
      #expect(
        resource["resource"]?["attributes"]?.array?.contains {
          $0 == ["key": "service.namespace", "value": ["stringValue": "test"]]
        } == true)
      logs += resource["scopeLogs"]?.array?.first?["logRecords"]?.array ?? []
    }
    func attribute(_ log: JSONValue, _ name: String) -> JSONValue? {
      log["attributes"]?.array?.first { $0["key"]?.string == name }?["value"]
    }
    #expect(logs.map { attribute($0, "log.record.uid")?["stringValue"] } == record.map { $0["chain"] })
    #expect(logs.map { attribute($0, "cllama.seq")?["intValue"]?.string } == (1...9).map { String($0) })
    let response = try #require(logs.first { $0["eventName"] == "cllama.response" })
    #expect(attribute(response, "gen_ai.usage.output_tokens") == ["intValue": "500"])
    #expect(attribute(response, "gen_ai.agent.id") == ["stringValue": "desk-0"])
    #expect(attribute(response, "cllama.decision.verdict") == ["stringValue": "allow"])
  }

  @Test func splunkIsToldEverything() throws {
    let server = try SinkServer { _, _ in [answer(#"{"text":"Success","code":0}"#)] }
    let (requests, record, _) = try run(
      server,
      [
        "name": "siem", "kind": "splunk", "url": url(server), "token_file": try secret("tok"), "index": "audit",
        "batch": ["milliseconds": 10],
      ])
    var events: [JSONValue] = []
    for request in requests {
      #expect(request.head.hasPrefix("POST /services/collector/event HTTP/1.1\r\n"))
      #expect(request.header("authorization") == "Splunk tok")
      events += try request.body.split(separator: 0x0A).map { try JSONValue.strict(Array($0)) }
    }
    #expect(events.map { $0["event"]?["id"] } == record.map { $0["chain"] })
    for (event, line) in zip(events, record) {
      #expect(event["index"] == "audit")
      #expect(event["sourcetype"] == "cllama")
      let time = try #require(line["ts"]?.string.flatMap { RecordTime.read($0) })
      guard case .number(let text)? = event["time"] else { Issue.record("no time"); continue }
      #expect(Double(text) == Double(time) / 1_000)
    }
  }

  /// What Elastic says to a bulk in which everything goes well.
  static func created(_ request: ScriptedUpstream.Request) -> String {
    let count = request.body.count { $0 == 0x0A } / 2
    let items = Array(repeating: #"{"create":{"status":201}}"#, count: count).joined(separator: ",")
    return #"{"took":1,"errors":false,"items":[\#(items)]}"#
  }

  @Test func elasticIsToldEverything() throws {
    let server = try SinkServer { _, request in [answer(Self.created(request))] }
    let (requests, record, _) = try run(
      server,
      [
        "name": "es", "kind": "elastic", "url": url(server), "token_file": try secret("a2V5"), "index": "logs-claw",
        "batch": ["milliseconds": 10],
      ])
    var ids: [JSONValue?] = []
    for request in requests {
      #expect(request.head.hasPrefix("POST /_bulk HTTP/1.1\r\n"))
      #expect(request.header("content-type") == "application/x-ndjson")
      #expect(request.header("authorization") == "ApiKey a2V5")
      #expect(request.body.last == 0x0A)
      let lines = try request.body.split(separator: 0x0A).map { try JSONValue.strict(Array($0)) }
      for pair in stride(from: 0, to: lines.count, by: 2) {
        #expect(lines[pair]["create"]?["_index"] == "logs-claw")
        #expect(lines[pair]["create"]?["_id"] == lines[pair + 1]["id"])
        #expect(lines[pair + 1]["@timestamp"] == lines[pair + 1]["time"])
        ids.append(lines[pair + 1]["id"])
      }
    }
    #expect(ids == record.map { $0["chain"] })
  }

  @Test func filesAndStandardOutputGetLines() throws {
    let folder = try Harness.temporaryFolder()
    let (_, record, _) = try run(
      try SinkServer(), limits: "exec >\(folder)/stdout",
      ["name": "file", "kind": "jsonl", "file": .string("\(folder)/all.jsonl"), "batch": ["milliseconds": 5]],
      ["name": "out", "kind": "stdout", "batch": ["milliseconds": 5]])
    for name in ["all.jsonl", "stdout"] {
      let lines = try RecordFile.contents("\(folder)/\(name)").split(separator: 0x0A).map {
        try JSONValue.strict(Array($0))
      }
      #expect(lines.map { $0["id"] } == record.map { $0["chain"] }, "\(name)")
    }
  }

  @Test func severalSinksDoNotWaitForEachOther() throws {
    let slow = try SinkServer { _, _ in [.pause(milliseconds: 3_000), SinkServer.ok] }
    let fast = try SinkServer()
    let sidecar = try Harness(
      sinks: [
        Harness.webhook(slow.port, ("name", "slow"), ("stop_ms", 100)), Harness.webhook(fast.port, ("name", "fast")),
      ])
    let start = RecordTime.now
    for _ in 0..<5 { #expect(try sidecar.chat().status == 200) }
    #expect(eventually { fast.sequences.flatMap { $0 }.count == 12 })
    #expect(RecordTime.now - start < 2_500)
    #expect(try sidecar.metric("sent_total", "fast") == 12)
    #expect(try sidecar.metric("sent_total", "slow") == 0)
    #expect(try sidecar.metric("queued", "slow") == 12)
    #expect(try sidecar.metric("queued", "fast") == 0)
    try sidecar.stop()
  }

  @Test func withoutSinksThereAreNoTraces() throws {
    let sidecar = try Harness(sinks: [])
    _ = try sidecar.chat()
    #expect(try !sidecar.raw("GET /metrics HTTP/1.1\r\nhost: c\r\n\r\n").body.contains("cllama_sink"))
    try sidecar.stop()
  }
}
