import Source
import Testing
import TestSupport

@Suite("Lines and columns")
struct LineTableTests {
  @Test(
    "Columns count scalars and UTF-16 units, and a byte order mark takes none",
    arguments: [
      ("abc", 0, 1, 1, 1), ("abc", 3, 1, 4, 4), ("a\nb", 2, 2, 1, 1), ("a\r\nb", 1, 1, 2, 2), ("a\r\nb", 3, 2, 1, 1),
      ("ü=x", 2, 1, 2, 2), ("日本x", 6, 1, 3, 3), ("👍x", 4, 1, 2, 3), ("a\u{301}b", 3, 1, 3, 3),
      ("\u{FEFF}ab", 0, 1, 1, 1), ("\u{FEFF}ab", 3, 1, 1, 1), ("\u{FEFF}ab", 4, 1, 2, 2), ("\u{FEFF}a\nb", 5, 2, 1, 1),
      ("", 0, 1, 1, 1), ("a\n", 2, 2, 1, 1), ("ab", 99, 1, 3, 3), ("ab", -1, 1, 1, 1), ("a\u{2028}b", 4, 1, 3, 3),
      ("x\n\u{FEFF}b", 5, 2, 2, 2),
    ])
  func position(text: String, offset: Int, line: Int, column: Int, utf16: Int) {
    let position = SourceFile(path: "a", text: text).position(at: offset)
    #expect(position.line == line)
    #expect(position.column == column)
    #expect(position.utf16Column == utf16)
  }

  @Test("Invalid UTF-8 has positions, too")
  func invalid() {
    let file = SourceFile(path: "a", bytes: [0x61, 0xFF, 0x80, 0x62])
    #expect(file.position(at: 3).column >= 2)
    #expect(file.text(file.range) == "a\u{FFFD}\u{FFFD}b")
  }

  @Test(
    "Lines end at line feeds only, and a last one starts no line",
    arguments: [
      ("", 1), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n", 1), ("\n\n", 2), ("a\rb", 1), ("a\u{85}b\u{2028}c", 1),
      ("a\r\nb\r\n", 2),
    ])
  func count(text: String, lines: Int) {
    #expect(SourceFile(path: "a", text: text).lines.count == lines)
  }

  @Test("Line ranges tile the file, and each offset is in the line that it is said to be in", arguments: 0..<200)
  func tiles(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let file = SourceFile(path: "a", bytes: random.bytes(upTo: 300))
    var offset = 0
    for line in 1...file.lines.count {
      let range = file.lines.range(ofLine: line)
      #expect(range.lower == offset)
      for inner in range.lower..<range.upper { #expect(file.lines.line(at: inner) == line) }
      offset = range.upper
    }
    #expect(offset == file.bytes.count)
    var last = file.position(at: 0)
    for offset in 0...file.bytes.count {
      let position = file.position(at: offset)
      #expect((last.line, last.column) <= (position.line, position.column))
      #expect(position.utf16Column >= position.column)
      last = position
    }
  }
}
