import JSON
import Testing
import TestSupport

@Suite("A cursor reads what the parser reads")
struct CursorTests {
  /// What both make of a text.
  private static func outcomes(_ text: [UInt8]) -> (parser: JSONValue?, cursor: JSONValue?) {
    let parsed = try? JSONParser.parse(text, strict: true)
    let read: JSONValue? = text.withUnsafeBufferPointer { buffer in
      var cursor = JSONCursor(buffer)
      guard let value = try? Self.value(&cursor), (try? cursor.finish()) != nil else { return nil }
      return value
    }
    return (parsed, read)
  }

  /// The value that stands next, with texts by the cursor's own reading of them.
  private static func value(_ cursor: inout JSONCursor) throws(JSONFailure) -> JSONValue {
    switch try cursor.peek() {
    case .string: return .string(try cursor.string())
    case .array:
      var elements: [JSONValue] = []
      try cursor.array { cursor throws(JSONFailure) in elements.append(try value(&cursor)) }
      return .array(elements)
    default: return try cursor.value()
    }
  }

  @Test(
    "Escapes",
    arguments: [
      #""""#, #""a""#, #""\u0041\n\r\t\b\f\/\\\"""#, #""\u00e9\u20ac\ud83d\udc4d""#, #""é€👍\u0000""#, #""\ud83d""#,
      #""\udc4d\ud83d""#, #""\x""#, #""\u12""#, #"["a\u0020b", "\ud83d\udc4d\ud83d\udc4d"]"#, #""\u07ff\u0800\uffff""#,
      #""\ud7ff\ue000""#, #""\udbff\udfff""#,
    ])
  func escapes(text: String) {
    let (parser, cursor) = Self.outcomes(Array(text.utf8))
    #expect(parser == cursor)
  }

  @Test("Any text of escapes")
  func anyEscapes() {
    var random = SeededGenerator(seed: 7)
    let pieces = [
      "\\u", "\\n", "\\", "d83d", "\\udc00", "\\ud800", "0041", "00e9", "20AC", "é", "👍", "a", "\"", "x", "\\\"", "\\/",
      "\\b",
    ]
    var accepted = 0
    for _ in 0..<20_000 {
      let body = (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
      let (parser, cursor) = Self.outcomes(Array("\"\(body.joined())\"".utf8))
      #expect(parser == cursor)
      if parser != nil { accepted += 1 }
    }
    #expect(accepted > 2_000)
  }

  @Test("A name that is there twice is found among few and among many", arguments: [2, 8, 9, 15, 16, 17, 18, 40])
  func repeatedNames(count: Int) {
    let names = (0..<count).map { "\"name\($0)\":\($0)" }
    let sound = "{\(names.joined(separator: ","))}"
    let broken = "{\(names.joined(separator: ",")),\"name\(count - 1)\":0}"
    func passes(_ text: String) -> Bool {
      Array(text.utf8).withUnsafeBufferPointer { buffer in
        var cursor = JSONCursor(buffer)
        return (try? cursor.skip()) != nil
      }
    }
    #expect(passes(sound))
    #expect(!passes(broken))
  }
}
