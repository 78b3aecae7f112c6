import Diagnostics
import Driver
import IR
import JSON
import Lowering
import Policy
import Source
import Testing

@Suite("Test suites of rulesets")
struct SuiteTests {
  private static let ruleset = """
    version: "1.2.0"
    name: team
    description: for tests
    guards:
      forbidden_path: {patterns: ["**/.ssh/**", "/etc/shadow"], exceptions: ["**/.ssh/known_hosts"]}
      egress_allowlist: {allow: ["*.example.com", "a.example.com"], default_action: block}
      mcp_tool: {block: [shell_exec], require_confirmation: [git_push]}
      secret_leak: {patterns: []}
      patch_integrity: {enabled: false}
      shell_command: {enabled: false}

    """
  private static let read = "{eventType: file_read, data: {type: file, path: \"%\"}}"
  private static let tool = "{eventType: tool_call, data: {type: tool, toolName: \"%\"}, metadata: {toolKind: mcp}}"
  private static let net = "{eventType: network_egress, data: {type: network, host: \"%\", port: 443}}"

  private func compile(_ tests: String, _ ruleset: String = ruleset) -> (CompiledSuite?, DiagnosticBag) {
    var bag = DiagnosticBag()
    let files = MemoryFiles(["t/policy.yml": SourceFile(path: "t/policy.yml", text: ruleset)])
    let file = SourceFile(
      path: "t/suite.yml", text: "name: n\npolicy: policy.yml\nsuites:\n  - name: s\n    tests:\n\(tests)")
    let suite = SuiteCompiler.compile(file, profile: .hardened, sources: RulesetSources(files: files), into: &bag)
    return (suite, bag)
  }

  private func line(_ name: String, _ input: String, _ value: String, _ expect: String) -> String {
    "      - {name: \(name), input: \(input.replacing("%", with: value)), expect: \(expect)}\n"
  }

