import Diagnostics
import Driver
import JSON
import Lexer
import Lowering
import Runtime
import Source
import Testing
import TestSupport

@Suite("The schema of packs says what the parser says")
struct PackSchemaTests {
  /// The rules that a schema can state; the rest takes the meaning of a text, or of another key.
  static let stated = ["pack/unknown-key", "pack/missing-key", "pack/field-type", "pack/field-value", "pack/empty"]
  static let cases = GoldenFolder.cases(below: Repository.path("Tests/Golden/pack")).map { FilePath.name(of: $0) }

  static func schema() throws -> JSONSchema {
    JSONSchema(root: try JSONParser.parse(Array((Repository.text(PackSchema.path) ?? "").utf8)))
  }

  @Test("The file is what is made here")
  func isCurrent() throws {
    let made = PackSchema.value.text(indented: true) + "\n"
    if Repository.text(PackSchema.path) == made { return }
    if Repository.isUpdating { try Repository.write(made, to: PackSchema.path) }
    Issue.record("\(PackSchema.path) is stale (CLAW_GOLDEN_UPDATE=1 rewrites it)")
  }

  @Test("It uses only keywords that these tests check")
  func keywords() throws {
    #expect(JSONSchema.keywords(try Self.schema().root).subtracting(JSONSchema.known).sorted() == [])
  }

  @Test(
    "Golden cases: it refuses what breaks a rule that it states, and nothing that the parser takes", arguments: cases)
  func agrees(name: String) throws {
    let goldenCase = try GoldenFolder.read(Repository.path("Tests/Golden/pack/" + name))
    try agree(SourceFile(path: "pack.yml", bytes: try #require(goldenCase.input["pack.yml"])), name)
  }

  @Test("Packs that come with claw", arguments: BuiltInPacks.names)
  func builtIns(name: String) throws { try agree(try #require(BuiltInPacks.file(name)), name) }

  private func agree(_ file: SourceFile, _ name: String) throws {
    var ignored = DiagnosticBag()
    let documents = YAMLReader.read(file, into: &ignored)
    if ignored.hasErrors || documents.count != 1 { return }
    var bag = DiagnosticBag()
    let isTaken = PackCompiler.compile(file, into: &bag) != nil
    let isRefused = bag.diagnostics.contains { Self.stated.contains($0.rule.name) }
    let schema = try Self.schema()
    let isAccepted = documents.allSatisfy { schema.accepts(SchemaTests.value($0.root)) }
    if isRefused { #expect(!isAccepted, "\(name): the schema takes it: \(bag.diagnostics.map(\.message))") }
    if !isAccepted { #expect(!isTaken, "\(name): the schema refuses what the parser takes") }
  }

  @Test("Small changes of packs: the schema and the parser agree")
  func mutations() throws {
    var random = SeededGenerator(seed: 3)
    let lines = BuiltInPacks.names.compactMap { BuiltInPacks.file($0) }.map {
      String(decoding: $0.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
    let words = [
      "event", "count", "order", "type", "which", "where", "field", "is", "at_least", "first", "7", "x", "all",
    ]
    for round in 0..<400 {
      var text = lines[round % lines.count]
      let index = Int.random(in: 0..<text.count, using: &random)
      let parts = text[index].split(separator: ":", maxSplits: 1)
      guard let word = words.randomElement(using: &random), let key = parts.first else { continue }
      let indent = String(key.prefix { $0 == " " || $0 == "-" })
      switch round % 3 {
      case 0: text.remove(at: index)
      case 1: text[index] = "\(indent)\(word):\(parts.count > 1 ? String(parts[1]) : "")"
      default: text[index] = "\(key): \(word)"
      }
      try agree(
        SourceFile(path: "pack.yml", text: text.joined(separator: "\n") + "\n"), text[min(index, text.count - 1)])
    }
  }
}
