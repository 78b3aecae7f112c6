import Canonical
import Cllama
import Glibc
import JSON
import TestSupport
import Testing

let goodAnswer =
  #"{"id":"1","model":"gpt-x","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":500}}"#

/// What passes, what is refused, and what is written down of it.
@Suite(.serialized) struct ProxyTests {
  @Test func passesByteForByteWithoutStages() throws {
    let body = "{ \"model\" : \"gpt-x\",\n \"messages\":[{\"role\":\"user\",\"content\":\"\\u0068i\"}], \"n\":1.0 }"
    let reply = "{\n \"id\":\"1\", \"choices\":[],\"x\":1e2 }"
    let upstream = try ScriptedUpstream { _ in [answer(reply)] }
    let sidecar = try Harness(upstream: upstream.port)
    let got = try sidecar.post("/v1/chat/completions", body)
    #expect(got.status == 200)
    #expect(got.body == reply)
    #expect(upstream.requests.first?.text == body)
    #expect(upstream.requests.first?.header("authorization") == "Bearer \(Harness.key)")
    let lines = sidecar.record(waitingFor: "response")
    #expect(lines.map { $0["type"]?.string } == ["start", "configuration", "request", "response"])
    #expect(lines[2]["request_sha256"]?.string == Digest.sha256Hex(Array(body.utf8)))
    #expect(lines[3]["response_sha256"]?.string == Digest.sha256Hex(Array(reply.utf8)))
    #expect(lines[3]["scanned"] == false)
    try sidecar.stop()
  }

  @Test func changesOnlyTheNameOfTheModel() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    _ = try sidecar.post("/v1/chat/completions", #"{ "messages" : [], "model": "mock/gpt-x" ,"a":1}"#)
    #expect(upstream.requests.last?.text == #"{ "messages" : [], "model": "gpt-x" ,"a":1}"#)
    _ = try sidecar.post("/v1/chat/completions", #"{"messages":[]}"#)
    #expect(upstream.requests.last?.text == #"{"model":"gpt-x","messages":[]}"#)
    try sidecar.stop()
  }

  @Test func countsWhatBothFamiliesCost() throws {
    let upstream = try ScriptedUpstream { request in
      request.head.contains("/v1/messages")
        ? [
          answer(
            #"{"type":"message","content":[],"usage":{"input_tokens":7,"output_tokens":5,"cache_read_input_tokens":3}}"#
          )
        ] : [answer(goodAnswer)]
    }
    let sidecar = try Harness(upstream: upstream.port)
    #expect(try sidecar.chat().status == 200)
    let reply = try sidecar.post(
      "/v1/messages", #"{"model":"claude","max_tokens":9,"messages":[]}"#, token: nil,
      headers: "x-api-key: \(Harness.token)\r\nanthropic-version: 2023-06-01\r\n")
    #expect(reply.status == 200)
    #expect(upstream.requests.last?.header("x-api-key") == Harness.key)
    #expect(upstream.requests.last?.header("anthropic-version") == "2023-06-01")
    let lines = sidecar.record(waitingFor: "response", count: 2).filter { $0["type"] == "response" }
    #expect(lines[0]["gen_ai.usage.input_tokens"] == 1000)
    #expect(lines[0]["cost_usd"] == "0.002")
    #expect(lines[1]["gen_ai.usage.input_tokens"] == 10)
    #expect(lines[1]["gen_ai.usage.cached_input_tokens"] == 3)
    // Nobody said what it costs, and nobody claims that it was nothing.
    #expect(lines[1]["cost_usd"] == .null)
    try sidecar.stop()
  }

  @Test(
    arguments: [
      (nil, ""), ("wrong", ""), ("", ""), (nil, "x-api-key: wrong\r\n"), ("claw-token", "x-api-key: other\r\n"),
      (nil, "authorization: Basic Y2xhdy10b2tlbg==\r\n"), (nil, "authorization: Bearer claw-toke\r\n"),
    ] as [(String?, String)])
  func refusesWhoHasNoToken(_ token: String?, _ headers: String) throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try sidecar.post("/v1/chat/completions", #"{"model":"gpt-x"}"#, token: token, headers: headers)
    #expect(reply.status == 401)
    #expect(reply.json?["error"]?["code"] == "invalid_api_key")
    #expect(upstream.requests.isEmpty)
    try sidecar.stop()
  }

  @Test(arguments: [
    "/v1/chat/completions/", "//v1/chat/completions", "/v1/../v1/chat/completions", "/v1/%63hat/completions",
    "/V1/chat/completions", "/v1/files", "/", "/admin", "http://other/v1/chat/completions",
  ])
  func servesNothingAtOtherPaths(_ path: String) throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    #expect(try sidecar.post(path, "{}").status == 404)
    #expect(upstream.requests.isEmpty)
    try sidecar.stop()
  }

