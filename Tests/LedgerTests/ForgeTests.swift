import Canonical
import JSON
import Runtime
import Source
import TestSupport
import Testing

@Suite("Canonical JSON, strict and as ClawForge has it")
struct ForgeTests {
  static let cases: [JSONValue] = (Repository.text("Tests/Vectors/clawforge/canonical-cases.jsonl") ?? "")
    .utf8.split(separator: 0x0A).compactMap { try? JSONParser.parse($0, strict: false) }

  /// What ClawForge's canonicalizer makes of each, read byte by byte: a string of the case may hold half a surrogate pair.
  @Test("The published cases", arguments: cases)
  func published(value: JSONValue) throws {
    let text = Array(try #require(value["text"]?.string).utf8)
    let strict = try? CanonicalText.canonical(text)
    #expect(strict.map { String(decoding: $0, as: UTF8.self) } == value["strict"]?.string)
    #expect((strict == nil) == (value["strict_reject"] != nil))
    let forge = try? ForgeJSON.canonical(text)
    #expect(forge.map { String(decoding: $0.bytes, as: UTF8.self) } == value["clawforge_ts"]?.string)
  }

  @Test("There are cases") func casesAreThere() { #expect(Self.cases.count >= 17) }

  @Test(
    "What differs from RFC 8785, and what is lost",
    arguments: [
      (
        #"{"4294967295":1,"4294967294":2,"01":3,"1":4,"-1":5}"#,
        #"{"1":4,"4294967294":2,"-1":5,"01":3,"4294967295":1}"#, []
      ),
      (#"{"10":1,"9":2,"a":{"2":1,"b":0,"1":2}}"#, #"{"9":2,"10":1,"a":{"1":2,"2":1,"b":0}}"#, []),
      (#"{"a":1,"__proto__":{"b":2}}"#, #"{"a":1}"#, [ForgeJSON.Loss.prototypeMember]),
      (#"{"a":1,"\u005f_proto__":2}"#, #"{"a":1}"#, [.prototypeMember]),
      (#"{"a":1,"b":2,"a":3}"#, #"{"a":3,"b":2}"#, [.repeatedMember]),
      (#"["\ud800","\udc00x","\ud83d\ude00"]"#, #"["\ud800","\udc00x","😀"]"#, []),
      ("[1e400,-1e400]", "[null,null]", [.infiniteNumber]),
      ("[9007199254740993]", "[9007199254740992]", [.roundedNumber]),
      ("[9007199254740992,100000000000000000000,1e21,-0]", "[9007199254740992,100000000000000000000,1e+21,0]", []),
    ] as [(String, String, [ForgeJSON.Loss])])
  func differences(text: String, expected: String, losses: [ForgeJSON.Loss]) throws {
    let forge = try ForgeJSON.canonical(Array(text.utf8))
    #expect(String(decoding: forge.bytes, as: UTF8.self) == expected)
    #expect(forge.losses == Set(losses))
    // What was written once is written the same again.
    #expect(try ForgeJSON.canonical(forge.bytes).bytes == forge.bytes)
  }

  @Test("What JSON.parse refuses is refused, and any bytes can come")
  func refusals() {
    for text in ["", "{", "[1,]", "\u{FEFF}{}", "NaN", "01", #""\x""#, "{\"a\":1 \"b\":2}", "[1] 2"] {
      #expect(throws: ForgeFailure.self, "\(text)") { try ForgeJSON.canonical(Array(text.utf8)) }
    }
    #expect(throws: ForgeFailure.self) { try ForgeJSON.canonical([0x22, 0xFF, 0x22]) }
    #expect(throws: ForgeFailure.self) { try ForgeJSON.canonical([UInt8](repeating: 0x5B, count: 100_000)) }
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<2000 { _ = try? ForgeJSON.canonical(generator.bytes(upTo: 60)) }
  }

  @Test("Where strict JSON has a canonical form, ClawForge's is the same but for the order of indices")
  func agreement() throws {
    var generator = SeededGenerator(seed: 5)
    var compared = 0
    for _ in 0..<20_000 {
      let text = generator.mutated(Array(#"{"b":[1.5e3,"é\n",null],"a":{"x":true,"é":-0.25}}"#.utf8))
      guard let strict = try? CanonicalText.canonical(text) else { continue }
      let forge = try ForgeJSON.canonical(text)
      guard forge.losses.isEmpty else { continue }
      #expect(forge.bytes == strict)
      compared += 1
    }
    #expect(compared > 100)
  }
}
