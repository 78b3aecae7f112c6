import Cllama
import JSON
import TestSupport
import Testing

@testable import CllamaDash

@Suite("The picture of a pod that runs")
struct PictureTests {
  private let now = RecordTime.now

  private func answer(_ text: String, status: Int32 = 0, complaint: String = "") -> Answer {
    Answer(status: status, output: Array(text.utf8), complaint: complaint)
  }

  private func picture() -> Picture {
    var picture = Picture()
    picture.take(.pod, answer(Said.pod), now: now)
    picture.take(.graph, answer(Said.graph), now: now)
    picture.take(.configurations, answer(Said.lines([Said.configuration])), now: now)
    picture.take(.levels, answer(Said.lines([Said.level])), now: now)
    picture.take(.last(.day), answer(Said.lines(Said.calls)), now: now)
    return picture
  }

  @Test("Claws and sidecars have a condition, and what is not as it should be is said with what to do")
  func nodes() throws {
    let picture = picture()
    let conditions = picture.nodes.map { "\($0.id) \($0.condition)" }
    #expect(
      conditions == [
        "desk-0 good", "desk-1 bad", "chief bad", "desk-0-cllama good", "desk-1-cllama bad", "chief-cllama bad",
      ])
    let status = picture.document(.status, now: now)
    #expect(status["condition"]?.string == "bad" && status["clawsGood"]?.integer == 1)
    let alerts = status["alerts"]?.array?.compactMap { $0["text"]?.string } ?? []
    #expect(
      alerts == [
        "desk-1 is under quarantine: every call is denied until 'claw quarantine lift desk-1 --reason …'",
        "The contract of desk-1 is not what the pod file says now: 'claw up' renews it",
        "chief is missing: 'claw up' starts it", "The sidecar desk-1-cllama is denying: 'stages' is wrong",
        "The sidecar chief-cllama is missing: nothing of chief gets out; 'claw up' starts it",
      ])
  }

  @Test("Drift is what the sidecar says now, else what the record said last, with the thresholds of the configuration")
  func drift() {
    let picture = picture()
    #expect(picture.driftState("desk-1").level == .quarantined && picture.driftState("desk-1").score == "0.612")
    #expect(picture.driftState("desk-0").level == .free && picture.driftState("desk-0").score == "0.045")
    let document = picture.metrics("desk-0", now: now)?["drift"]
    #expect(document?["restrict"]?.string == "0.300" && document?["quarantine"]?.string == "0.600")
    #expect(picture.metrics("chief", now: now)?["drift"]?["restrict"]?.string == "0.250", "the usual ones")
    var later = picture
    let level =
      #"{"seq":9,"ts":"\#(Said.time(1))","type":"quarantine","gen_ai.agent.id":"desk-0","level":"restricted","chain":"s"}"#
    later.take(.since(0), answer(level), now: now)
    #expect(later.driftState("desk-0").level == .free, "the sidecar that runs knows best")
    later.take(.pod, answer(Said.pod.replacing(#"{"score":"0.045","level":"free"}"#, with: "null")), now: now)
    #expect(later.driftState("desk-0").level == .restricted)
  }

  @Test("Figures are those of the record, and what is read twice counts once")
  func figures() {
    var picture = picture()
    let again = Said.lines(Said.calls + [Said.request("d", ago: 1), Said.response("d", ago: 0, cost: "0.5")])
    picture.take(.since(0), answer(again), now: now)
    let metrics = picture.metrics("desk-0", now: now)
    #expect(metrics?["requests"]?.integer == 3 && metrics?["responses"]?.integer == 3)
    #expect(metrics?["tokensIn"]?.integer == 300 && metrics?["tokensOut"]?.integer == 60)
    #expect(Money(metrics?["cost"]?.string ?? "") == Money("1"))
    #expect(metrics?["interventions"]?.integer == 2 && metrics?["refusals"]?.integer == 1)
    #expect(metrics?["minutes"]?.array?.compactMap(\.integer).reduce(0, +) == 3)
    #expect(picture.calls.calls.map(\.number) == Array(1...6), "requests are told by how they end")
    let total = picture.metrics(now: now)["total"]
    #expect(total?["requests"]?.integer == 3)
    // A day later nothing of it counts.
    let later = picture.metrics("desk-0", now: now + 86_460_000)
    #expect(later?["requests"]?.integer == 0 && later?["requestsLastHour"]?.integer == 0)
  }

  @Test("What denies is counted by its reason, and a refusal that repeats a stage's word is not counted again")
  func denials() {
    var picture = picture()
    picture.take(
      .since(0), answer(Said.lines([Said.intervention("e", ago: 3), Said.refusal("z", ago: 2)])), now: now)
    let rows = picture.document(.denials, now: now).array ?? []
    let seen = rows.map { "\($0["count"]?.integer ?? 0) \($0["by"]?.string ?? "") \($0["verdict"]?.string ?? "")" }
    #expect(seen == ["2 policy/desk drop", "1 sidecar deny", "1 policy/desk deny"])
  }

  @Test("Whatever comes, no list grows for ever")
  func bounds() {
    var picture = Picture()
    for block in 0..<6 {
      let lines = (0..<1_000).map { Said.intervention("x\(block)-\($0)", ago: 10 - block) }
      picture.take(.since(0), answer(Said.lines(lines)), now: now)
    }
    #expect(picture.calls.calls.count == CallList.limit && picture.calls.last == 6_000)
    #expect(picture.document(.denials, now: now).array?.first?["count"]?.integer == 1_000)
    let strangers = (0..<3_000).map { Said.request("y\($0)", ago: 1, claw: "c\($0)") }
    picture.take(.since(0), answer(Said.lines(strangers)), now: now)
    #expect(picture.tallies.count == 1_000)
    let words = String(repeating: "x", count: 9_000)
    let long = Said.refusal("long", ago: 0).replacing("the policy denies it", with: words)
    picture.take(.since(0), answer(long), now: now)
    #expect((picture.calls.calls.last?.reason?.count ?? 9_000) < 400)
  }

  @Test("What fails is said, and what was known stays with its time")
  func failures() {
    var picture = picture()
    picture.take(.pod, answer("", status: 5, complaint: "docker is gone"), now: now + 9_000)
    picture.take(.since(0), answer("", status: 5, complaint: "docker is gone"), now: now + 9_000)
    #expect(picture.nodes.count == 6)
    let alerts = picture.document(.status, now: now)["alerts"]?.array?.compactMap { $0["text"]?.string } ?? []
    let since = "docker is gone; what is shown was true at \(RecordTime.text(now))"
    #expect(alerts.first == "The state of the pod can't be read: \(since)")
    #expect(alerts.dropFirst().first == "The record of the sidecars can't be read: \(since)")
    picture.take(.pod, answer(Said.pod), now: now)
    // A record that somebody changed is shown all the same, and said to be bad.
    let line = Said.lines([Said.response("h", ago: 0)])
    picture.take(.since(0), answer(line, status: 4, complaint: "the record of 'x' was changed"), now: now)
    #expect(picture.calls.last == 6)
    let status = picture.document(.status, now: now)
    #expect(status["alerts"]?.array?.first?["text"]?.string == "the record of 'x' was changed")
    #expect(status["alerts"]?.array?.first?["condition"]?.string == "bad")
  }

  @Test("What a sidecar's own lines are about is said where it has one claw")
  func own() {
    var picture = Picture()
    let one = #"{"seq":1,"ts":"\#(Said.time(2))","type":"start","instances":["desk-0"],"chain":"o1"}"#
    picture.take(
      .last(.day),
      answer(Said.lines([one, Said.configuration.replacing("2026-01-01T00:00:00.000Z", with: Said.time(1))])), now: now)
    #expect(picture.calls.calls.map(\.claw) == ["desk-0", nil])
    var early = Picture()
    early.take(.configurations, answer(""), now: now)
    early.take(.levels, answer(""), now: now)
    #expect(early.asked[.record] == nil, "nobody knows yet whether there are calls")
  }

  @Test("A record that is too much is read for a shorter time, and that is said")
  func shorter() {
    var picture = Picture()
    var much = answer("", status: -1, complaint: "it is more than 32 MiB")
    much.isTooMuch = true
    #expect(picture.nextOfRecord == .last(.day))
    picture.take(.last(.day), much, now: now)
    #expect(picture.nextOfRecord == .last(.hour) && picture.asked[.record] == nil)
    picture.take(.last(.hour), answer(Said.lines(Said.calls)), now: now)
    #expect(picture.span == .hour && picture.calls.last == 5)
    guard case .since = picture.nextOfRecord else { return #expect(Bool(false), "the rest is asked for by time") }
    let alerts = picture.document(.status, now: now)["alerts"]?.array ?? []
    #expect(alerts.first?["text"]?.string?.contains("begins 1h before") == true)
  }

  @Test("Answers that are none change nothing", arguments: ["", "{", "[]", #"{"schema":2}"#, "null"])
  func garbage(text: String) {
    var picture = Picture()
    picture.take(.pod, answer(text), now: now)
    #expect(picture.pod == nil && picture.asked[.pod]?.failure != nil)
    picture.take(.last(.day), answer("no line\n{}\n\n"), now: now)
    #expect(picture.calls.last == 0)
  }

  @Test("What a service said again is told once, and a rotated log is told whole")
  func logs() {
    var tail = LogTail()
    func texts(_ lines: [String]) -> [String] {
      tail.fresh(Array(Said.log(lines).utf8)).compactMap { $0["text"]?.string }
    }
    #expect(texts(["a", "b"]) == ["a", "b"])
    #expect(texts(["a", "b"]) == [])
    #expect(texts(["a", "b", "b"]) == ["b"])
    #expect(texts(["b", "b", "c"]) == ["c"])
    #expect(texts(["x"]) == ["x"])
    #expect(texts([]) == [] && texts(["x", "y"]) == ["y"])
  }
}
