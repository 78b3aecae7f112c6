import Diagnostics
import Directives
import Driver
import JSON
import Lexer
import Runtime
import Source
import Testing
import TestSupport

@Suite("The golden cases show the whole of both languages")
struct GoldenCoverageTests {
  /// The inputs of cases from which an artifact comes, of a language.
  static func inputs(_ language: String, artifact: String) throws -> [(name: String, bytes: [UInt8])] {
    var found: [(String, [UInt8])] = []
    for path in GoldenFolder.cases(below: Repository.path("Tests/Golden/" + language)) {
      let goldenCase = try GoldenFolder.read(path)
      guard goldenCase.expected.keys.contains(where: { $0.hasSuffix(artifact) }) else { continue }
      found += goldenCase.input.map { ($0.key, $0.value) }
    }
    return found
  }

  @Test("Every directive, in a file that is generated from it")
  func directives() throws {
    var shown: Set<String> = []
    for input in try Self.inputs("clawfile", artifact: "Dockerfile.generated") {
      for line in String(decoding: input.bytes, as: UTF8.self).split(separator: "\n") {
        shown.insert(line.prefix { $0 != " " }.uppercased())
      }
    }
    for directive in Directive.all { #expect(shown.contains(directive.keyword), "\(directive.keyword)") }
  }

  @Test("Every field of an x-claw block, in a pod that is generated from it")
  func fields() throws {
    var shown: Set<String> = []
    for input in try Self.inputs("pod", artifact: "compose.generated.yml") where input.name == "claw-pod.yml" {
      var unread = DiagnosticBag()
      let file = SourceFile(path: input.name, bytes: input.bytes)
      for document in YAMLReader.read(file, into: &unread) {
        Self.keys(of: document.root, isBelow: false, into: &shown)
      }
    }
    let definitions = try SchemaTests.schema().root["$defs"]
    for scope in ["pod", "service", "network", "volume", "gateway"] {
      let fields = definitions?[scope]?["properties"]?.members ?? []
      #expect(!fields.isEmpty, "\(scope)")
      for field in fields { #expect(shown.contains(field.name), "\(scope): \(field.name)") }
    }
    for (name, path) in [
      ("invocation", ["invocation"]), ("include", ["include"]), ("describe", ["service", "properties", "describe"]),
    ] {
      var value = definitions
      for step in path { value = value?[step] }
      let fields = value?["properties"]?.members ?? []
      #expect(!fields.isEmpty, "\(name)")
      for field in fields { #expect(shown.contains(field.name), "\(name): \(field.name)") }
    }
  }

  private static func keys(of node: YAMLNode, isBelow: Bool, into shown: inout Set<String>) {
    for entry in node.entries ?? [] {
      let key = entry.key.text ?? ""
      if isBelow { shown.insert(key) }
      keys(of: entry.value, isBelow: isBelow || key == "x-claw", into: &shown)
    }
    for element in node.elements ?? [] { keys(of: element, isBelow: isBelow, into: &shown) }
  }
}
