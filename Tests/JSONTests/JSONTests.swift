import JSON
import Source
import Testing
import TestSupport

@Suite("JSON is read and written byte for byte")
struct JSONTests {
  static func parse(_ text: String, strict: Bool = false) throws -> JSONValue {
    try JSONParser.parse(Array(text.utf8), strict: strict)
  }

  @Test(
    "What is JSON",
    arguments: [
      ("null", .null), (" true ", .bool(true)), ("-0.5e+10", .number("-0.5e+10")), ("\"a\\u0041\\n\"", .string("aA\n")),
      ("[]", .array([])), ("{}", .object([])), ("[1, [2]]", [1, [2]]), ("{\"b\": 1, \"a\": 2}", ["b": 1, "a": 2]),
      ("\"\\ud83d\\udc4d\"", .string("👍")), ("\"\\ud83d\"", .string("\u{FFFD}")), ("\"\\/\"", .string("/")),
      ("1e400", .number("1e400")), ("\t\r\n 1", 1), ("{\"a\":1,\"a\":2}", ["a": 1, "a": 2]),
    ] as [(String, JSONValue)])
  func accepts(text: String, value: JSONValue) throws { #expect(try Self.parse(text) == value) }

  @Test(
    "What is none, and where",
    arguments: [
      ("", 0), ("01", 1), ("[1,]", 3), ("{\"a\":1,}", 7), ("'a'", 0), ("[1 2]", 3), ("nul", 0), ("\"a", 2),
      ("\"\\x\"", 2),
      ("\"\n\"", 1), ("1 2", 2), ("+1", 0), (".5", 0), ("1.", 2), ("1e", 2), ("-", 1), ("{a:1}", 1), ("[", 1),
      ("\u{A0}1", 0),
      ("NaN", 0), ("\"\\u12\"", 5), ("tru\u{0}", 0),
    ])
  func refuses(text: String, offset: Int) {
    do throws(JSONFailure) {
      let value = try JSONParser.parse(Array(text.utf8))
      Issue.record("\(text) was read as \(value)")
    } catch {
      #expect(error.offset == offset, "\(error.message)")
    }
  }

  @Test(
    "What strict reading refuses",
    arguments: ["{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "\"\\ud83d\"", "\"\\udc4d\""])
  func strict(text: String) throws {
    _ = try Self.parse(text)
    #expect(throws: JSONFailure.self) { try Self.parse(text, strict: true) }
  }

  @Test("Invalid UTF-8 is U+FFFD, or refused")
  func invalidUTF8() throws {
    let bytes: [UInt8] = [0x22, 0xFF, 0x22]
    #expect(try JSONParser.parse(bytes) == .string("\u{FFFD}"))
    #expect(throws: JSONFailure.self) { try JSONParser.parse(bytes, strict: true) }
  }

  @Test("Depth is bounded, so that no input can exhaust the stack", arguments: [1_000, 100_000])
  func depth(count: Int) {
    let arrays = [UInt8](repeating: 0x5B, count: count)
    #expect(throws: JSONFailure.self) { try JSONParser.parse(arrays) }
    let objects = Array(String(repeating: "{\"a\":", count: count).utf8)
    #expect(throws: JSONFailure.self) { try JSONParser.parse(objects) }
  }

  @Test("Members keep their order and are found by the bytes of their name")
  func members() throws {
    let value = try Self.parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}")
    #expect(value["e\u{301}"]?.integer == 2)
    #expect(value.members?.map(\.name.utf8.count) == [2, 3])
    #expect(value["missing"] == nil && JSONValue.null["a"] == nil)
  }

  @Test("Written text is escaped where JSON asks for it, and indented by two")
  func writes() {
    #expect(
      JSONValue.string("\"\\\u{8}\u{C}\n\r\t\u{1}\u{7F}ü/").text() == "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\u{7F}ü/\"")
    #expect(JSONValue.array([[], [:], 1]).text(indented: true) == "[\n  [],\n  {},\n  1\n]")
    #expect(JSONValue.object([.init("a", [true, nil])]).text() == "{\"a\":[true,null]}")
  }

  @Test("Whatever is written is read back the same", arguments: 0..<300)
  func roundTrip(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let value = Self.value(&random, depth: 4)
    for indented in [false, true] {
      #expect(try JSONParser.parse(Array(value.text(indented: indented).utf8), strict: false) == value)
    }
  }

  @Test("No bytes stop the reader", arguments: 0..<500)
  func anyBytes(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let bytes = random.mutated(Array(Self.value(&random, depth: 3).text().utf8))
    if let value = try? JSONParser.parse(bytes) {
      #expect((try? JSONParser.parse(Array(value.text().utf8))) == value)
    }
  }

  static func value(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(random.oneIn(2))
    case 2: return .number(String(Int.random(in: -1_000...1_000, using: &random)))
    case 3: return .number("\(Int.random(in: 0...99, using: &random)).5e-3")
    case 4: return .string(String(decoding: random.bytes(upTo: 12), as: UTF8.self))
    case 5:
      return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, depth: depth - 1) })
    default:
      return .object(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in
          .init(String(decoding: random.bytes(upTo: 6), as: UTF8.self), value(&random, depth: depth - 1))
        })
    }
  }
}
