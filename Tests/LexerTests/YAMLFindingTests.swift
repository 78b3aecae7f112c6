import Diagnostics
import Lexer
import Source
import Testing

@Suite("YAML reader: findings")
struct YAMLFindingTests {
  @Test(
    "Each problem has its rule and its place",
    arguments: [
      ("a: 1\nb: 2\na: 3\n", ["yaml/duplicate-key 3:1 'a'"]),
      ("a: {x: 1, 'x': 2}\nb: [{y: 1, y: 2}]\n", ["yaml/duplicate-key 1:11 ''x''", "yaml/duplicate-key 2:12 'y'"]),
      ("a: *nope\n", ["yaml/unknown-alias 1:4 '*nope'"]),
      ("a: &a\n  b: *a\n", ["yaml/recursive-alias 2:6 '*a'"]),
      ("a: &a [1]\nb:\n  <<: *a\n", ["yaml/invalid-merge 3:7 '*a'"]),
      ("a:\n  b: c\n   d: e\n", ["yaml/syntax 3:5 ':'"]),
      ("a: b: c\n", ["yaml/syntax 1:5 ':'"]),
      ("a: \"x\nb: c\n", ["yaml/syntax 1:4 '\"'"]),
      ("a: [1, 2\nb: c\n", ["yaml/syntax 2:2 ':'"]),
      ("a:\n\tb: c\n", ["yaml/syntax 2:1 '\t'"]),
      ("a: @x\n", ["yaml/syntax 1:4 '@'"]),
      ("a: 1\nbroken\nc: 2\n", ["yaml/syntax 2:1 'broken'"]),
      ("é: 1\na: \"\\q\"\n", ["yaml/syntax 2:5 '\\'"]),
      ("a: \u{1}\n", ["yaml/syntax 1:4 '\u{1}'"]),
    ])
  func findings(text: String, expected: [String]) {
    #expect(YAMLFixture.findings(text) == expected)
  }

  @Test("The bad example of a rule breaks it and no other, the good one none", arguments: YAMLRules.all)
  func examples(rule: Rule) {
    guard let bad = rule.bad, let good = rule.good else { return }
    #expect(Set(YAMLFixture.read(bad).bag.diagnostics.map(\.rule.name)) == [rule.name])
    #expect(YAMLFixture.read(good).bag.isEmpty)
  }

  @Test("A file with millions of values is refused before they fill the memory")
  func tooManyValues() {
    let result = YAMLFixture.read(String(repeating: "- a\n", count: 1_100_000))
    #expect(result.bag.diagnostics.map(\.rule.name) == ["yaml/too-large"])
  }

  @Test("A duplicate key shows both places (abuse case 20)")
  func duplicateLabels() throws {
    let result = YAMLFixture.read("a: 1\nb: 2\na: 3\n")
    let finding = try #require(result.bag.diagnostics.first)
    #expect(finding.labels.map { result.file.position(at: $0.location.range.lower).line } == [1])
  }

  @Test("Duplicates are found in large mappings, by bytes and not by canonical equivalence")
  func duplicateKeys() {
    let keys = (0..<50).map { "k\($0): 1\n" }.joined()
    #expect(YAMLFixture.findings(keys + "k7: 2\n") == ["yaml/duplicate-key 51:1 'k7'"])
    #expect(YAMLFixture.findings("\u{E9}: 1\ne\u{301}: 2\n").isEmpty)
    #expect(YAMLFixture.findings(keys + "\u{E9}: 1\ne\u{301}: 2\n").isEmpty)
  }

