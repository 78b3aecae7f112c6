import Canonical
import Ledger
import TestSupport
import Testing

@Suite("Pages about runs")
struct RunPageTests {
  /// A page about a run whose every free text is this one.
  private func page(_ text: String) throws -> String {
    let fixture = try LedgerFixture("page")
    let ledger = try fixture.open()
    let actor = EventActor(id: text, kind: .worker)
    var metadata = CanonicalObject()
    metadata.add("k", text)
    var start = CanonicalObject()
    start.add("metadata", canonical: metadata.bytes)
    let run = try ledger.start(payload: start.bytes, actor: actor).runId
    let file = fixture.path + ".txt"
    try LedgerFixture.write(Array(text.utf8), to: file)
    _ = try ledger.put(file, run: run, mime: "text/plain", label: text, actor: actor)
    var payload = CanonicalObject()
    payload.add("error", text)
    _ = try ledger.append([EventDraft(type: "RunFailed", payload: payload.bytes)], run: run, actor: actor)
    let signer = try PrivateKey(seed: [UInt8](repeating: 3, count: 32))
    _ = try ledger.seal([signer], heads: nil, time: 0)
    let view = try fixture.view()
    let report = try LedgerVerification(try LedgerFolder(existing: fixture.path)).run()
    let bytes = RunPage.bytes(try RunReport(run, view, report: report, keys: [signer.publicKey]))
    return try #require(String(validating: bytes, as: UTF8.self))
  }

  /// The markup of a page, without the texts between.
  private func markup(_ page: String) -> [Substring] {
    page.split(separator: "<").dropFirst().map { $0.prefix { $0 != ">" } }
  }

  @Test("No text becomes markup: a page has the same tags, whatever was recorded")
  func escaping() throws {
    let expected = markup(try page("harmless"))
    var random = SeededGenerator(seed: 11)
    let pieces = [
      "<script>alert(1)</script>", "</pre>", "-->", "<!--", "\"", "'", "&lt;", "&", "<img src=x onerror=alert(1)>",
      "]]>",
      "</style>", "\u{2028}", "\u{1}", "\u{7F}", "\n", "<", ">", "é", "😀", "\u{202E}",
    ]
    for round in 0..<40 {
      let count = Int.random(in: 1...6, using: &random)
      let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
      let page = try page(text)
      #expect(markup(page) == expected, "round \(round): \(text.debugDescription)")
      #expect(!page.utf8.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A || $0 == 0x7F })
    }
  }

  @Test("What packs said of the run is among the verdicts, and a step that ends is named")
  func packs() throws {
    let fixture = try LedgerFixture("page")
    let ledger = try fixture.open()
    let step = "44444444-4444-4444-8444-444444444444"
    let run = try ledger.start(actor: LedgerFixture.actor).runId
    let result = #"{"packs":[{"pack":"release","verdict":"fail","version":"1.0.0"}],"subject":"a.zip"}"#
    _ = try ledger.append(
      [
        EventDraft(type: "StepStarted", payload: Array(#"{"name":"looking","stepId":"\#(step)","stepIndex":0}"#.utf8)),
        EventDraft(type: "StepCompleted", payload: Array(#"{"result":\#(result),"stepId":"\#(step)"}"#.utf8)),
      ], run: run, actor: LedgerFixture.actor)
    let report = try RunReport(
      run, try fixture.view(), report: try LedgerVerification(try LedgerFolder(existing: fixture.path)).run(), keys: [])
    let verdict = try #require(report.verdicts.last)
    #expect(verdict.name == "pack" && !verdict.isRight)
    #expect(verdict.text == "release 1.0.0 on a.zip: fail, as event 3 recorded it")
    let page = String(decoding: RunPage.bytes(report), as: UTF8.self)
    #expect(page.ranges(of: ">looking<").count == 2 && page.contains(verdict.text))
  }

  @Test("A page about a long run has its beginning and its end, says what is left out, and verifies all of it")
  func long() throws {
    let fixture = try LedgerFixture("page")
    let ledger = try fixture.open()
    let signer = try PrivateKey(seed: [UInt8](repeating: 3, count: 32))
    let run = try ledger.start(actor: LedgerFixture.actor).runId
    for (count, omitted) in [(1999, 0), (1, 1), (1499, 1500)] {
      _ = try ledger.append(
        (0..<count).map { LedgerFixture.note("n \($0)") }, run: run, actor: LedgerFixture.actor)
      _ = try ledger.seal([signer], heads: nil, time: 0)
      let report = try RunReport(
        run, try fixture.view(), report: try LedgerVerification(try LedgerFolder(existing: fixture.path)).run(),
        keys: [signer.publicKey])
      #expect(report.omitted == omitted && report.events.count == 2000)
      #expect(report.events.last?.entry.seq == report.run.eventCount)
      #expect(report.events.map(\.entry.seq).prefix(1000).elementsEqual(1...1000))
      #expect(report.verdicts.first { $0.name == "checkpoint" }?.isRight == true)
      let page = String(decoding: RunPage.bytes(report), as: UTF8.self)
      #expect(page.contains("\(omitted) events are left out") == (omitted > 0))
    }
  }

  @Test("A page says what is wrong: an artifact that was changed, and a run that was not sealed")
  func wrong() throws {
    let bundle = try BundleFixture(seals: false)
    func page() throws -> String {
      let folder = try LedgerFolder(existing: bundle.fixture.path)
      let report = try LedgerVerification(folder).run()
      let view = try bundle.fixture.view()
      return String(decoding: RunPage.bytes(try RunReport(bundle.run, view, report: report, keys: [])), as: UTF8.self)
    }
    let sound = try page()
    #expect(sound.contains("no checkpoint has all of the run") && sound.contains("1 recorded, each with the bytes"))
    let stored = "\(bundle.fixture.path)/artifacts/sha256/\(bundle.artifact.prefix(2))/\(bundle.artifact)"
    try LedgerFixture.write(Array("evil\n".utf8), to: stored)
    let changed = try page()
    #expect(changed.contains("has other bytes than its name says"))
    #expect(changed.contains("1 of 1 are missing or have other bytes"))
    _ = try bundle.ledger.seal([bundle.signer], heads: nil, time: 0)
    #expect(try page().contains("but no key that is trusted signed it"))
  }
}
