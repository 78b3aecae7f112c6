import Diagnostics
import Driver
import JSON
import Lexer
import Runtime
import Source
import TestSupport
import Testing

@Suite("The schemas of workloads and fleets say what the parser says")
struct WorkloadSchemaTests {
  /// The rules that a schema can state; the rest takes the meaning of a text, or of another key.
  static let stated = ["unknown-key", "missing-key", "field-type", "field-value"].flatMap {
    ["workload/\($0)", "fleet/\($0)"]
  }

  static func schema(_ path: String) throws -> JSONSchema {
    JSONSchema(root: try JSONParser.parse(Array((Repository.text(path) ?? "").utf8)))
  }

  @Test("The files are what is made here", arguments: [WorkloadSchema.workload, WorkloadSchema.fleet])
  func isCurrent(path: String) throws {
    let made = WorkloadSchema.value(path).text(indented: true) + "\n"
    if Repository.text(path) == made { return }
    if Repository.isUpdating { try Repository.write(made, to: path) }
    Issue.record("\(path) is stale (CLAW_GOLDEN_UPDATE=1 rewrites it)")
  }

  @Test("They use only keywords that these tests check", arguments: [WorkloadSchema.workload, WorkloadSchema.fleet])
  func keywords(path: String) throws {
    #expect(JSONSchema.keywords(try Self.schema(path).root).subtracting(JSONSchema.known).sorted() == [])
  }

  @Test("Golden cases", arguments: ["workload", "fleet"])
  func agrees(language: String) throws {
    let schema = try Self.schema("grammars/\(language).schema.json")
    let folder = Repository.path("Tests/Golden/\(language)")
    var (accepted, refused) = (0, 0)
    for path in GoldenFolder.cases(below: folder) {
      let goldenCase = try GoldenFolder.read(path)
      let file = SourceFile(path: "\(language).yml", bytes: try #require(goldenCase.input["\(language).yml"]))
      var bag = DiagnosticBag()
      let documents = YAMLReader.read(file, into: &bag)
      if bag.hasErrors || documents.count != 1 { continue }
      let isTaken =
        language == "fleet"
        ? WorkloadCompiler.fleet(file, into: &bag) != nil : WorkloadCompiler.compile(file, into: &bag) != nil
      let isStated = bag.diagnostics.contains { Self.stated.contains($0.rule.name) }
      let isAccepted = schema.accepts(SchemaTests.value(documents[0].root))
      if isAccepted { accepted += 1 } else { refused += 1 }
      if isStated { #expect(!isAccepted, "\(path): the schema takes it: \(bag.diagnostics.map(\.message))") }
      if !isAccepted { #expect(!isTaken, "\(path): the schema refuses what the parser takes") }
    }
    #expect(accepted > 3 && refused > 3)
  }
}