  @Test("An alias bomb is refused quickly (abuse case 23)")
  func bomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
    }
    let clock = ContinuousClock()
    let time = clock.measure { #expect(YAMLFixture.findings(text).map { $0.prefix(20) } == ["yaml/alias-expansion"]) }
    #expect(time < .milliseconds(100))
  }

  @Test("Four thousand honest aliases are accepted (abuse case 26)")
  func manyAliases() {
    let text = "x: &x {a: 1, b: [1, 2, 3], c: {d: e}}\nl:\n" + String(repeating: "  - *x\n", count: 4000)
    #expect(YAMLFixture.findings(text).isEmpty)
  }

  @Test("Depth is bounded, as written and through aliases (abuse case 25)", arguments: [1_000, 10_000, 100_000])
  func depth(levels: Int) {
    let flow = String(repeating: "[", count: levels)
    #expect(YAMLFixture.findings(flow).map { $0.prefix(13) } == ["yaml/too-deep"])
    let block = String(repeating: "- ", count: levels) + "x\n"
    #expect(YAMLFixture.findings(block).map { $0.prefix(13) } == ["yaml/too-deep"])
  }

  @Test("Aliases count with the depth of what they stand for")
  func aliasDepth() {
    let half = String(repeating: "[", count: 150)
    let close = String(repeating: "]", count: 150)
    let text = "a: &a \(half)\(close)\nb: \(half)*a\(close)\n"
    #expect(YAMLFixture.findings(text).map { $0.prefix(13) } == ["yaml/too-deep"])
  }

  @Test(
    "Other encodings and bytes that are no text are refused (abuse case 28)",
    arguments: [
      [0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61], [0x61, 0x00, 0x3A, 0x00, 0x20, 0x00],
      [0x61, 0x3A, 0x20, 0xFF], [0x61, 0x3A, 0x20, 0xC0, 0x80], [0x61, 0x3A, 0x20, 0x00, 0x0A],
      [0x61, 0x3A, 0x20, 0xED, 0xA0, 0x80], [0x61, 0x3A, 0x20, 0xE2, 0x82],
    ] as [[UInt8]])
  func encodings(bytes: [UInt8]) {
    let result = YAMLFixture.read(bytes)
    #expect(result.bag.diagnostics.map(\.rule.name) == ["yaml/encoding"])
    #expect(result.documents.isEmpty)
  }

  @Test("A file above the limit is refused unread (abuse case 28)")
  func tooLarge() {
    let result = YAMLFixture.read([UInt8](repeating: 0x0A, count: 17_000_000))
    #expect(result.bag.diagnostics.map(\.rule.name) == ["yaml/too-large"])
  }

  @Test("Random bytes and mutated documents never trap, and every range lies in the file")
  func random() {
    var random = SystemRandomNumberGenerator()
    let corpus = [
      "a: &x {b: [1, 'two', \"three\\n\"]}\nc:\n  <<: *x\n  d: |\n    text\n  - e\n",
      "- !reset\n- ? k\n  : v\n--- >\n f\n...\n",
      "\u{FEFF}ü: 日本\r\n# c\r\nx: !!int 3\r\n",
    ].map { Array($0.utf8) }
    let alphabet = Array("\n\t -:?#&*!|>'\"%@`{}[],<~.0x\u{2028}é\0\u{FEFF}ab".utf8)
    for round in 0..<4000 {
      var bytes = round % 3 == 0 ? [] : corpus[round % corpus.count]
      for _ in 0..<Int.random(in: 0...24, using: &random) {
        let byte = round % 5 == 0 ? UInt8.random(in: 0...255) : alphabet[Int.random(in: 0..<alphabet.count)]
        let place = Int.random(in: 0...bytes.count)
        if place < bytes.count, Bool.random() { bytes[place] = byte } else { bytes.insert(byte, at: place) }
      }
      let result = YAMLFixture.read(bytes)
      for document in result.documents { walk(document.root, in: 0...bytes.count) }
      for finding in result.bag.diagnostics { #expect(finding.location.range.upper <= bytes.count) }
    }
  }

  private func walk(_ node: YAMLNode, in bounds: ClosedRange<Int>) {
    #expect(bounds.contains(node.range.lower) && bounds.contains(node.range.upper))
    _ = node.mergedEntries
    switch node.content {
    case .scalar, .alias: break
    case .sequence(let elements, _): for element in elements { walk(element, in: bounds) }
    case .mapping(let entries, _):
      for entry in entries {
        walk(entry.key, in: bounds)
        walk(entry.value, in: bounds)
      }
    }
  }
}
