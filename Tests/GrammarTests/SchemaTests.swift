import Diagnostics
import Driver
import JSON
import Lexer
import Runtime
import Source
import Testing
import TestSupport

@Suite("The schema of claw-pod.yml says what the compiler says of x-claw blocks")
struct SchemaTests {
  /// The rules that a schema can state; the rest takes other files, other services, or variables.
  static let stated = [
    "pod/unknown-claw-field", "pod/claw-field-type", "pod/count", "pod/expose", "pod/visibility", "pod/surface",
  ]
  /// Cases whose finding is of a stated rule but about something that a schema can't see.
  static let exceptions = [
    "claw-network-visibility-ports": "another service's ports", "field-visibility-bad": "another service's ports",
    "refuse-visibility": "another service's ports", "claw-surfaces": "whether there is a sidecar",
    "refuse-surface": "whether a service is there", "sidecar-hermetic-bad": "one field against another",
    "sidecar-service-port-bad": "another service's ports", "field-network-range-bad": "arithmetic of addresses",
    "field-network-range-length": "arithmetic of addresses",
    "field-skills-twice": "what files are called",
    "field-expose-on-claw": "which other fields make the service a claw",
  ]
  static let cases = GoldenFolder.cases(below: Repository.path("Tests/Golden/pod")).map { FilePath.name(of: $0) }

  static func schema() throws -> JSONSchema {
    JSONSchema(root: try JSONParser.parse(Array((Repository.text("grammars/claw-pod.schema.json") ?? "").utf8)))
  }

  @Test("It uses only keywords that this test checks")
  func keywords() throws {
    #expect(JSONSchema.keywords(try Self.schema().root).subtracting(JSONSchema.known).sorted() == [])
  }

  @Test("It refuses what breaks a rule that it states, and nothing that the compiler takes", arguments: cases)
  func agrees(name: String) throws {
    let goldenCase = try GoldenFolder.read(Repository.path("Tests/Golden/pod/" + name))
    guard let bytes = goldenCase.input["claw-pod.yml"], String(decoding: bytes, as: UTF8.self).contains("x-claw") else {
      return
    }
    var bag = DiagnosticBag()
    let documents = YAMLReader.read(SourceFile(path: "claw-pod.yml", bytes: bytes), into: &bag)
    if bag.hasErrors { return }
    let findings = goldenCase.expected["diagnostics.txt"].map { String(decoding: $0, as: UTF8.self) } ?? ""
    let isRefused = Self.stated.contains { findings.contains("error[\($0)]") }
    let schema = try Self.schema()
    let isAccepted = documents.allSatisfy { schema.accepts(Self.value($0.root)) }
    if isRefused, Self.exceptions[name] == nil { #expect(!isAccepted, "the schema takes it: \(findings)") }
    if !isAccepted { #expect(findings.contains("error["), "the schema refuses what the compiler takes") }
  }

  /// A tree as the schema sees it, aliases and merge keys resolved.
  static func value(_ node: YAMLNode) -> JSONValue {
    let node = node.resolved
    if let elements = node.elements { return .array(elements.map(value)) }
    if let entries = node.mergedEntries { return .object(entries.map { .init($0.key.text ?? "", value($0.value)) }) }
    if node.isNull { return .null }
    guard let text = node.text else { return .null }
    if node.style != .plain { return .string(text) }
    switch YAMLScalar.resolve(text, style: .plain, tag: nil) {
    case .bool(let value): return .bool(value)
    case .int(let number): return .number(String(number))
    case .float, .unsigned: return .number(text)
    default: return .string(text)
    }
  }
}
