import Canonical
import Governance
import JSON
import TestSupport
import Testing

@Suite("Conformance Normal Form")
struct CNFReportTests {
  @Test("The least report has the digest that follows from the specification's own rules")
  func minimal() {
    let report = CNFReport(mode: .sealedPackage, passes: true)
    #expect(
      String(decoding: report.bytes, as: UTF8.self)
        == #"{"errors":[],"exitCode":0,"mode":"sealed-package","specVersion":"1.0.0","verdict":"pass"}"#)
    #expect(report.digest == "456f625bd43a323fff4327e1960caf18f5af7535abbcfbe73deebb66efdba164")
  }

  @Test("A report with errors is sorted, leaves out what is absent, and has the reference's digest")
  func errors() {
    let report = CNFReport(
      mode: .sealedPackage, passes: false, hashes: .init(planHash: String(repeating: "ab", count: 32)),
      problems: [
        .init(code: "SEQ_GAP", message: "expected 4, got 6", artifactType: "evidence-chain", path: "/events/4"),
        .init(code: "HASH_MISMATCH", message: "planHash"),
        .init(code: "HASH_MISMATCH", message: "planHash", artifactType: "execution-plan", path: "/planHash"),
      ])
    #expect(report.digest == "f679b71b86720a7f4ee872b683cbb84e139fe3c4f9a0e15f9b374d70e9cae328")
  }

  @Test("Codes and paths are sorted by their units, not by a locale")
  func order() {
    let report = CNFReport(
      mode: .session, passes: false,
      problems: [
        .init(code: "SEQUENCE_X", message: "m"), .init(code: "SEQ_GAP", message: "m"),
        .init(code: "A", message: "m", artifactType: "z"), .init(code: "A", message: "m", artifactType: "é"),
        .init(code: "A", message: "m", path: "/a.json"), .init(code: "A", message: "m", path: "/B.json"),
        .init(code: "A", message: "\u{E000}"), .init(code: "A", message: "\u{1F600}"),
      ])
    let errors = (try? JSONValue.strict(report.bytes))?["errors"]?.array ?? []
    let keys = errors.map {
      [$0["code"]?.string, $0["artifactType"]?.string, $0["path"]?.string, $0["message"]?.string].map { $0 ?? "-" }
    }
    #expect(
      keys == [
        ["A", "z", "-", "m"], ["A", "é", "-", "m"], ["A", "-", "/B.json", "m"], ["A", "-", "/a.json", "m"],
        ["A", "-", "-", "\u{1F600}"], ["A", "-", "-", "\u{E000}"], ["SEQUENCE_X", "-", "-", "m"],
        ["SEQ_GAP", "-", "-", "m"],
      ])
  }

  @Test("Every report is canonical JSON and the same whatever order its errors came in")
  func canonical() throws {
    var random = SeededGenerator(seed: 7)
    let texts = ["", "a", "b\"c", "\u{1}", "ä", "😀", "\u{E000}", "z/~"]
    for round in 0..<300 {
      let count = Int.random(in: 0...(round % 10 == 0 ? 80 : 12), using: &random)
      let problems = (0..<count).map { _ in
        func text() -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }
        return CNFReport.Problem(
          code: text(), message: text(), artifactType: random.oneIn(3) ? nil : text(),
          path: random.oneIn(3) ? nil : text())
      }
      let report = CNFReport(
        mode: .session, passes: false, hashes: .init(anchorHash: random.oneIn(2) ? "1" : nil, packageHash: "2"),
        problems: problems)
      #expect(try CanonicalText.canonical(report.bytes) == report.bytes)
      var other = report
      other.problems.shuffle(using: &random)
      #expect(other.bytes == report.bytes)
    }
  }
}