  @Test(arguments: [
    #"{"model":"gpt-x","tools":[],"tools":[]}"#, #"{"model":"gpt-x","n":1e400}"#, #"{"model":"gpt-x","s":"\ud800"}"#,
    #"{"model":"gpt-x""#, "[]", "", #"{"model":"gpt-x\u0000"}"#, #"{"model":"m?x="}"#, #"{"model":"mock/../../files"}"#,
    #"{"model":"a b"}"#,
    "{\"model\":\"gpt-x\",\"d\":" + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}",
  ])
  func refusesWhatTwoReadersCouldReadDifferently(_ body: String) throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try sidecar.post("/v1/chat/completions", body)
    #expect(reply.status == 400)
    #expect(reply.json?["error"]?["type"] == "invalid_request_error")
    #expect(upstream.requests.isEmpty)
    try sidecar.stop()
  }

  @Test func membersThatWouldSteerTheUpstreamSteerNothing() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try sidecar.post(
      "/v1/chat/completions",
      #"{"model":"gpt-x","messages":[],"api_base":"http://127.0.0.1:1","extra_headers":{"authorization":"x"}}"#,
      headers: "x-forwarded-host: evil\r\ncookie: a=b\r\nopenai-organization: org\r\n")
    #expect(reply.status == 200)
    let head = upstream.requests.first?.head.lowercased() ?? ""
    #expect(!head.contains("forwarded") && !head.contains("cookie") && !head.contains("organization"))
    #expect(head.contains("authorization: bearer \(Harness.key)"))
    try sidecar.stop()
  }

  @Test func refusesOtherModels() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try sidecar.post("/v1/chat/completions", #"{"model":"gpt-z","messages":[]}"#)
    #expect(reply.status == 403)
    #expect(reply.json?["error"]?["param"] == "model")
    #expect(upstream.requests.isEmpty)
    #expect(sidecar.record(waitingFor: "refusal").last?["verdict"] == "deny")
    try sidecar.stop()
  }

  @Test func triesAgainAndThenAnotherModel() throws {
    let upstream = try ScriptedUpstream { request in
      request.text.contains("gpt-y") ? [answer(goodAnswer)] : [answer("503 Service Unavailable", "text/plain", "no")]
    }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.editMember("models") { $0.set("fallback", ["mock/gpt-y"]) }
    }
    #expect(try sidecar.chat().status == 200)
    #expect(upstream.requests.map { $0.text.contains("gpt-y") } == [false, false, true])
    let line = sidecar.record(waitingFor: "response").last
    #expect(line?["model_used"] == "mock/gpt-y")
    try sidecar.stop()
  }

  @Test func tellsTheUpstreamsErrorWithoutItsKey() throws {
    let upstream = try ScriptedUpstream { request in
      [answer("401 Unauthorized", "application/json", #"{"error":{"message":"bad key \#(Harness.key)"}}"#)]
    }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try sidecar.chat()
    #expect(reply.status == 401)
    #expect(reply.body == #"{"error":{"message":"bad key [redacted:key]"}}"#)
    #expect(!sidecar.record(waitingFor: "response").contains { $0.text().contains(Harness.key) })
    try sidecar.stop()
  }

  @Test func followsNobodyElsewhere() throws {
    let upstream = try ScriptedUpstream { _ in
      [.send("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")]
    }
    let sidecar = try Harness(upstream: upstream.port)
    #expect(try sidecar.chat().status == 502)
    #expect(upstream.requests.count == 1)
    try sidecar.stop()
  }

  @Test(arguments: [
    "POST /v1/chat/completions HTTP/1.1\r\nhost: c\r\nauthorization: Bearer claw-token\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /v1/chat/completions HTTP/1.1\r\nhost: c\r\nauthorization: Bearer claw-token\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc",
    "POST /v1/chat/completions HTTP/1.1\r\nhost: c\r\nauthorization: Bearer claw-token\r\ntransfer-encoding: xchunked\r\n\r\n",
    "GET /health HTTP/1.1\r\nhost: c\r\na b: c\r\n\r\n", "GET /health HTTP/1.1\r\nhost: c\r\nx: a\u{0}b\r\n\r\n",
    "NONSENSE\r\n\r\n",
  ])
  func refusesHeadsWithTwoMeanings(_ text: String) throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try sidecar.raw(text)
    #expect(reply.status == 400)
    try sidecar.stop()
  }

  @Test func serves404And405InTheShapeOfTheAPI() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try sidecar.raw("GET /v1/messages HTTP/1.1\r\nhost: c\r\n\r\n")
    #expect(reply.status == 405)
    #expect(reply.json?["type"] == "error")
    try sidecar.stop()
  }

  @Test func deniesEverythingWhileAPolicyDoesNotVerify() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.set("stages", [["stage": "policy", "profile": "x", "bundle": "missing.json"]])
    }
    let reply = try sidecar.chat()
    #expect(reply.status == 503)
    #expect(reply.body.contains("everything is denied"))
    let health = try sidecar.raw("GET /health HTTP/1.1\r\nhost: c\r\n\r\n")
    #expect(health.status == 503)
    #expect(health.json?["state"] == "denying")
    #expect(upstream.requests.isEmpty)
    try sidecar.stop()
  }

  @Test func takesAChangedConfigurationOver() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    #expect(try sidecar.chat("about ponies").status == 200)
    var value = try JSONValue.strict(RecordFile.contents("\(sidecar.folder)/cllama.json"))
    value.set(
      "stages", [["stage": "purpose", "profile": "news", "settings": ["refuse": ["ponies"]]]])
    try Harness.write("\(sidecar.folder)/cllama.json", value.text())
    var status = 200
    for _ in 0..<100 where status == 200 {
      usleep(50_000)
      status = try sidecar.chat("about  PONIES").status
    }
    #expect(status == 403)
    try sidecar.stop()
  }

  @Test func finishesStreamsBeforeItEnds() throws {
    let upstream = try ScriptedUpstream { _ in
      [
        streamHead, chunk("data: {\"choices\":[]}\n\n"), .pause(milliseconds: 500), chunk("data: [DONE]\n\n"),
        streamEnd,
      ]
    }
    let sidecar = try Harness(upstream: upstream.port)
    let connection = try Sockets.connect(sidecar.port)
    _ = Sockets.send(
      connection,
      Array(
        Harness.request("/v1/chat/completions", #"{"model":"gpt-x","stream":true,"messages":[]}"#).utf8))
    usleep(200_000)
    sidecar.beginToStop()
    let reply = Harness.read(connection)
    close(connection)
    #expect(reply.isWhole)
    #expect(reply.body.hasSuffix("data: [DONE]\n\n"))
    try sidecar.waitForEnd()
    #expect(sidecar.record().last?["type"] == "stop")
  }

  /// A caller need not wait for an answer before it sends its next request (RFC 9112, 9.3.2).
  @Test func answersRequestsThatCameTogetherInTheirOrder() throws {
    let upstream = try ScriptedUpstream { request in
      let text = request.text.contains("first") ? "one" : "two"
      return [.pause(milliseconds: 50), answer(goodAnswer.replacing("hi", with: text))]
    }
    let sidecar = try Harness(upstream: upstream.port)
    func body(_ text: String) -> String { #"{"model":"gpt-x","messages":[{"role":"user","content":"\#(text)"}]}"# }
    let connection = try Sockets.connect(sidecar.port)
    defer { close(connection) }
    let path = "/v1/chat/completions"
    let health = "GET /health HTTP/1.1\r\nhost: c\r\n\r\n"
    let last = Harness.request(path, body("last"), headers: "connection: close\r\n")
    let all = Harness.request(path, body("first")) + String(repeating: health, count: 3_000) + last
    Threads.run { _ = Sockets.send(connection, Array(all.utf8)) }
    var received: [UInt8] = []
    while let more = Sockets.receive(connection) { received += more }
    let text = String(decoding: received, as: UTF8.self)
    let places = ["\"one\"", "\"state\"", "\"two\""].map { Sockets.place(of: $0, in: received) ?? -1 }
    #expect(places == places.sorted() && places[0] > 0)
    #expect(text.split(separator: "HTTP/1.1 200 ").count == 3_002)
    try sidecar.stop()
  }

  /// An answer that reports an error is an answer, whatever its status.
  @Test(
    arguments: [
      (200, #"{"error":{"message":"m"},"choices":[{"message":{"tool_calls":[{"function":{"name":"write_x"}}]}}]}"#),
      (200, #"{"error":{},"choices":[{"message":{"tool_calls":[{"function":{"name":"write_x"}}]}}]}"#),
      (201, #"{"choices":[{"message":{"tool_calls":[{"function":{"name":"write_x"}}]}}]}"#),
      (400, #"{"error":{"message":"m"},"choices":[{"message":{"tool_calls":[{"function":{"name":"write_x"}}]}}]}"#),
    ])
  func errorsAreJudgedToo(_ status: Int, _ body: String) throws {
    let upstream = try ScriptedUpstream { _ in
      [
        .send(
          "HTTP/1.1 \(status) X\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
      ]
    }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.set("stages", [["stage": "purpose", "profile": "t", "settings": ["tools": ["read*"]]]])
    }
    let reply = try sidecar.chat()
    #expect(reply.status == status && !reply.body.contains("write_x"), "\(reply.body)")
    let line = sidecar.record(waitingFor: "response").last { $0["type"] == "response" }
    #expect(line?["scanned"] == true && line?["judged_calls"] == 1)
    try sidecar.stop()
  }

  /// What keeps a sidecar from serving may be a file beside its configuration, and is looked at again.
  @Test func goesOnOnceItsKeyIsThere() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.editMember("upstreams") { $0.edit([0]) { $0.set("key_file", "FOLDER/late") } }
    }
    #expect(try sidecar.chat().status == 503)
    func waits(for key: String) throws -> Bool {
      try Harness.write("\(sidecar.folder)/late", key)
      for _ in 0..<100 {
        if try sidecar.chat().status == 200, upstream.requests.last?.header("authorization") == "Bearer \(key)" {
          return true
        }
        usleep(50_000)
      }
      return false
    }
    #expect(try waits(for: "first-key") && waits(for: "second-key-which-is-longer"))
    try sidecar.stop()
  }

  @Test func modelsAreFoundByEachOfTheirNames() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    for (name, status) in [("mock/gpt-x", 200), ("mock%2Fgpt-x", 200), ("gpt-x", 200), ("nope", 404)] {
      let reply = try sidecar.raw(
        "GET /v1/models/\(name) HTTP/1.1\r\nhost: c\r\nauthorization: Bearer \(Harness.token)\r\n\r\n")
      #expect(reply.status == status, "\(name)")
    }
    try sidecar.stop()
  }

  /// Nobody is to blame for what an upstream gets wrong.
  @Test func garbledStreamsAreTheUpstreamsFault() throws {
    let upstream = try ScriptedUpstream { _ in
      [
        .send(
          "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\ndata: {\"choices\":[\n\n"),
        .close,
      ]
    }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.set("stages", [["stage": "purpose", "profile": "t", "settings": ["refuse": ["nuclear"]]]])
      $0.set("drift", ["restrict": "0.1", "quarantine": "0.2"])
    }
    for _ in 0..<20 {
      let reply = try sidecar.chat("hello", #","stream":true"#)
      #expect(reply.status == 200 || reply.status == 502, "\(reply.status)")
    }
    let health = try sidecar.raw("GET /health HTTP/1.1\r\nhost: c\r\n\r\n")
    #expect(health.json?["instances"]?.array?.first?["level"] == "free", "\(health.body)")
    try sidecar.stop()
  }
}
