import Diagnostics
import Lexer
import Source
import Testing

/// What the YAML tests share.
enum YAMLFixture {
  static func read(_ text: String) -> (documents: [YAMLDocument], bag: DiagnosticBag, file: SourceFile) {
    read(Array(text.utf8))
  }

  static func read(_ bytes: [UInt8]) -> (documents: [YAMLDocument], bag: DiagnosticBag, file: SourceFile) {
    let file = SourceFile(path: "a.yml", bytes: bytes)
    var bag = DiagnosticBag()
    return (YAMLReader.read(file, into: &bag), bag, file)
  }

  /// Every finding as `rule line:column 'text'`.
  static func findings(_ text: String) -> [String] {
    let result = read(text)
    return result.bag.sorted().map {
      let place = result.file.position(at: $0.location.range.lower)
      return "\($0.rule.name) \(place.line):\(place.column) '\(result.file.text($0.location.range))'"
    }
  }

  /// A tree as one line: every node with the source text of its range.
  static func dump(_ node: YAMLNode, in file: SourceFile) -> String {
    let prefix = [node.anchor.map { "&\($0.text) " }, node.tag.map { "\($0.text) " }].compactMap { $0 }.joined()
    switch node.content {
    case .scalar: return prefix + "‹\(file.text(node.range))›"
    case .alias(let name, _): return prefix + "*\(name)"
    case .sequence(let elements, _):
      return prefix + "[" + elements.map { dump($0, in: file) }.joined(separator: " ") + "]"
    case .mapping(let entries, _):
      return prefix + "{"
        + entries.map { dump($0.key, in: file) + "=" + dump($0.value, in: file) }.joined(separator: " ") + "}"
    }
  }

  static func dump(_ text: String) -> [String] {
    let result = read(text)
    return result.documents.map { dump($0.root, in: result.file) }
  }
}

@Suite("YAML reader: trees and ranges")
struct YAMLReaderTests {
  @Test(
    "Every range covers exactly its text",
    arguments: [
      ("a: b\n", "{‹a›=‹b›}"),
      ("a: 'x y'  # c\nb: \"q\"\n", "{‹a›=‹'x y'› ‹b›=‹\"q\"›}"),
      ("ü: 日本 # 👍\nb: [👍, 'é']\nc: d\n", "{‹ü›=‹日本› ‹b›=[‹👍› ‹'é'›] ‹c›=‹d›}"),
      ("\u{FEFF}a: b\nc: d\n", "{‹a›=‹b› ‹c›=‹d›}"),
      ("a: b\r\nc:\r\n  - d\r\n  - e\r\n", "{‹a›=‹b› ‹c›=[‹d› ‹e›]}"),
      ("a: \"x\u{2028}y\"\nb: c\n", "{‹a›=‹\"x\u{2028}y\"› ‹b›=‹c›}"),
      ("a: &x\n  b: 1\nc: *x\n", "{‹a›=&x {‹b›=‹1›} ‹c›=*x}"),
      ("a: &x !!str 1\nb: !reset\nc: !override [1]\n", "{‹a›=&x !!str ‹1› ‹b›=!reset ‹› ‹c›=!override [‹1›]}"),
      ("a: !reset null\nb: !<tag:x,1:y> z\n", "{‹a›=!reset ‹null› ‹b›=tag:x,1:y ‹z›}"),
      ("a: |\n  x\n  y\n\n\nb: >-\n  z\n", "{‹a›=‹|\n  x\n  y› ‹b›=‹>-\n  z›}"),
      ("a:\nb: ~\n", "{‹a›=‹› ‹b›=‹~›}"),
      ("- a\n- - b\n  - c\n-\n", "[‹a› [‹b› ‹c›] ‹›]"),
      ("a: x\n  y\nb: z\n", "{‹a›=‹x\n  y› ‹b›=‹z›}"),
      ("? [a, b]\n: c\n", "{[‹a› ‹b›]=‹c›}"),
      ("{a: 1, b: {c: 2}}\n", "{‹a›=‹1› ‹b›={‹c›=‹2›}}"),
    ])
  func ranges(text: String, tree: String) {
    #expect(YAMLFixture.dump(text) == [tree])
    #expect(YAMLFixture.findings(text).isEmpty)
  }

  @Test("Collections end where their last child ends")
  func collectionEnds() throws {
    let result = YAMLFixture.read("a:\n  - 1\n  - 2   # comment\n\n# more\nb: &f # c\n  {x: 1 } # d\n")
    let root = try #require(result.documents.first?.root)
    let list = try #require(root["a"])
    #expect(result.file.text(list.range) == "- 1\n  - 2")
    let flow = try #require(root["b"])
    #expect(result.file.text(flow.range) == "{x: 1 }")
    #expect(flow.anchor.map { result.file.text($0.range) } == "&f")
    #expect(result.file.text(root.range) == "a:\n  - 1\n  - 2   # comment\n\n# more\nb: &f # c\n  {x: 1 }")
  }

  @Test("Ranges stay exact behind thousands of characters of several bytes")
  func farOffsets() throws {
    var text = ""
    for index in 0..<2000 { text += "kéy\(index): 'vä👍'\n" }
    let result = YAMLFixture.read(text)
    let entries = try #require(result.documents.first?.root.entries)
    #expect(entries.count == 2000)
    #expect(entries.allSatisfy { result.file.text($0.value.range) == "'vä👍'" })
    #expect(entries.last.map { result.file.text($0.key.range) } == "kéy1999")
  }

  @Test("Documents are told apart, and anchors end with them")
  func documents() {
    #expect(YAMLFixture.dump("a: 1\n---\nb: 2\n...\n---\n") == ["{‹a›=‹1›}", "{‹b›=‹2›}", "‹›"])
    #expect(YAMLFixture.dump("").isEmpty)
    #expect(YAMLFixture.dump("# only a comment\n").isEmpty)
    #expect(YAMLFixture.findings("a: &x 1\n---\nb: *x\n") == ["yaml/unknown-alias 3:4 '*x'"])
  }

  @Test("A redefined anchor means the latest node above")
  func redefinedAnchor() throws {
    let root = try #require(YAMLFixture.read("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").documents.first?.root)
    #expect(root["b"]?.text == "1")
    #expect(root["d"]?.text == "2")
  }

  @Test("Merge keys: own keys win, then the earlier mapping; merges within merges count")
  func merge() throws {
    let text = """
      x: &x {a: 1, b: 1}
      y: &y {<<: *x, b: 2, c: 2}
      m:
        d: 3
        <<: [*y, {a: 9, e: 9}]
        c: 3
      q: {"<<": 1}
      """
    let root = try #require(YAMLFixture.read(text).documents.first?.root)
    let merged = try #require(root["m"]?.mergedEntries)
    let pairs = merged.map { "\($0.key.text ?? "")=\($0.value.text ?? "")" }
    #expect(pairs == ["d=3", "c=3", "b=2", "a=1", "e=9"])
    #expect(root["m"]?["a"]?.text == "1")
    #expect(root["m"]?["b"]?.text == "2")
    #expect(root["q"]?["<<"]?.text == "1")
  }
}
