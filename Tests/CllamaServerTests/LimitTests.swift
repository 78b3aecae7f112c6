import Cllama
import Glibc
import JSON
import TestSupport
import Testing

/// What a claw may spend and send, and what is kept of it.
@Suite(.serialized) struct LimitTests {
  @Test func stopsWhenTheBudgetIsSpent() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let configure: (inout JSONValue) -> Void = { $0.set("budget", ["usd": "0.003", "window_seconds": 3600]) }
    let sidecar = try Harness(upstream: upstream.port, configure)
    #expect(try sidecar.chat().status == 200)
    #expect(try sidecar.chat().status == 200)
    let third = try sidecar.chat()
    #expect(third.status == 429)
    #expect(third.json?["error"]?["code"] == "budget_exceeded")
    #expect((third.header("retry-after").flatMap { Int($0) } ?? 0) > 3_000)
    // The other instance has a budget of its own.
    #expect(try sidecar.post("/v1/chat/completions", #"{"messages":[]}"#, token: "other").status == 200)
    #expect(upstream.requests.count == 3)
    try sidecar.stop()
  }

  @Test func boundsRequestsAMinute() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.set("limits", ["requests_per_minute": 2])
    }
    #expect(try sidecar.chat().status == 200)
    #expect(try sidecar.chat().status == 200)
    let third = try sidecar.chat()
    #expect(third.status == 429)
    #expect(third.json?["error"]?["code"] == "rate_limit_exceeded")
    try sidecar.stop()
  }

  @Test func refusesBodiesThatAreTooLarge() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port) { $0.set("limits", ["request_bytes": 1000]) }
    let long = String(repeating: "a", count: 2_000)
    #expect(try sidecar.chat(long).status == 413)
    // One that does not say how long it is.
    let chunked =
      "POST /v1/chat/completions HTTP/1.1\r\nhost: c\r\nauthorization: Bearer \(Harness.token)\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n\(long)\r\n"
    #expect(try sidecar.raw(chunked).status == 413)
    #expect(
      try sidecar.post("/v1/chat/completions", "x", headers: "content-encoding: gzip\r\n").status == 400)
    #expect(upstream.requests.isEmpty)
    try sidecar.stop()
  }

  @Test func refusesHeadsThatAreTooLarge() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    let long = "GET /health HTTP/1.1\r\nhost: c\r\nx: \(String(repeating: "a", count: 70_000))\r\n\r\n"
    #expect(try sidecar.raw(long).status == 431)
    let many = (0..<10_000).map { "h\($0): 1\r\n" }.joined()
    #expect(try sidecar.raw("GET /health HTTP/1.1\r\nhost: c\r\n\(many)\r\n").status == 431)
    try sidecar.stop()
  }

  /// What is refused is told once, costs nothing, and is no call.
  @Test func refusalsAreToldOnceAndCostNothing() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.set("budget", ["tokens": 10_000])
      $0.set("limits", ["request_bytes": 20_000])
    }
    let body = String(repeating: "x", count: 4_000)
    for _ in 0..<8 {
      #expect(try sidecar.post("/v1/chat/completions", body, headers: "content-encoding: gzip\r\n").status == 400)
    }
    let piece = "1000\r\n" + String(repeating: "y", count: 4_096) + "\r\n"
    let large =
      Harness.request("/v1/chat/completions", "", headers: "transfer-encoding: chunked\r\n")
      .replacing("content-length: 0\r\n", with: "") + String(repeating: piece, count: 60) + "0\r\n\r\n"
    #expect(try sidecar.raw(large).status == 413)
    #expect(try sidecar.chat().status == 200)
    let lines = sidecar.record(waitingFor: "response")
    #expect(lines.count { $0["type"] == "refusal" } == 9 && lines.count { $0["type"] == "request" } == 1)
    try sidecar.stop()
  }

  @Test func moneyIsReservedAndModelsMustHaveAPrice() throws {
    let upstream = try ScriptedUpstream { _ in [.pause(milliseconds: 300), answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port) { $0.set("budget", ["usd": "0.002"]) }
    // Each comes to 0.002 at most; the second one waits for nobody.
    let body = #"{"model":"gpt-x","max_tokens":1000,"messages":[]}"#
    let first = try Sockets.connect(sidecar.port)
    defer { close(first) }
    _ = Sockets.send(first, Array(Harness.request("/v1/chat/completions", body).utf8))
    usleep(100_000)
    #expect(try sidecar.post("/v1/chat/completions", body).status == 429)
    #expect(Harness.read(first).status == 200)
    let unpriced = try sidecar.post("/v1/chat/completions", #"{"model":"gpt-y","messages":[]}"#)
    #expect(unpriced.status == 429)
    try sidecar.stop()
    let other = try Harness(upstream: upstream.port) { $0.set("budget", ["usd": "5"]) }
    let refused = try other.post("/v1/chat/completions", #"{"model":"gpt-y","messages":[]}"#)
    #expect(refused.status == 429 && refused.body.contains("nobody said what the model costs"))
    #expect(upstream.requests.count == 1)
    try other.stop()
  }

  /// Files of the record go; what follows from them stays.
  @Test func budgetAndLevelOutliveTheFilesThatToldOfThem() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port, limits: "true") {
      $0.set("budget", ["requests": 12])
      $0.set("drift", ["restrict": "0.1", "quarantine": "0.2"])
      $0.set("stages", [["stage": "purpose", "profile": "t", "settings": ["refuse": ["nuclear"]]]])
      $0.editMember("log") {
        $0.set("segment_bytes", 4_096)
        $0.set("keep_segments", 2)
      }
    }
    for _ in 0..<10 { #expect(try sidecar.chat().status == 200) }
    for _ in 0..<5 { _ = try sidecar.chat("nuclear") }
    for _ in 0..<40 { _ = try sidecar.post("/v1/nope", "") }
    for _ in 0..<40 { _ = try sidecar.chat("nuclear") }
    #expect(!sidecar.record().contains { $0["type"] == "request" }, "the files of the calls are gone")
    sidecar.kill()
    try sidecar.start("true")
    #expect(try sidecar.chat().status == 403)
    let health = try sidecar.raw("GET /health HTTP/1.1\r\nhost: c\r\n\r\n")
    #expect(health.json?["instances"]?.array?.first?["level"] == "quarantined", "\(health.body)")
    try Harness.write(
      "\(sidecar.folder)/lifts.json",
      #"{"lifts":[{"id":"1","instance":"desk-0","reason":"looked at"}]}"#)
    usleep(1_500_000)
    #expect(try [sidecar.chat(), sidecar.chat(), sidecar.chat()].map(\.status) == [200, 200, 429])
    sidecar.kill()
  }

  @Test func callsThatWereLostAreCounted() throws {
    let upstream = try ScriptedUpstream { _ in [.pause(milliseconds: 30_000)] }
    let sidecar = try Harness(upstream: upstream.port, limits: "true") {
      $0.set("budget", ["requests": 3])
      $0.editMember("log") { $0.set("segment_bytes", 4_096) }
    }
    var open: [Int32] = []
    for _ in 0..<3 {
      let connection = try Sockets.connect(sidecar.port)
      open.append(connection)
      _ = Sockets.send(connection, Array(Harness.request("/v1/chat/completions", #"{"messages":[]}"#).utf8))
    }
    _ = sidecar.record(waitingFor: "request", count: 3)
    for _ in 0..<12 { _ = try sidecar.post("/v1/nope", "") }
    sidecar.kill()
    for connection in open { close(connection) }
    try sidecar.start("true")
    #expect(try sidecar.chat().status == 429)
    #expect(sidecar.record(waitingFor: "response", count: 3).count { $0["verdict"] == "lost" } == 3)
    sidecar.kill()
  }
}
