import Canonical
import JSON
import TestSupport
import Testing

@Suite("Canonical JSON is RFC 8785 over I-JSON")
struct CanonicalTextTests {
  private func canonical(_ text: String) throws -> String {
    String(decoding: try CanonicalText.canonical(Array(text.utf8)), as: UTF8.self)
  }

  private static let outgoing = ["1e20", "12345678901234567890.0"]

  /// What is accepted, and what it becomes.
  private static let accepted: [(String, String)] = [
    ("{}", "{}"), (" [ ] ", "[]"), ("null", "null"), ("\"\"", "\"\""), ("[true , false]", "[true,false]"),
    (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#),
    (#"{"b":{"d":1,"c":[{"z":1,"y":2}]},"a":2}"#, #"{"a":2,"b":{"c":[{"y":2,"z":1}],"d":1}}"#),
    (#"{"":1,"a":{}}"#, #"{"":1,"a":{}}"#), (#"{"aa":1,"a":2}"#, #"{"a":2,"aa":1}"#),
    // Numbers.
    ("[-0,0,-0.0,0e5,1e400]".replacing(",1e400", with: ""), "[0,0,0,0]"), ("1.50", "1.5"), ("1E2", "100"),
    ("1e21", "1e+21"),
    ("1e20", "100000000000000000000"), ("1e-6", "0.000001"), ("1e-7", "1e-7"), ("123e-20", "1.23e-18"),
    ("-1.5e-5", "-0.000015"),
    ("9007199254740991", "9007199254740991"), ("-9007199254740991", "-9007199254740991"),
    ("333333333.33333329", "333333333.3333333"),
    ("4.50", "4.5"), ("2e-3", "0.002"), ("0.000000000000000000000000001", "1e-27"), ("1e-400", "0"),
    ("5e-324", "5e-324"),
    ("1.7976931348623157e308", "1.7976931348623157e+308"), ("100.000", "100"),
    ("12345678901234567890.0", "12345678901234567000"),
    ("123456789012345.0", "123456789012345"), ("0.1e1", "1"), ("1e+0", "1"),
    // Strings.
    (#""\u0041\/\u00e9""#, "\"A/é\""), (#""\u0000\u001f\b\f\n\r\t\"\\""#, #""\u0000\u001f\b\f\n\r\t\"\\""#),
    ("\"\u{7F}\u{80}\u{2028}\"", "\"\u{7F}\u{80}\u{2028}\""), (#""\ud83d\ude02""#, "\"😂\""),
    ("\"e\u{301}é\"", "\"e\u{301}é\""),
    (
      "\"a long text that is longer than eight bytes, with \\u0022 in it\"",
      "\"a long text that is longer than eight bytes, with \\\" in it\""
    ),
    // Names by UTF-16 units: a surrogate pair comes before U+E000 and above.
    (
      #"{"\ufb33":1,"\ud83d\ude02":2,"\r":3,"1":4,"\u0080":5,"\u00f6":6,"\u20ac":7}"#,
      "{\"\\r\":3,\"1\":4,\"\u{80}\":5,\"ö\":6,\"€\":7,\"😂\":2,\"\u{FB33}\":1}"
    ),
    ("{\"\u{E000}\":1,\"\u{10000}\":2,\"\u{D7FF}\":3}", "{\"\u{D7FF}\":3,\"\u{10000}\":2,\"\u{E000}\":1}"),
    (
      #"{"\n":1,"\t":2,"\"":3,"!":4,"\\":5,"]":6,"\u0001":7}"#, #"{"\u0001":7,"\t":2,"\n":1,"!":4,"\"":3,"\\":5,"]":6}"#
    ),
    // Names that are equal to a reader but not byte for byte are two.
    ("{\"e\u{301}\":1,\"é\":2}", "{\"e\u{301}\":1,\"é\":2}"),
  ]

  @Test("What is accepted has one spelling, and that spelling is its own", arguments: accepted)
  func isAccepted(text: String, expected: String) throws {
    let found = try canonical(text)
    #expect(found.utf8.elementsEqual(expected.utf8), "\(text): \(found)")
    // Doubles from 2^53 to 10^21 are written as whole numbers, which are refused when they come in.
    if !Self.outgoing.contains(text) { #expect(try canonical(found).utf8.elementsEqual(found.utf8)) }
    // The writer of values writes the same.
    let value = try JSONParser.parse(Array(text.utf8), strict: true)
    #expect(try CanonicalJSON.bytes(value) == Array(expected.utf8))
  }

  private static let impossible: [(String, Int)] = [
    ("", 0), (" ", 1), ("{", 1), ("[1,]", 3), ("[1 2]", 3), ("{\"a\" 1}", 5), ("{\"a\":1,}", 7), ("01", 1), ("1.", 0),
    (".5", 0), ("+1", 0),
    ("-", 0), ("1e", 0), ("tru", 0), ("nul", 0), ("NaN", 0), ("[1]x", 3), ("\u{FEFF}{}", 0), ("{\"a\":1,\"a\":2}", 7),
    ("{\"b\":1,\"a\":1,\"b\":2}", 13), (#"{"a":1,"\u0061":2}"#, 7), (#""\ud800""#, 1), (#""\ud800\ud800""#, 1),
    (#""\udc00""#, 1),
    (#""\ud83dx""#, 1), (#""\x""#, 1), (#""\u12g4""#, 5), ("\"a\nb\"", 2), ("\"abc", 4), ("9007199254740992", 0),
    ("[-9007199254740992]", 1), ("18446744073709551616", 0), ("1e400", 0), ("[1,-1e309]", 3), ("'a'", 0), ("{a:1}", 1),
  ]

  @Test("What has no canonical form is refused at its place", arguments: impossible)
  func isRefused(text: String, offset: Int) {
    #expect {
      try CanonicalText.canonical(Array(text.utf8))
    } throws: { error in
      (error as? JSONFailure)?.offset == offset
    }
  }

  @Test(
    "Invalid UTF-8 is refused in values and names",
    arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]])
  func invalidUTF8(bytes: [UInt8]) {
    for text in [[0x22] + bytes + [0x22], [0x7B, 0x22] + bytes + Array("\":1}".utf8)] {
      #expect(throws: JSONFailure.self) { try CanonicalText.canonical(text) }
    }
  }

  @Test("Depth and size have limits")
  func limits() throws {
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
    }
    #expect(try CanonicalText.canonical(nested(128)) == nested(128))
    #expect(throws: JSONFailure.self) { try CanonicalText.canonical(nested(129)) }
    #expect(throws: JSONFailure.self) { try CanonicalText.canonical([UInt8](repeating: 0x5B, count: 1_000_000)) }
    #expect(throws: JSONFailure.self) { try CanonicalText.canonical(Array("[1,2]".utf8), limit: 4) }
  }

  @Test("The published digests of number texts come out")
  func publishedNumbers() {
    let found = PublishedNumbers.found(upTo: 10_000) { Array((CanonicalNumber.text($0) ?? "").utf8) }
    for (index, (lines, sha256)) in found.enumerated() {
      #expect(PublishedNumbers.digests[index].lines == lines && PublishedNumbers.digests[index].sha256 == sha256)
    }
    #expect(found.count == 2)
  }

  @Test("Both ways to a number's text agree: from its digits and from the double")
  func numberTexts() throws {
    var random = SeededGenerator(seed: 8785)
    for _ in 0..<20_000 {
      let digits = Int.random(in: 1...17, using: &random)
      let mantissa = String((0..<digits).map { _ in Character(String(Int.random(in: 0...9, using: &random))) })
      let point = Int.random(in: 0..<digits, using: &random)
      let whole = Int(mantissa.prefix(point)).map { String($0) } ?? "0"
      let text = "\(whole).\(mantissa.dropFirst(point))e\(Int.random(in: -330...300, using: &random))"
      guard let value = Double(text), value.isFinite else { continue }
      #expect(try canonical(text) == CanonicalNumber.text(value), "\(text)")
    }
  }

  @Test("Any bytes are refused or become a text that stays as it is")
  func anyBytes() {
    var random = SeededGenerator(seed: 59)
    let seeds = Self.accepted.map { Array($0.0.utf8) }
    for round in 0..<20_000 {
      let bytes = random.mutated(seeds[round % seeds.count] + (random.oneIn(3) ? seeds[(round * 7) % seeds.count] : []))
      guard let text = try? CanonicalText.canonical(bytes) else { continue }
      do {
        #expect(try CanonicalText.canonical(text) == text)
      } catch {
        #expect(error.message.contains("2^53"))
      }
      // The general parser reads the same value.
      guard let value = try? JSONParser.parse(bytes, strict: true) else {
        Issue.record("the strict parser refuses \(bytes)")
        continue
      }
      #expect((try? CanonicalJSON.bytes(value)) == text)
    }
  }

  @Test("The reference's form differs where it does, and what can't be made again is refused")
  func referenceForm() throws {
    func reference(_ text: String) throws -> String {
      String(decoding: try ReferenceJSON.bytes(try JSONParser.parse(Array(text.utf8))), as: UTF8.self)
    }
    // Names by code points, delete and C1 controls escaped, 64-bit numbers exact.
    #expect(try reference("{\"\u{FB33}\":1,\"😂\":2}") == "{\"\u{FB33}\":1,\"😂\":2}")
    #expect(try reference("\"\u{7F}\u{85}\u{A0}\"") == "\"\\u007f\\u0085\u{A0}\"")
    #expect(
      try reference("[9007199254740993,18446744073709551615,-9223372036854775808]")
        == "[9007199254740993,18446744073709551615,-9223372036854775808]")
    #expect(try reference("[1.0,0.25,-0.0,1e3]") == "[1,0.25,0,1000]")
    for text in ["333333333.33333329", "1e23", "18446744073709551616", "{\"a\":1,\"a\":1}"] {
      #expect(throws: CanonicalJSON.Failure.self) { try reference(text) }
    }
  }

  @Test("Base64 has one spelling for some bytes")
  func base64() {
    for count in 0..<20 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
    for text in [
      "A", "AA", "AAA", "AB==", "AAB=", "A===", "====", "AA=A", "A=AA", "AAAA=", "AA==AAAA", "AAA-", "AAA\n", "AA A",
      "é===",
    ] {
      #expect(Base64.decode(text) == nil, "\(text)")
    }
  }
}
