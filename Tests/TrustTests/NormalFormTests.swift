import Canonical
import Processes
import Runtime
import TestSupport
import Testing

@Suite("Texts in normalization form C")
struct NormalFormTests {
  fileprivate static func isComposed(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBufferPointer(NormalForm.isComposed)
  }

  @Test(
    "What is in the form is not warned of",
    arguments: [
      "", "plain", "größe", "é", "한국어", "かが", "\u{301}", "\u{1100}", "\u{1161}", "\u{FB01}", "Å",
      // A mark that nothing composes with, and one behind a mark of its own class, which it can't pass.
      "q\u{301}", "a\u{327}\u{328}", "\u{915}\u{93F}", "\u{1F600}\u{200D}", "\u{10FFFF}",
    ])
  func composed(text: String) { #expect(Self.isComposed(text)) }

  @Test(
    "What has another spelling in the form is",
    arguments: [
      "e\u{301}", "A\u{30A}", "\u{212B}", "\u{1112}\u{1161}\u{11AB}", "\u{D558}\u{11AB}", "か\u{3099}", "\u{340}",
      "\u{FA0E}\u{FA10}",
      // Marks in the wrong order; a mark that composes past another one; and past one that its base had taken in.
      "q\u{307}\u{323}", "x\u{323}\u{307}", "a\u{31D}\u{301}", "\u{E2}\u{323}", "\u{915}\u{93C}\u{958}",
      "\u{9C7}\u{9BE}",
    ])
  func uncomposed(text: String) { #expect(!Self.isComposed(text)) }

  @Test("Bytes that are no UTF-8 are in no form")
  func invalid() {
    #expect(![0x61, 0xFF].withUnsafeBufferPointer(NormalForm.isComposed))
  }
}

/// Starts a child, so that it runs apart (scripts/test).
@Suite("Texts in normalization form C, beside Python", .serialized)
struct NormalFormStockToolTests {
  @Test("Python says the same of texts of all kinds of scalars")
  func python() async throws {
    var scalars: [UInt32] = [
      0x41, 0x61, 0x65, 0x6F, 0x1100, 0x1112, 0x1161, 0x1175, 0x11A7, 0x11A8, 0x11C2, 0xAC00, 0xAC01, 0xD7A3,
    ]
    // Marks of all classes, letters that took one or two marks in, scripts with signs that compose, and what never stays.
    for range: ClosedRange<UInt32> in [
      0xC0...0x17F, 0x1E00...0x1EF9, 0x300...0x36F, 0x390...0x3CE, 0x5B0...0x5BD, 0x622...0x626, 0x64B...0x655,
      0x93C...0x94D,
      0x958...0x95F, 0x9BE...0x9CC, 0xB3E...0xB57, 0xBBE...0xBCC, 0xCBF...0xCD6, 0xD3E...0xD57, 0xDCA...0xDDE,
      0x1025...0x102E,
      0x1B05...0x1B44, 0x1F00...0x1FFE, 0x2126...0x212B, 0x3046...0x3099, 0xF900...0xF90F, 0xFB1D...0xFB4E,
      0x11099...0x110BA,
      0x11127...0x11134, 0x11347...0x11357, 0x114B0...0x114BD, 0x115AF...0x115BA, 0x11930...0x11938, 0x1D15E...0x1D16E,
      0x2F800...0x2F80F,
    ] { scalars += range }
    var random = SeededGenerator(seed: 14)
    let texts = (0..<40_000).map { _ in
      let count = Int.random(in: 1...6, using: &random)
      return String(
        String.UnicodeScalarView(
          (0..<count).compactMap { _ in Unicode.Scalar(scalars[Int.random(in: 0..<scalars.count, using: &random)]) }))
    }
    let scratch = try Scratch()
    let path = try scratch.write("texts", Array(texts.joined(separator: "\n").utf8))
    let script = """
      import sys, unicodedata
      for line in open(sys.argv[1], encoding="utf-8", newline="\\n"):
          print(int(unicodedata.is_normalized("NFC", line.rstrip("\\n"))), end="")
      """
    let result = try await Tool.run("python3", ["-c", script, path])
    #expect(result.status == 0)
    let answers = result.output.filter { $0 == 0x30 || $0 == 0x31 }
    try #require(answers.count == texts.count)
    #expect(answers.contains(0x30) && answers.contains(0x31))
    for (text, answer) in zip(texts, answers) where NormalFormTests.isComposed(text) != (answer == 0x31) {
      Issue.record("\(text.unicodeScalars.map { String($0.value, radix: 16) }), which is \(answer == 0x31)")
    }
  }

  @Test("A document's texts are told by where they begin, and stay as they are")
  func document() throws {
    let text = Array(
      "{\"é\": [\"ok\", \"e\u{301}\"],\n \"A\u{30A}\": \"\\u0065\\u0301\", \"b\": {\"c\": \"\u{301}\"}}".utf8)
    let found = CanonicalText.uncomposed(text)
    #expect(
      found.map { Array(text[$0...].prefix(3)) } == [
        Array("\"e\u{301}".utf8.prefix(3)), Array("\"A\u{30A}".utf8.prefix(3)), Array("\"\\u".utf8),
      ])
    let canonical = String(decoding: try CanonicalText.canonical(text), as: UTF8.self)
    #expect(
      canonical.utf8.elementsEqual(
        "{\"A\u{30A}\":\"e\u{301}\",\"b\":{\"c\":\"\u{301}\"},\"é\":[\"ok\",\"e\u{301}\"]}".utf8))
    #expect(CanonicalText.uncomposed(Array("{\"a\":\"plain\"}".utf8)) == [])
    #expect(CanonicalText.uncomposed(Array("{\"a\":\"\\u00e9\\n\"}".utf8)) == [])
  }
}
