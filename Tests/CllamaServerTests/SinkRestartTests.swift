import Cllama
import Glibc
import JSON
import Synchronization
import TestSupport
import Testing

/// Ends and beginnings: what a sink was not told before, it is told after.
@Suite(.serialized) struct SinkRestartTests {
  @Test func aCleanStopSendsWhatWaits() throws {
    let server = try SinkServer()
    let sidecar = try Harness(sinks: [
      Harness.webhook(server.port, ("batch", ["count": 1_000, "milliseconds": 60_000]))
    ])
    for _ in 0..<3 { _ = try sidecar.chat() }
    #expect(server.requests.isEmpty)
    try sidecar.stop()
    #expect(server.sequences == [Array(1...9)])
    #expect(server.requests.first.map { SinkServer.events($0).last?["type"] } == "stop")
    #expect(sidecar.position() == 9)
  }

  @Test(arguments: [true, false])
  func aCleanStopWithADeadServerIsBounded(isThere: Bool) throws {
    // Nobody listens, or nobody answers.
    let server = try SinkServer { _, _ in [.pause(milliseconds: 4_000), .close] }
    let port = isThere ? server.port : try Sockets.freePort()
    let sidecar = try Harness(sinks: [
      Harness.webhook(port, ("attempts", 100), ("stop_ms", 300), ("backoff_ms", 10_000))
    ])
    for _ in 0..<3 { _ = try sidecar.chat() }
    let start = RecordTime.now
    try sidecar.stop()
    #expect(RecordTime.now - start < 2_000)
    #expect(sidecar.deadLetters().map { $0["event"]?["seq"]?.integer } == Array(1...9))
    #expect(sidecar.deadLetters().last?["reason"]?.string?.hasPrefix("the sidecar stopped") == true)
    #expect(sidecar.position() == 9)
  }

  @Test func aStopTriesOnceMore() throws {
    let isUp = Switch()
    let server = try SinkServer { _, _ in
      [isUp.isOn ? SinkServer.ok : SinkFaultTests.status("503 Service Unavailable")]
    }
    let sidecar = try Harness(sinks: [Harness.webhook(server.port, ("backoff_ms", 60_000))])
    #expect(eventually { server.requests.count == 1 })
    isUp.turnOn()
    try sidecar.stop()
    #expect(server.sequences.dropFirst().flatMap { $0 } == [1, 2, 3])
    #expect(sidecar.deadLetters().isEmpty)
  }

  @Test func aKillLosesNothing() throws {
    let isUp = Switch()
    let taken = Taken()
    let server = try SinkServer { number, request in
      // Every third is not taken; some are taken without a word.
      if !isUp.isOn, number % 3 == 0 { return [SinkFaultTests.status("503 Service Unavailable")] }
      taken.add(SinkServer.events(request).compactMap { $0["seq"]?.integer })
      if !isUp.isOn, number % 5 == 0 { return [.pause(milliseconds: 300), .reset] }
      return [SinkServer.ok]
    }
    let sidecar = try Harness(
      sinks: [Harness.webhook(server.port, ("batch", ["count": 3, "milliseconds": 5]), ("attempts", 100))],
      limits: "true")
    for round in 0..<12 {
      for _ in 0..<5 { _ = try sidecar.chat() }
      usleep(UInt32(round % 4) * 15_000)
      sidecar.kill()
      try sidecar.start("true")
    }
    isUp.turnOn()
    try sidecar.stop()
    #expect(sidecar.sequences.count == sidecar.sequences.last)
    #expect(Set(taken.all) == Set(sidecar.sequences))
    #expect(sidecar.position() == sidecar.sequences.last)
    // At least once: what comes again is what was not remembered, a batch or so at each kill.
    #expect(taken.all.count - sidecar.sequences.count < 12 * 12)
    // Between two kills everything is in order.
    #expect(sidecar.deadLetters().isEmpty)
  }

  @Test func aSinkThatIsNewBeginsNow() throws {
    let server = try SinkServer()
    let sidecar = try Harness(sinks: [Harness.webhook(server.port, ("name", "first"))])
    _ = try sidecar.chat()
    #expect(eventually { sidecar.position("first") == 4 })
    let other = try SinkServer()
    try change(sidecar, [Harness.webhook(other.port, ("name", "second"))])
    #expect(eventually { sidecar.record().filter { $0["type"] == "configuration" }.count == 2 })
    _ = try sidecar.chat()
    #expect(eventually { sidecar.position("second") == 7 })
    try sidecar.stop()
    #expect(other.sequences.flatMap { $0 } == [5, 6, 7, 8])
    #expect(server.sequences.flatMap { $0 } == [1, 2, 3, 4])
  }

  @Test func aSinkThatMovedGoesOnWhereItWas() throws {
    let dead = try Sockets.freePort()
    let server = try SinkServer()
    let sidecar = try Harness(sinks: [Harness.webhook(dead, ("attempts", 100))])
    for _ in 0..<3 { _ = try sidecar.chat() }
    try change(sidecar, [Harness.webhook(server.port)])
    #expect(eventually { sidecar.position() == 9 })
    try sidecar.stop()
    #expect(server.sequences.flatMap { $0 } == Array(1...10))
    #expect(sidecar.deadLetters().isEmpty)
  }

  @Test func aRecordThatBeganAnewIsSentFromItsBeginning() throws {
    let server = try SinkServer()
    let sidecar = try Harness(sinks: [Harness.webhook(server.port)], limits: "true")
    for _ in 0..<3 { _ = try sidecar.chat() }
    try sidecar.stop()
    #expect(sidecar.position() == 9)
    unlink("\(sidecar.folder)/audit/\(RecordFile.name(1))")
    try sidecar.start("true")
    _ = try sidecar.chat()
    try sidecar.stop()
    #expect(server.sequences.flatMap { $0 } == Array(1...9) + Array(1...5))
  }

  func change(_ sidecar: Harness, _ sinks: JSONValue) throws {
    var value = try JSONValue.strict(RecordFile.contents("\(sidecar.folder)/cllama.json"))
    value.set("sinks", sinks)
    try Harness.write("\(sidecar.folder)/cllama.json", value.text())
  }
}

final class Taken: Sendable {
  private let seen = Synchronization.Mutex<[Int]>([])
  func add(_ more: [Int]) { seen.withLock { $0 += more } }
  var all: [Int] { seen.withLock { $0 } }
}