  private func run(_ tests: String, _ options: SuiteRun.Options = .init()) throws -> SuiteRun {
    let (suite, bag) = compile(tests)
    return try SuiteRun(try #require(suite, "\(bag.diagnostics.map(\.message))"), options)
  }

  @Test(
    "Both polarities are checked, and a warning is no plain 'allowed'",
    arguments: [
      (
        "/a", "allowed", ["allowed: true", "denied: false", "warn: false", "allowed: true, denied: false"],
        ["allowed: false", "denied: true", "warn: true"]
      ),
      (
        "/etc/shadow", "blocked",
        [
          "allowed: false", "denied: true", "warn: false", "guard: forbidden_path", "severity: critical",
          "message_contains: shadow", "reason_contains: matches",
        ],
        [
          "allowed: true", "denied: false", "guard: posture", "severity: high", "message_contains: passwd",
          "reason_contains: passwd",
        ]
      ),
      (
        "git_push", "warn", ["warn: true", "allowed: true, warn: true", "denied: false"],
        ["allowed: true", "allowed: false", "denied: true", "warn: false"]
      ),
    ])
  func polarities(value: String, outcome: String, good: [String], bad: [String]) throws {
    let input = outcome == "warn" ? Self.tool : Self.read
    for (expectations, isGood) in [(good, true), (bad, false)] {
      for expectation in expectations {
        let run = try run(line("c", input, value, "{\(expectation)}"))
        #expect(run.results[0].decision.outcome.rawValue == outcome)
        #expect(run.results[0].failures.isEmpty == isGood, "\(value) \(expectation): \(run.results[0].failures)")
      }
    }
  }

  @Test("A case runs once for each value of its parameter; what a value brings in is no place for another")
  func foreach() throws {
    let tests = """
          - {name: "reads {item}", foreach: paths, input: \(Self.read.replacing("%", with: "/w/{path}/{value}")), expect: {allowed: true}}
      parameters: {paths: [a, "{path}", 7]}

      """.split(separator: "\n").map { "      " + $0.drop { $0 == " " } }.joined(separator: "\n")
    let (suite, bag) = compile(tests.replacing("      parameters", with: "    parameters") + "\n")
    let cases = try #require(suite, "\(bag.diagnostics.map(\.message))").cases.map(\.test)
    #expect(cases.map(\.name) == ["reads a", "reads {path}", "reads 7"])
    guard case .fileRead(let target) = cases[1].event.action else { throw JSONFailure(message: "no read", offset: 0) }
    #expect(target.path == "/w/{path}/{path}" && cases[1].event.id == "test-s-reads--path-")
  }

  @Test("An entry is covered if it decides some case by itself, though another would too")
  func coverage() throws {
    var options = SuiteRun.Options()
    options.measuresCoverage = true
    let tests =
      line("a", Self.read, "/etc/shadow", "{denied: true}") + line("b", Self.net, "a.example.com", "{allowed: true}")
      + line("c", Self.tool, "git_push", "{warn: true}")
    let coverage = try #require(try run(tests, options).coverage)
    let covered = coverage.lines.filter { !$0.events.isEmpty }.map(\.literal.text)
    #expect(covered == ["/etc/shadow", "*.example.com", "a.example.com", "git_push"])
    #expect(coverage.lines.count == 7 && Int(coverage.percent) == 57)
  }

  @Test("Mutants: noticed, without effect, or shown by an event that both decide otherwise")
  func mutants() throws {
    var options = SuiteRun.Options()
    options.triesMutants = true
    let tests =
      line("a", Self.read, "/etc/shadow", "{denied: true}") + line("b", Self.net, "b.example.com", "{allowed: true}")
      + line("c", Self.net, "example.org", "{denied: true}")
    let run = try run(tests, options)
    let mutation = try #require(run.mutation)
    var verdicts: [String: String] = [:]
    for line in mutation.lines {
      let key = "\(line.mutant.guardName).\(line.mutant.change)"
      switch line.verdict {
      case .killed: verdicts[key] = "noticed"
      case .equivalent: verdicts[key] = "equivalent"
      case .survived(let change):
        verdicts[key] = "survived"
        let witness = try #require(change, "\(key) has no witness").witness
        let engines = (try PolicyEngine(run.suite.policy.program), try PolicyEngine(line.mutant.program))
        #expect(engines.0.outcome(of: witness) != engines.1.outcome(of: witness), "\(key)")
        #expect(SuiteRun.location(of: line.mutant, in: run.suite.policy) != nil)
      }
    }
    #expect(verdicts["forbidden_path.patterns without '/etc/shadow'"] == "noticed")
    #expect(verdicts["forbidden_path.patterns without '**/.ssh/**'"] == "survived")
    #expect(verdicts["forbidden_path.exceptions without '**/.ssh/known_hosts'"] == "survived")
    #expect(verdicts["egress_allowlist.allow without '*.example.com'"] == "noticed")
    // The other entry covers it.
    #expect(verdicts["egress_allowlist.allow without 'a.example.com'"] == "equivalent")
    #expect(verdicts["egress_allowlist.default_action: allow"] == "noticed")
    #expect(verdicts["mcp_tool.block without 'shell_exec'"] == "survived")
    #expect(verdicts["mcp_tool.enabled: false"] == "survived")
  }

  @Test("A suite of several files of findings stays located, and nothing runs")
  func findings() {
    let (suite, bag) = compile("      - {name: a, input: {eventType: file_read}, expect: {}}\n")
    #expect(suite == nil)
    #expect(Set(bag.diagnostics.map(\.rule.name)) == ["suite/event", "suite/empty-expectation"])
    #expect(bag.diagnostics.allSatisfy { $0.location.file.path == "t/suite.yml" && !$0.location.range.isEmpty })
    let (none, missing) = compile(
      line("a", Self.read, "/a", "{allowed: true}"), "version: \"1.2.0\"\nguards: {forbidden_path: {x: 1}}\n")
    #expect(none == nil)
    #expect(missing.diagnostics.map(\.rule.name).sorted() == ["policy/unknown-key", "suite/policy"])
  }
}
