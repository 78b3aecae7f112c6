import Diagnostics
import Driver
import Guards
import JSON
import Lexer
import Runtime
import Source
import TestSupport
import Testing

@Suite("The schema of tenancies says what the parser says")
struct TenancySchemaTests {
  private static let path = "grammars/tenancy.schema.json"
  /// The rules that a schema can state; the rest takes the meaning of a text, or of another key.
  private static let stated = ["unknown-key", "missing-key", "field-type", "field-value"].map { "tenancy/\($0)" }

  private static func schema() throws -> JSONSchema {
    JSONSchema(root: try JSONParser.parse(Array((Repository.text(path) ?? "").utf8)))
  }

  /// The schema, made of the records that the parser is made of.
  private static var value: JSONValue {
    let members = FieldSchema.record(TenancyLanguage.file, "A tenancy").members ?? []
    return .object(
      [
        .init("$schema", "https://json-schema.org/draft/2020-12/schema"), .init("title", "A tenancy of claw"),
      ] + members.filter { $0.name != "description" } + [
        .init("description", "What a schema can't say, 'claw tenancy check' does.")
      ])
  }

  @Test("The file is what is made here, of keywords that these tests check")
  func isCurrent() throws {
    let made = Self.value.text(indented: true) + "\n"
    if Repository.text(Self.path) != made {
      if Repository.isUpdating { try Repository.write(made, to: Self.path) }
      Issue.record("\(Self.path) is stale (CLAW_GOLDEN_UPDATE=1 rewrites it)")
    }
    #expect(JSONSchema.keywords(try Self.schema().root).subtracting(JSONSchema.known).sorted() == [])
  }

  @Test("Golden cases")
  func agrees() throws {
    let schema = try Self.schema()
    var (accepted, refused) = (0, 0)
    for path in GoldenFolder.cases(below: Repository.path("Tests/Golden/tenancy")) {
      let goldenCase = try GoldenFolder.read(path)
      guard let main = goldenCase.main, main.kind == .tenancy else { continue }
      let file = SourceFile(path: "tenancy.yml", bytes: try #require(goldenCase.input[main.path]))
      var bag = DiagnosticBag()
      let documents = YAMLReader.read(file, into: &bag)
      if bag.hasErrors || documents.count != 1 { continue }
      let isTaken = TenancyCompiler.compile(file, into: &bag) != nil
      let isStated = bag.diagnostics.contains { Self.stated.contains($0.rule.name) }
      let isAccepted = schema.accepts(SchemaTests.value(documents[0].root))
      if isAccepted { accepted += 1 } else { refused += 1 }
      if isStated { #expect(!isAccepted, "\(path): the schema takes it: \(bag.diagnostics.map(\.message))") }
      if !isAccepted { #expect(!isTaken, "\(path): the schema refuses what the parser takes") }
    }
    #expect(accepted > 3 && refused > 3)
  }
}
