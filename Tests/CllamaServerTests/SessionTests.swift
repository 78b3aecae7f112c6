import Cllama
import Glibc
import JSON
import TestSupport
import Testing

/// The session and the run that calls belong to, in the record and at sinks.
@Suite(.serialized) struct SessionTests {
  @Test func theRunIsTheConfigurationsAndTheSessionTheCallersWord() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let server = try SinkServer()
    let run = "11111111-1111-4111-8111-111111111111"
    let sidecar = try Harness(upstream: upstream.port) {
      $0.set("run", .string(run))
      $0.set("sinks", [Harness.webhook(server.port)])
    }
    let reply = try sidecar.post(
      "/v1/chat/completions", #"{"messages":[],"run":"forged"}"#,
      headers: "x-claw-session: talk-7\r\nx-claw-run: forged\r\n")
    #expect(reply.status == 200)
    _ = try sidecar.post("/v1/responses", #"{"input":"x","conversation":{"id":"conv_1"}}"#)
    _ = try sidecar.post("/v1/responses", #"{"input":"x","conversation":"conv 2"}"#)
    // Neither goes to the upstream.
    #expect(upstream.requests.allSatisfy { !$0.head.lowercased().contains("x-claw-") })
    try sidecar.stop()
    let record = sidecar.record()
    #expect(record.allSatisfy { $0["run"]?.string == run })
    let sessions = record.filter { $0["type"] == "response" }.map { $0["gen_ai.conversation.id"]?.string }
    #expect(sessions == ["talk-7", "conv_1", nil])
    let events = server.requests.flatMap { SinkServer.events($0) }
    #expect(events.count == record.count && events.allSatisfy { $0["run"]?.string == run })
    #expect(events.first { $0["type"] == "response" }?["session"] == "talk-7")
  }

  @Test(arguments: ["a b", "", String(repeating: "a", count: 129), "\u{e4}", "a\"b"])
  func aSessionThatNoRecordShouldHaveIsRefused(_ name: String) throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    let reply = try sidecar.post("/v1/chat/completions", #"{"messages":[]}"#, headers: "x-claw-session: \(name)\r\n")
    #expect(reply.status == 400 && upstream.requests.isEmpty)
    try sidecar.stop()
  }

  @Test func aRunThatComesAndGoesIsThatOfTheLinesInBetween() throws {
    let upstream = try ScriptedUpstream { _ in [answer(goodAnswer)] }
    let sidecar = try Harness(upstream: upstream.port)
    #expect(try sidecar.chat().status == 200)
    var value = try JSONValue.strict(RecordFile.contents("\(sidecar.folder)/cllama.json"))
    value.set("run", "run-2")
    try Harness.write("\(sidecar.folder)/cllama.json", value.text())
    #expect(sidecar.record(waitingFor: "configuration", count: 2).count { $0["run"] == "run-2" } == 1)
    #expect(try sidecar.chat().status == 200)
    let runs = sidecar.record(waitingFor: "response", count: 2).filter { $0["type"] == "response" }.map { $0["run"] }
    #expect(runs == [nil, "run-2"])
    try sidecar.stop()
  }
}
