import Cllama
import Glibc
import JSON
import Synchronization
import TestSupport
import Testing

/// Servers that fail: nothing is lost, nothing comes twice without a reason, and calls do not wait.
@Suite(.serialized) struct SinkFaultTests {
  static func status(_ status: String, _ headers: String = "", _ body: String = "") -> ScriptedUpstream.Step {
    .send("HTTP/1.1 \(status)\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  @Test func errorsThatPassAreTriedAgain() throws {
    let server = try SinkServer { number, _ in
      switch number {
      case 1: [Self.status("503 Service Unavailable")]
      case 2: [Self.status("500 Internal Server Error")]
      case 3: [.reset]
      case 4: [.send("HTTP/1.1 nonsense\r\n\r\n"), .close]
      default: [SinkServer.ok]
      }
    }
    let sidecar = try Harness(sinks: [Harness.webhook(server.port)])
    for _ in 0..<3 { _ = try sidecar.chat() }
    #expect(eventually { sidecar.position() == 8 })
    #expect(try sidecar.metric("failures_total") == 4)
    #expect(try sidecar.metric("sent_total") == 8)
    try sidecar.stop()
    let sequences = server.sequences
    try #require(sequences.count > 5)
    #expect(sequences[..<5].allSatisfy { $0 == sequences[0] })
    #expect(sequences[4...].flatMap { $0 } == Array(1...9))
    #expect(sidecar.deadLetters().isEmpty)
  }

  @Test func whatTheServerAsksForIsWaited() throws {
    let times = Times()
    let server = try SinkServer { number, _ in
      times.note()
      return [number == 1 ? Self.status("429 Too Many Requests", "retry-after: 1\r\n") : SinkServer.ok]
    }
    let sidecar = try Harness(sinks: [Harness.webhook(server.port)])
    #expect(eventually { sidecar.position() == 2 })
    try #require(times.all.count >= 2)
    #expect(times.all[1] - times.all[0] >= 1_000)
    #expect(times.all[1] - times.all[0] < 2_500)
    try sidecar.stop()
  }

  @Test func whatCanNotSucceedIsADeadLetterAtOnce() throws {
    let server = try SinkServer { number, _ in
      [number == 1 ? Self.status("400 Bad Request", "", "no such field") : SinkServer.ok]
    }
    let sidecar = try Harness(sinks: [Harness.webhook(server.port)])
    #expect(eventually { sidecar.position() == 2 })
    _ = try sidecar.chat()
    try sidecar.stop()
    let letters = sidecar.deadLetters()
    #expect(letters.compactMap { $0["event"]?["seq"]?.integer } == server.sequences.first)
    for letter in letters {
      #expect(letter["reason"] == "status 400: no such field")
      #expect(letter["attempts"] == 1)
      #expect(letter["sink"] == "hook")
    }
    #expect(server.sequences.flatMap { $0 } == sidecar.sequences)
  }

  @Test func aServerThatIsNotThereGetsAsManyAttemptsAsItMay() throws {
    let port = try Sockets.freePort()
    let sidecar = try Harness(sinks: [
      Harness.webhook(port, ("attempts", 3), ("batch", ["count": 100, "milliseconds": 20]))
    ])
    #expect(eventually { sidecar.deadLetters().count == 2 })
    #expect(sidecar.deadLetters().allSatisfy { $0["attempts"] == 3 })
    #expect(sidecar.deadLetters().first?["reason"]?.string?.hasPrefix("no answer: ") == true)
    #expect(try sidecar.metric("failures_total") == 3)
    #expect(try sidecar.metric("dead_letters_total") == 2)
    #expect(try sidecar.chat().status == 200)
    try sidecar.stop()
    #expect(Set(sidecar.deadLetters().compactMap { $0["event"]?["seq"]?.integer }) == Set(sidecar.sequences))
  }

  @Test func onlyTheFailedItemsOfABulkAreSentAgain() throws {
    let server = try SinkServer { number, request in
      guard number == 1 else { return [answer(SinkDeliveryTests.created(request))] }
      let items = [
        #"{"create":{"status":201}}"#, #"{"create":{"status":429,"error":{"type":"busy","reason":"later"}}}"#,
        #"{"create":{"status":400,"error":{"type":"mapper","reason":"no"}}}"#, #"{"create":{"status":409}}"#,
      ]
      return [answer(#"{"took":1,"errors":true,"items":[\#(items.joined(separator: ","))]}"#)]
    }
    let sidecar = try Harness(sinks: [
      [
        "name": "hook", "kind": "elastic", "url": .string("http://127.0.0.1:\(server.port)"), "backoff_ms": 10,
        "batch": ["count": 4, "milliseconds": 60_000],
      ]
    ])
    _ = try sidecar.chat()
    #expect(eventually { sidecar.position() == 4 })
    func sequences(_ request: ScriptedUpstream.Request) -> [Int] {
      request.body.split(separator: 0x0A).compactMap { (try? JSONValue.strict(Array($0)))?["seq"]?.integer }
    }
    #expect(server.requests.map(sequences) == [[1, 2, 3, 4], [2]])
    #expect(sidecar.deadLetters().map { $0["event"]?["seq"] } == [3])
    #expect(
      sidecar.deadLetters().first?["reason"] == "status 429: busy: later; status 400: mapper: no")
    #expect(try sidecar.metric("sent_total") == 3)
    try sidecar.stop()
  }

  @Test func splunksBadEventIsTakenOut() throws {
    let token = try Harness.temporaryFolder() + "/token"
    try Harness.write(token, "tok")
    let server = try SinkServer { number, _ in
      let bad = #"{"text":"Invalid data format","code":6,"invalid-event-number":2}"#
      return [number == 1 ? Self.status("400 Bad Request", "", bad) : SinkServer.ok]
    }
    let sidecar = try Harness(sinks: [
      [
        "name": "hook", "kind": "splunk", "url": .string("http://127.0.0.1:\(server.port)"),
        "token_file": .string(token),
        "backoff_ms": 10, "batch": ["count": 4, "milliseconds": 60_000],
      ]
    ])
    _ = try sidecar.chat()
    #expect(eventually { sidecar.position() == 4 })
    #expect(sidecar.deadLetters().map { $0["event"]?["seq"] } == [3])
    let again = try #require(server.requests.dropFirst().first).body.split(separator: 0x0A).compactMap {
      (try? JSONValue.strict(Array($0)))?["event"]?["seq"]?.integer
    }
    #expect(again == [1, 2, 4])
    try sidecar.stop()
  }

  @Test func whatIsTooLargeIsSentInParts() throws {
    let server = try SinkServer { _, request in
      [SinkServer.events(request).count > 1 ? Self.status("413 Content Too Large") : SinkServer.ok]
    }
    let sidecar = try Harness(sinks: [Harness.webhook(server.port, ("batch", ["count": 4, "milliseconds": 60_000]))])
    _ = try sidecar.chat()
    #expect(eventually { sidecar.position() == 4 })
    #expect(server.sequences.filter { $0.count == 1 } == [[1], [2], [3], [4]])
    #expect(sidecar.deadLetters().isEmpty)
    try sidecar.stop()
  }

  @Test func aSlowAnswerIsTriedAgainWithTheSameIds() throws {
    let server = try SinkServer { number, _ in
      [.pause(milliseconds: number == 1 ? 800 : 0), SinkServer.ok]
    }
    let sidecar = try Harness(sinks: [Harness.webhook(server.port, ("timeout_ms", 150))])
    #expect(eventually { sidecar.position() == 2 })
    let ids = server.requests.map { SinkServer.events($0).map { $0["id"] } }
    try #require(ids.count == 2)
    #expect(ids[0] == ids[1])
    try sidecar.stop()
  }

  @Test func whatDoesNotFitIsADeadLetterAndCallsDoNotWait() throws {
    let isUp = Switch()
    let taken = Taken()
    let server = try SinkServer { _, request in
      if !isUp.isOn { return [Self.status("503 Service Unavailable")] }
      taken.add(SinkServer.events(request).compactMap { $0["seq"]?.integer })
      return [SinkServer.ok]
    }
    let sidecar = try Harness(sinks: [
      Harness.webhook(server.port, ("queue", 10), ("attempts", 100), ("backoff_ms", 200))
    ])
    let start = RecordTime.now
    for _ in 0..<40 { #expect(try sidecar.chat().status == 200) }
    #expect(RecordTime.now - start < 5_000)
    #expect(eventually { sidecar.deadLetters().count >= 82 - 10 })
    #expect(try eventually { try sidecar.metric("queued") ?? 99 <= 10 })
    #expect(sidecar.deadLetters().allSatisfy { $0["reason"] == "more than 10 records wait" && $0["attempts"] == 0 })
    isUp.turnOn()
    #expect(eventually { sidecar.position() == 82 })
    try sidecar.stop()
    // Each record is here or there, none in both places.
    let dead = sidecar.deadLetters().compactMap { $0["event"]?["seq"]?.integer }
    #expect((dead + taken.all).sorted() == sidecar.sequences)
    #expect(taken.all == taken.all.sorted())
    #expect(SinkPosition.load("\(sidecar.folder)/audit", "hook")?.sequence == 83)
  }

  @Test func aBoundInBytesHoldsToo() throws {
    let server = try SinkServer { _, _ in [Self.status("503 Service Unavailable")] }
    let sidecar = try Harness(sinks: [
      Harness.webhook(server.port, ("queue_bytes", 6_000), ("attempts", 100), ("stop_ms", 100))
    ])
    for _ in 0..<20 { _ = try sidecar.chat() }
    #expect(eventually { sidecar.deadLetters().count >= 25 })
    #expect(try eventually { try sidecar.metric("queued") ?? 99 < 17 })
    try sidecar.stop()
    #expect(Set(sidecar.deadLetters().compactMap { $0["event"]?["seq"]?.integer }) == Set(sidecar.sequences))
  }

  /// Neither the batch that is stuck nor what does not fit into the queue.
  @Test(arguments: [5, 100_000]) func deadLettersThatAreFullHoldRecordsBack(queue: Int) throws {
    let isUp = Switch()
    let taken = Taken()
    let server = try SinkServer { _, request in
      if !isUp.isOn { return [Self.status("503 Service Unavailable")] }
      taken.add(SinkServer.events(request).compactMap { $0["seq"]?.integer })
      return [SinkServer.ok]
    }
    let sidecar = try Harness(
      sinks: [
        Harness.webhook(
          server.port, ("attempts", 2), ("queue", JSONValue(queue)), ("dead_letter_bytes", 8_192), ("stop_ms", 100))
      ], limits: "true")
    for _ in 0..<30 { #expect(try sidecar.chat().status == 200) }
    usleep(300_000)
    let dead = sidecar.deadLetters().count
    #expect((1..<20) ~= dead)
    #expect(try sidecar.metric("queued") == 62 - dead)
    // A stop does not lose them either.
    try sidecar.stop()
    isUp.turnOn()
    try sidecar.start("true")
    #expect(eventually { sidecar.position() == sidecar.sequences.last })
    try sidecar.stop()
    let letters = sidecar.deadLetters().compactMap { $0["event"]?["seq"]?.integer }
    #expect(letters.count < 25)
    #expect(Set(letters + taken.all) == Set(sidecar.sequences))
  }

  @Test func aSecretMayBeChangedWithoutARestart() throws {
    let token = try Harness.temporaryFolder() + "/token"
    try Harness.write(token, "old")
    let server = try SinkServer { _, request in
      [request.header("authorization") == "Bearer new" ? SinkServer.ok : Self.status("503 Service Unavailable")]
    }
    let sidecar = try Harness(sinks: [Harness.webhook(server.port, ("token_file", .string(token)), ("attempts", 100))])
    #expect(eventually { server.requests.count >= 1 })
    try Harness.write(token, "new")
    #expect(eventually { sidecar.position() == 2 })
    // One that is gone is an attempt that failed.
    unlink(token)
    _ = try sidecar.chat()
    #expect(try eventually { try sidecar.metric("failures_total") ?? 0 >= 3 })
    try Harness.write(token, "new")
    #expect(eventually { sidecar.position() == 4 })
    try sidecar.stop()
    #expect(sidecar.deadLetters().isEmpty)
  }

  @Test func aSecretThatIsNotThereRefusesTheConfiguration() throws {
    let sidecar = try Harness(sinks: [Harness.webhook(1, ("token_file", "/nowhere/token"))])
    #expect(try sidecar.chat().status == 503)
    #expect(sidecar.record(waitingFor: "configuration").last { $0["type"] == "configuration" }?["verdict"] == "deny")
    try sidecar.stop()
  }
}

final class Times: Sendable {
  private let seen = Synchronization.Mutex<[Int]>([])
  func note() { seen.withLock { $0.append(RecordTime.now) } }
  var all: [Int] { seen.withLock { $0 } }
}

final class Switch: Sendable {
  private let state = Synchronization.Mutex(false)
  var isOn: Bool { state.withLock { $0 } }
  func turnOn() { state.withLock { $0 = true } }
}
