import Diagnostics
import Driver
import JSON
import Lexer
import Runtime
import Source
import Testing
import TestSupport

@Suite("The schema of rulesets says what the parser says")
struct RulesetSchemaTests {
  /// The rules that a schema can state; the rest takes other files, or the meaning of a text.
  static let stated = [
    "policy/unknown-key", "policy/unsupported-guard", "policy/missing-key", "policy/field-type", "policy/field-value",
    "policy/version", "policy/missing-version",
  ]
  static let cases = GoldenFolder.cases(below: Repository.path("Tests/Golden/policy")).map { FilePath.name(of: $0) }

  static func schema() throws -> JSONSchema {
    JSONSchema(root: try JSONParser.parse(Array((Repository.text(RulesetSchema.path) ?? "").utf8)))
  }

  @Test("The file is what the records make")
  func isCurrent() throws {
    let made = RulesetSchema.value.text(indented: true) + "\n"
    if Repository.text(RulesetSchema.path) == made { return }
    if Repository.isUpdating { try Repository.write(made, to: RulesetSchema.path) }
    Issue.record("\(RulesetSchema.path) is stale (CLAW_GOLDEN_UPDATE=1 rewrites it)")
  }

  @Test("It uses only keywords that these tests check")
  func keywords() throws {
    #expect(JSONSchema.keywords(try Self.schema().root).subtracting(JSONSchema.known).sorted() == [])
  }

  @Test("It refuses what breaks a rule that it states, and nothing that the parser takes", arguments: cases)
  func agrees(name: String) throws {
    let goldenCase = try GoldenFolder.read(Repository.path("Tests/Golden/policy/" + name))
    guard goldenCase.main?.kind == .ruleset, let bytes = goldenCase.main.flatMap({ goldenCase.input[$0.path] }) else {
      return
    }
    let findings = goldenCase.expected["diagnostics.txt"].map { String(decoding: $0, as: UTF8.self) } ?? ""
    try agree(SourceFile(path: "policy.yml", bytes: bytes), findings, name)
  }

  private func agree(_ file: SourceFile, _ findings: String, _ name: String) throws {
    var bag = DiagnosticBag()
    let documents = YAMLReader.read(file, into: &bag)
    if bag.hasErrors || documents.count != 1 { return }
    let isRefused = Self.stated.contains { findings.contains("error[\($0)]") }
    let isAccepted = documents.allSatisfy { document in
      (try? Self.schema().accepts(SchemaTests.value(document.root))) ?? false
    }
    if isRefused { #expect(!isAccepted, "\(name): the schema takes it: \(findings)") }
    if !isAccepted { #expect(findings.contains("error["), "\(name): the schema refuses what the parser takes") }
  }

  @Test(
    "Values of every type: the schema and the parser agree",
    arguments: [
      "guards: {}", "guards: {forbidden_path: }", "guards: {forbidden_path: {enabled: yes}}",
      "guards: {forbidden_path: {enabled: \"true\"}}",
      "guards: {forbidden_path: {exceptions: }}", "guards: {forbidden_path: {exceptions: /a}}",
      "guards: {forbidden_path: {exceptions: [1, true, x]}}",
      "guards: {mcp_tool: {max_args_size: 5}}", "guards: {mcp_tool: {max_args_size: -5}}",
      "guards: {mcp_tool: {deny: [x]}}",
      "guards: {mcp_tool: {default_action: deny}}", "guards: {mcp_tool: {default_action: log}}",
      "guards: {patch_integrity: {max_imbalance_ratio: 2.5}}",
      "guards: {patch_integrity: {max_imbalance_ratio: x}}",
      "guards: {secret_leak: {patterns: [{name: a, pattern: b, masking: {first: 256}}]}}",
      "guards: {secret_leak: {patterns: [{name: a, pattern: b, masking: {first: 255}}]}}",
      "guards: {secret_leak: {patterns: [{pattern: b}]}}",
      "guards: {jailbreak: {detector: {layers: {ml: false}}}}", "guards: {hard_rails: {clear: []}}",
      "settings: {fail_fast: true}",
      "settings: {fail_fast: 1}", "posture: {initial: a, states: {a: {capabilities: [], budgets: {patches: 1}}}}",
      "posture: {initial: a, states: {a: {capabilities: [], budgets: {patches: x}}}}", "posture: {initial: a}",
      "unknown: 1", "extends: strict",
      "custom_guards: [{id: x, enabled: false, config: {anything: [1]}}]", "custom_guards: [{enabled: false}]",
      "merge_strategy: deep",
      "guards: {custom: [{package: clawdstrike-snyk, enabled: false, async: {timeout_ms: 99}}]}",
    ])
  func values(text: String) throws {
    let file = SourceFile(path: "policy.yml", text: "version: \"1.2.0\"\nname: a\n\(text)\n")
    var options = CompileOptions()
    options.makesArtifacts = false
    let bag = Compiler.compile(file, kind: .ruleset, files: MemoryFiles(), options: options).bag
    let findings = bag.diagnostics.filter { $0.severity == .error }.map { "error[\($0.rule.name)]" }.joined()
    try agree(file, findings, text)
  }
}
