import Automata
import TestSupport
import Testing

/// The first match of a pattern in a text, as text, or nil.
private func firstMatch(_ pattern: String, _ text: String) throws -> String? {
  let scanner = try PatternScanner([RegexParser.parse(pattern)])
  let bytes = Array(text.utf8)
  return bytes.withUnsafeBufferPointer { buffer in
    scanner.matches(of: 0, buffer).first.map { String(decoding: bytes[$0.range], as: UTF8.self) }
  }
}

@Suite("Expressions")
struct RegexTests {
  @Test(
    "A pattern finds what Rust's library would find",
    arguments: [
      ("a|ab", "xab", "a"), ("ab|a", "xab", "ab"), ("a*?b", "aab", "aab"), ("a{2,3}", "aaaa", "aaa"),
      ("a{2,3}?", "aaaa", "aa"), ("(?i)straße", "STRASSE Straße", "Straße"), (#"\bdan\b"#, "danke dan", "dan"),
      (#"\b\d{3}-\d{2}\b"#, "1234-56 123-45", "123-45"), (#"(?s)a.c"#, "a\nc", "a\nc"), ("a.c", "a\nc abc", "abc"),
      (#"(?m)^b$"#, "a\nb\nc", "b"), (#"\w+"#, "— größe1 —", "größe1"), (#"(?-u)\w+"#, "größe1", "gr"),
      (#"[^a-c&&\w]+"#, "abc def", " def"), ("[a-z&&[^b-y]]+", "bcaz", "az"), (#"[\w--b]+"#, "bacb", "ac"),
      (#"["'\s:=]+x"#, "k : \"x", " : \"x"), (#"(?x) a b # c"#, "ab", "ab"), (#"\x41\u{42}\u0043"#, "ABC", "ABC"),
      ("(?U)a+", "aaa", "a"), (#"\p{Lu}\p{Greek_not}?"#, "", nil), (#"\pL+"#, "12ab", "ab"),
      (#"[[:upper:]]+"#, "abCD", "CD"),
      ("(?i)[k]", "\u{212A}", "\u{212A}"), (#"(?i)secret|pwd"#, "the PWD", "PWD"), ("", "abc", ""), ("x*", "abc", ""),
      (#"\b{start}b\b{end}"#, "ab b", "b"), ("(?P<n>a)(?<m>b)", "ab", "ab"), (#"a\-b\/c\"d"#, "a-b/c\"d", "a-b/c\"d"),
      ("[]a]+", "]a", "]a"), ("[a-]+", "-a", "-a"), (#"[\d-]+x"#, "1-x", "1-x"),
    ] as [(String, String, String?)])
  func finds(pattern: String, text: String, expected: String?) throws {
    if pattern.contains("Greek_not") {
      #expect(throws: RegexFailure.self) { try RegexParser.parse(pattern) }
      return
    }
    #expect(try firstMatch(pattern, text) == expected)
  }

  @Test(
    "A pattern that is none is refused, with the place",
    arguments: [
      ("a(b", 1..<2), ("ab)", 2..<3), ("*a", 0..<1), ("a{3,2}", 1..<6), ("(?=a)", 0..<3), ("(?<!a)", 0..<4),
      (#"(a)\1"#, 3..<5), ("[a", 0..<1), ("[z-a]", 1..<4), (#"\y"#, 0..<2), (#"a\"#, 1..<2),
      ("(?P<n>a)(?P<n>b)", 8..<14),
      ("a{1001}", 1..<5), ("a{", 1..<2), (#"\x{110000}"#, 0..<10), ("(?q)a", 2..<3), (#"ä\p{Nope}"#, 2..<10),
      (#"[\b]"#, 1..<3), ("(?)", 0..<3),
    ])
  func refuses(pattern: String, range: Range<Int>) {
    #expect {
      try RegexParser.parse(pattern)
    } throws: { error in
      (error as? RegexFailure)?.range == range
    }
  }

  @Test("Any text gives an expression or an error, and never a trap")
  func anyPattern() {
    var random = SeededGenerator(seed: 1)
    let pieces = [
      "(", ")", "[", "]", "*", "+", "?", "{", "}", "1", ",", "\\", "|", "^", "$", ".", "a", "ß", "-", "&&", "(?", "i",
      ":", "p", "x", "u", "b", "\u{1F600}",
    ]
    for _ in 0..<4000 {
      let pattern = (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
      guard let node = try? RegexParser.parse(pattern) else { continue }
      _ = try? NFA([node])
    }
    #expect(throws: RegexFailure.self) { try RegexParser.parse(String(repeating: "(", count: 100_000)) }
    #expect(throws: RegexFailure.self) { try RegexParser.parse(String(repeating: "[", count: 100_000)) }
    #expect(throws: RegexFailure.self) { try NFA([RegexParser.parse("((a{900}){900}){900}")]) }
  }

  @Test("Searches agree with trying everything, on generated expressions and texts")
  func againstBruteForce() throws {
    var random = SeededGenerator(seed: 7)
    for round in 0..<1500 {
      let node = Self.expression(&random, depth: 3)
      let text = Self.text(&random)
      let bytes = Array(text.utf8)
      let scanner = try PatternScanner([node])
      let matches = bytes.withUnsafeBufferPointer { scanner.matches(of: 0, $0).map(\.range) }
      #expect(matches == Self.allMatches(node, text), "round \(round): \(node) in \(text.debugDescription)")
      let isFound = bytes.withUnsafeBufferPointer { scanner.hasMatch($0) }
      #expect(isFound == !matches.isEmpty, "round \(round): \(node) in \(text.debugDescription)")
      let whole = try TextMatcher(NFA([node]), .whole).matchesWhole(text)
      #expect(whole == BruteForce(text).matchesWhole(node), "round \(round): \(node) in \(text.debugDescription)")
    }
  }

  @Test("The automaton of an expression has the texts that match, and those only")
  func automata() throws {
    var random = SeededGenerator(seed: 11)
    for round in 0..<300 {
      let node = Self.expression(&random, depth: 3)
      let whole = try #require(Automaton([node], .whole))
      let containing = try #require(Automaton([node], .containing))
      for _ in 0..<8 {
        let text = Self.text(&random)
        let brute = BruteForce(text)
        #expect(whole.contains(text) == brute.matchesWhole(node), "round \(round): \(node), \(text.debugDescription)")
        #expect(
          containing.contains(text) == (brute.firstMatch(node) != nil),
          "round \(round): \(node), \(text.debugDescription)")
      }
      if let witness = whole.shortestText {
        #expect(BruteForce(witness).matchesWhole(node), "round \(round): \(node), \(witness.debugDescription)")
      }
      #expect(whole.complement.complement == whole)
    }
  }

  /// Every match, by trying everything; in bytes.
  private static func allMatches(_ node: RegexNode, _ text: String) -> [Range<Int>] {
    let brute = BruteForce(text)
    var offsets = [0]
    for scalar in text.unicodeScalars { offsets.append(offsets[offsets.count - 1] + scalar.utf8.count) }
    var result: [Range<Int>] = []
    var from = 0
    while let match = brute.firstMatch(node, from: from) {
      result.append(offsets[match.lowerBound]..<offsets[match.upperBound])
      from = match.isEmpty ? match.upperBound + 1 : match.upperBound
    }
    return result
  }

  static func text(_ random: inout SeededGenerator) -> String {
    let letters = ["a", "b", "b", "a", " ", "\n", "ß", "-", "A"]
    return (0..<Int.random(in: 0...9, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" }
      .joined()
  }

  static func expression(_ random: inout SeededGenerator, depth: Int) -> RegexNode {
    let sets = [
      ScalarSet("a"), ScalarSet("b"), ScalarSet("a"..."b"), ScalarSet("ß"), .all, CharacterClasses.word,
      ScalarSet("a").caseClosed,
      ScalarSet("b").complement,
    ]
    switch depth == 0 ? Int.random(in: 0...3, using: &random) : Int.random(in: 0...9, using: &random) {
    case 0, 1, 2: return .set(sets.randomElement(using: &random) ?? .all)
    case 3:
      let assertions: [RegexAssertion] = [
        .textStart, .textEnd, .lineStart, .lineEnd, .wordBoundary(unicode: true), .noWordBoundary(unicode: false),
        .wordStart(unicode: false), .wordEnd(unicode: true),
      ]
      return random.oneIn(3) ? .assertion(assertions.randomElement(using: &random) ?? .textEnd) : .literal("ab")
    case 4, 5, 6:
      return .sequence((0..<Int.random(in: 1...3, using: &random)).map { _ in expression(&random, depth: depth - 1) })
    case 7:
      return .choice((0..<Int.random(in: 1...3, using: &random)).map { _ in expression(&random, depth: depth - 1) })
    default:
      let minimum = Int.random(in: 0...2, using: &random)
      let maximum = random.oneIn(2) ? nil : minimum + Int.random(in: 0...2, using: &random)
      let part = expression(&random, depth: depth - 1)
      // Which of several empty rounds is preferred is a matter of taste that no rule depends on.
      let repeated = BruteForce("").ends(part, 0).isEmpty && !part.hasAssertions ? part : .set(ScalarSet("a"))
      return .repetition(repeated, min: minimum, max: maximum, isGreedy: !random.oneIn(3))
    }
  }
}
