import Cllama
import Glibc
import JSON
import Synchronization
import TestSupport
import Testing

/// Upstreams that stall, reset, send garbage or never end, and callers that vanish.
@Suite(.serialized) struct FaultTests {
  static let first = chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n")
  static let last = chunk(
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")

  func stream(_ sidecar: Harness) throws -> Harness.Reply {
    try sidecar.post("/v1/chat/completions", #"{"model":"gpt-x","stream":true,"messages":[]}"#)
  }

  @Test func anEndWithoutAnEndIsIncomplete() throws {
    let upstream = try ScriptedUpstream { _ in [streamHead, Self.first, streamEnd] }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try stream(sidecar)
    #expect(reply.body.contains("Hi"))
    #expect(sidecar.record(waitingFor: "response").last?["verdict"] == "incomplete")
    try sidecar.stop()
  }

  @Test func aResetInTheMiddleEndsTheStreamBroken() throws {
    let upstream = try ScriptedUpstream { _ in [streamHead, Self.first, .pause(milliseconds: 50), .reset] }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try stream(sidecar)
    #expect(reply.status == 200)
    #expect(!reply.isWhole)
    #expect(reply.body.contains("Hi"))
    #expect(sidecar.record(waitingFor: "response").last?["verdict"] == "incomplete")
    try sidecar.stop()
  }

  @Test func aResetBeforeTheFirstByteIsTriedAgain() throws {
    let counter = Counter()
    let upstream = try ScriptedUpstream { _ in counter.next() == 1 ? [.reset] : [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    #expect(try sidecar.chat().status == 200)
    #expect(sidecar.record(waitingFor: "response").last?["attempts"] == 2)
    try sidecar.stop()
  }

  @Test func anUpstreamThatSaysNothingTimesOut() throws {
    let upstream = try ScriptedUpstream { _ in [.pause(milliseconds: 6_000)] }
    let sidecar = try Harness(upstream: upstream.port) {
      $0.set("limits", ["first_byte_seconds": 1])
      $0.set("retry", ["attempts": 1])
    }
    let reply = try sidecar.chat()
    #expect(reply.status == 504)
    #expect(reply.json?["error"]?["code"] == "upstream_timeout")
    try sidecar.stop()
  }

  @Test func anUpstreamThatStallsInTheMiddleTimesOut() throws {
    let upstream = try ScriptedUpstream { _ in [streamHead, Self.first, .pause(milliseconds: 6_000)] }
    let sidecar = try Harness(upstream: upstream.port) { $0.set("limits", ["idle_seconds": 1]) }
    let reply = try stream(sidecar)
    #expect(reply.body.contains("Hi") && reply.body.contains("said nothing for too long"))
    #expect(!reply.isWhole)
    #expect(sidecar.record(waitingFor: "response").last?["verdict"] == "error")
    try sidecar.stop()
  }

  @Test(arguments: ["HTTP/9 what\r\n\r\n", "\u{1}\u{2}\u{3}", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"])
  func garbageIsAnErrorOfTheUpstream(_ text: String) throws {
    let upstream = try ScriptedUpstream { _ in [.send(text), .close] }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try sidecar.chat()
    #expect(reply.status == 502)
    #expect(reply.json?["error"]?["code"] == "upstream_error")
    try sidecar.stop()
  }

  @Test func answersThatAreTooLargeAreCut() throws {
    let upstream = try ScriptedUpstream { _ in
      [streamHead, .endless("1000\r\n" + String(repeating: ": x\n", count: 1_024) + "\r\n")]
    }
    let sidecar = try Harness(upstream: upstream.port) { $0.set("limits", ["response_bytes": 50_000]) }
    let reply = try stream(sidecar)
    #expect(!reply.isWhole)
    #expect(sidecar.record(waitingFor: "response").last?["verdict"] == "error")
    try sidecar.stop()
  }

  @Test func aCallerThatVanishesCancelsTheUpstream() throws {
    let upstream = try ScriptedUpstream { _ in [streamHead, Self.first, .endless("4\r\n: x\n\r\n")] }
    let sidecar = try Harness(upstream: upstream.port)
    let connection = try Sockets.connect(sidecar.port)
    _ = Sockets.send(
      connection,
      Array(Harness.request("/v1/chat/completions", #"{"model":"gpt-x","stream":true,"messages":[]}"#).utf8))
    _ = Sockets.receive(connection)
    close(connection)
    let lines = sidecar.record(waitingFor: "response")
    #expect(lines.last?["verdict"] == "cancelled")
    for _ in 0..<100 where upstream.cancelled == 0 { usleep(20_000) }
    #expect(upstream.cancelled == 1)
    try sidecar.stop()
  }

  @Test func everyCutOfTheBytesGivesTheSameStream() throws {
    let events =
      ": comment\r\n\r\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Grüße\"}}]}\r\n\r\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
    let bytes = Array(events.utf8)
    let counter = Counter()
    let upstream = try ScriptedUpstream { _ in
      let cut = counter.next() * 7 % bytes.count
      func part(_ range: Range<Int>) -> [ScriptedUpstream.Step] {
        range.isEmpty
          ? [] : [.bytes(Array("\(String(range.count, radix: 16))\r\n".utf8) + bytes[range] + Array("\r\n".utf8))]
      }
      return [streamHead] + part(0..<cut) + [.pause(milliseconds: 2)] + part(cut..<bytes.count) + [streamEnd]
    }
    let sidecar = try Harness(upstream: upstream.port)
    for _ in 0..<30 {
      let reply = try stream(sidecar)
      #expect(reply.body == events)
      #expect(reply.isWhole)
    }
    try sidecar.stop()
  }

  @Test func nothingIsForwardedWhenTheDiskIsFull() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    // No file may have more than four kilobytes, as on a disk that is full then.
    let sidecar = try Harness(upstream: upstream.port, limits: "ulimit -f 8")
    var reply = Harness.Reply()
    var good = 0
    for _ in 0..<20 {
      reply = try sidecar.chat()
      if reply.status != 200 { break }
      good += 1
    }
    #expect(good > 0)
    #expect(reply.status == 503)
    #expect(reply.body.contains("the record can't be written"))
    #expect(try sidecar.raw("GET /health HTTP/1.1\r\nhost: c\r\n\r\n").status == 503)
    #expect(upstream.requests.count <= good + 1)
    // What is there is whole, and what was delivered is there.
    let bytes = try RecordFile.contents("\(sidecar.folder)/audit/\(RecordFile.name(1))")
    #expect(RecordFile.firstBroken(bytes, chain: [UInt8](repeating: 0, count: 32)) == nil)
    #expect(sidecar.record().count { $0["type"] == "response" } >= good)
    try sidecar.stop()
  }

  @Test func aKillLosesNothingThatWasDelivered() throws {
    let upstream = try ScriptedUpstream { request in
      request.text.contains("slow") ? [.pause(milliseconds: 5_000)] : [answer(goodAnswer)]
    }
    let sidecar = try Harness(upstream: upstream.port, limits: "true")
    var delivered: [String] = []
    for round in 0..<4 {
      for _ in 0..<5 {
        if let call = try sidecar.chat().header("x-cllama-call") { delivered.append(call) }
      }
      let connection = try Sockets.connect(sidecar.port)
      _ = Sockets.send(
        connection, Array(Harness.request("/v1/chat/completions", #"{"model":"gpt-x","a":"slow","messages":[]}"#).utf8))
      _ = sidecar.record(waitingFor: "request", count: 6 * (round + 1))
      sidecar.kill()
      close(connection)
      try sidecar.start("true")
    }
    let lines = sidecar.record(waitingFor: "response", count: 24)
    let settled = lines.filter { $0["type"] == "response" }
    for call in delivered { #expect(settled.count { $0["call"]?.string == call && $0["verdict"] == "allow" } == 1) }
    #expect(settled.count { $0["verdict"] == "lost" } == 4)
    let bytes = try RecordFile.contents("\(sidecar.folder)/audit/\(RecordFile.name(1))")
    #expect(RecordFile.firstBroken(bytes, chain: [UInt8](repeating: 0, count: 32)) == nil)
    try sidecar.stop()
  }
}

final class Counter: Sendable {
  private let value = Synchronization.Mutex(0)
  func next() -> Int {
    value.withLock {
      $0 += 1; return $0
    }
  }
}
