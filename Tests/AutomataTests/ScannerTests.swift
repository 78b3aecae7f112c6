import Automata
import Testing

@Suite("Scans for many expressions")
struct ScannerTests {
  private static func scanner() throws -> PatternScanner {
    try PatternScanner(["AKIA[0-9]{2}", "gh[ps]_x", "secret", "(?i)token", "zz"].map { try RegexParser.parse($0) })
  }

  private static func found(_ scanner: PatternScanner, _ text: [UInt8]) -> [Int] {
    var found: [Int] = []
    text.withUnsafeBufferPointer { scanner.matching($0) }.forEach { found.append($0) }
    return found
  }

  @Test("A match is found wherever it stands in a text of any length, and nothing where there is none")
  func places() throws {
    let scanner = try Self.scanner()
    for length in 0..<140 {
      let plain = [UInt8](repeating: 0x2E, count: length)
      #expect(Self.found(scanner, plain) == [])
      for (index, literal) in ["AKIA42", "ghs_x", "secret", "ToKeN", "zz"].enumerated() where literal.count <= length {
        for place in 0...length - literal.count {
          var text = plain
          text.replaceSubrange(place..<place + literal.count, with: literal.utf8)
          if Self.found(scanner, text) != [index] { Issue.record("\(literal) at \(place) of \(length)") }
          // Cut off by one byte, it is none.
          if place == length - literal.count, Self.found(scanner, Array(text.dropLast())) != [] {
            Issue.record("half of \(literal) at \(place) of \(length)")
          }
        }
      }
    }
  }

  @Test("Many places in one window are all looked at")
  func windows() throws {
    let scanner = try Self.scanner()
    // Beginnings without an end, and one whole match behind them.
    for count in 0..<40 {
      let text = Array((String(repeating: "AKIAsec", count: count) + "AKIA12 tokentoken zz").utf8)
      #expect(Self.found(scanner, text) == [0, 3, 4], "\(count)")
    }
  }

  @Test("The first line that matches is enough for whoever asks for one")
  func lines() throws {
    let scanner = try Self.scanner()
    let text = Array("+ secret\n- token\n+ zz secret\n+ plain\n".utf8)
    text.withUnsafeBufferPointer { bytes in
      func isWanted(_ line: Range<Int>) -> Bool { bytes[line.lowerBound] == 0x2B }
      #expect(scanner.matchingLines(bytes, isWanted: isWanted).map(\.pattern) == [2, 2, 4])
      #expect(scanner.matchingLines(bytes, isShort: true, isWanted: isWanted).map(\.pattern) == [2])
      #expect(scanner.matchingLines(bytes, isShort: true) { _ in false } == [])
    }
  }
}
