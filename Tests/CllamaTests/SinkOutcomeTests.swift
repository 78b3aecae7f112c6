import Cllama
import Testing

/// What is made of a server's answer, and when it is tried again.
@Suite struct SinkOutcomeTests {
  func outcome(
    _ api: SinkAPI, _ status: Int, _ body: String = "", retryAfter: String? = nil, count: Int = 3
  ) -> SinkOutcome {
    SinkOutcome(api, status: status, retryAfter: retryAfter, body: Array(body.utf8), count: count, now: 0)
  }

  @Test(arguments: [SinkAPI.webhook, .otlp, .splunk, .elastic])
  func statusesOfAll(_ api: SinkAPI) {
    #expect(outcome(api, 413) == .tooLarge(reason: "status 413"))
    #expect(outcome(api, 429, retryAfter: "2") == .again(reason: "status 429", afterMilliseconds: 2_000))
    #expect(outcome(api, 503, "busy\n") == .again(reason: "status 503: busy ", afterMilliseconds: nil))
    for status in [302, 400, 401, 403, 404] { #expect(outcome(api, status) == .refused(reason: "status \(status)")) }
  }

  @Test func openTelemetryNamesWhatMayBeSentAgain() {
    #expect(outcome(.otlp, 500) == .refused(reason: "status 500"))
    #expect(outcome(.webhook, 500) == .again(reason: "status 500", afterMilliseconds: nil))
  }

  @Test func aPartialSuccessIsKeptWhole() {
    #expect(outcome(.otlp, 200, "{}") == .delivered)
    #expect(
      outcome(.otlp, 200, #"{"partialSuccess":{"rejectedLogRecords":"0","errorMessage":"careful"}}"#) == .delivered)
    #expect(
      outcome(.otlp, 200, #"{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"no"}}"#)
        == .refused(reason: "2 of 3 were rejected, the answer does not say which: no"))
  }

  @Test func bulkItemsAreReadOneByOne() {
    #expect(outcome(.elastic, 200, #"{"took":1,"errors":false,"items":[]}"#) == .delivered)
    let items =
      #"{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":429,"error":{"type":"busy","reason":"later"}}},{"create":{"status":400,"error":{"type":"bad","reason":"mapping"}}}]}"#
    #expect(
      outcome(.elastic, 200, items)
        == .partly(again: [1], refused: [2], reason: "status 429: busy: later; status 400: bad: mapping"))
    // That it is there already is as good as sent.
    #expect(outcome(.elastic, 200, #"{"errors":true,"items":[{"create":{"status":409}}]}"#, count: 1) == .delivered)
    #expect(
      outcome(.elastic, 200, #"{"errors":true,"items":[]}"#)
        == .again(reason: "the answer tells nothing of the records", afterMilliseconds: nil))
    #expect(
      outcome(.elastic, 200, "<html>")
        == .again(reason: "the answer tells nothing of the records", afterMilliseconds: nil))
  }

  @Test func splunkNamesTheBadEvent() {
    let body = #"{"text":"Invalid data format","code":6,"invalid-event-number":1}"#
    #expect(
      outcome(.splunk, 400, body) == .partly(again: [0, 2], refused: [1], reason: "status 400: \(body)"))
    #expect(outcome(.splunk, 400, body, count: 1) == .refused(reason: "status 400: \(body)"))
  }

  @Test(arguments: [
    ("0", 0), ("120", 120_000), ("Thu, 01 Jan 1970 00:01:00 GMT", 60_000), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),
  ])
  func retryAfterIsSecondsOrADate(_ text: String, _ milliseconds: Int) {
    #expect(RetryAfter.milliseconds(text, now: 0) == milliseconds)
  }

  @Test(arguments: ["", "-1", "1.5", "soon", "Thu, 99 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 CET"])
  func anythingElseIsNoTime(_ text: String) { #expect(RetryAfter.milliseconds(text, now: 0) == nil) }

  @Test func aDateThatIsPastIsNow() {
    #expect(RetryAfter.milliseconds("Thu, 01 Jan 1970 00:01:00 GMT", now: 90_000) == 0)
  }

  @Test func pausesDoubleUpToABound() {
    func pause(_ attempt: Int, _ chance: Double, asked: Int? = nil) -> Int {
      SinkPause.milliseconds(base: 500, attempt: attempt, asked: asked, chance: chance)
    }
    #expect((1...8).map { pause($0, 1) } == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    #expect((1...3).map { pause($0, 0) } == [250, 500, 1_000])
    #expect(pause(1, 1, asked: 5_000) == 5_000)
    #expect(pause(4, 1, asked: 5) == 4_000)
    #expect(pause(1, 1, asked: 1 << 40) == 300_000)
    #expect(pause(1_000, 1) == 30_000)
  }
}
