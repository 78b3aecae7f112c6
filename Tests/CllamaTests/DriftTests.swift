import TestSupport
import Testing

@testable import Cllama

/// docs/drift.md, line by line.
struct DriftTests {
  static func calls(_ count: Int, _ weight: Double, isMiss: Bool = false, _ length: Double? = nil) -> [Drift.Call] {
    Array(repeating: Drift.Call(intervention: weight, isMiss: isMiss, sentenceLength: length), count: count)
  }

  static let examples: [(calls: [Drift.Call], line: String)] = [
    (calls(50, 0), "| 50 in which nothing was done | 0 | 0 | 0 | 0.000 | free |"),
    (calls(1, 1), "| 1 that was denied, the first ever | 1/11 | 0 | 0 | 0.055 | free |"),
    (calls(40, 0) + calls(10, 0.8), "| 40 clean ones, then 10 with a dropped call | 8/60 | 0 | 0 | 0.080 | free |"),
    (calls(10, 1), "| 10 that were denied | 10/20 | 0 | 0 | 0.300 | restricted |"),
    (calls(50, 0.5), "| 50 with a masked secret | 25/60 | 0 | 0 | 0.250 | restricted |"),
    (calls(50, 1), "| 50 that were denied | 50/60 | 0 | 0 | 0.500 | quarantined |"),
    (
      calls(50, 1, isMiss: true),
      "| 50 that were denied and about nothing it is for | 50/60 | 50/60 | 0 | 0.708 | quarantined |"
    ),
    (
      calls(20, 0, 10) + calls(50, 0, 20),
      "| 20 answers of 10 words a sentence, then 50 of 20 | 0 | 0 | 1 | 0.150 | free |"
    ),
  ]

  @Test func examplesOfTheDocumentation() throws {
    let page = try #require(Repository.text("docs/drift.md"))
    var lines = 0
    for example in Self.examples {
      var drift = Drift()
      for call in example.calls { drift.add(call, .init()) }
      let fields = example.line.split(separator: "|").map { $0.trimmingPrefix { $0 == " " } }
      let score = fields[4].prefix { $0 != " " }
      #expect(abs(drift.score - (Double(score) ?? -1)) < 0.000_51, "\(example.line)")
      #expect(drift.level(.init()).rawValue == String(fields[5].prefix { $0 != " " }), "\(example.line)")
      #expect(page.contains(example.line))
      lines += 1
    }
    // No example of the page is without its test.
    #expect(
      page.split(separator: "\n").count {
        $0.hasPrefix("| ") && ($0.hasSuffix("free |") || $0.hasSuffix("restricted |") || $0.hasSuffix("quarantined |"))
      } == lines)
  }

  @Test func weightsAreTheDocumentedOnes() {
    #expect(Intervention.Action.allCases.map(Drift.Call.weight) == [0.2, 0.5, 0, 0.8, 1, 1, 0])
  }

  @Test(
    arguments: [("One two three. Four five!", 2.5), ("no end", 2), ("", nil), ("... 12 34", nil), ("it's one", 2)]
      as [(String, Double?)])
  func countsWordsOfSentences(_ text: String, _ length: Double?) {
    var count = SentenceCount()
    count.add(text)
    #expect(count.wordsPerSentence == length)
  }

  @Test func textsEndWhereTheyEnd() {
    var count = SentenceCount()
    for text in ["Two words", "ein schönes Wort.", "Ωμέγα και 你好", "."] { count.add(text) }
    #expect(count.wordsPerSentence == 8.0 / 3)
  }
}
