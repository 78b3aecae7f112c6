import Diagnostics
import IR
import Policy
import TestSupport
import Testing

/// What the reference engine does that ours would not: facts of reference section 1 and 2, as tables.
@Suite("The profile compat")
struct CompatTests {
  @Test(
    "joins a child with its parent as the reference does",
    arguments: [
      // A list that the child gives discards its own additions.
      (
        "egress_allowlist: {allow: [a.com]}", "egress_allowlist: {allow: [b.com], additional_allow: [c.com]}",
        ["b.com"], ["a.com", "c.com"]
      ),
      (
        "egress_allowlist: {allow: [a.com]}", "egress_allowlist: {additional_allow: [c.com]}", ["a.com", "c.com"],
        ["b.com"]
      ),
      ("egress_allowlist: {allow: [a.com]}", "egress_allowlist: {allow: []}", ["a.com"], ["b.com"]),
      ("egress_allowlist: {allow: [a.com, b.com]}", "egress_allowlist: {remove_allow: [a.com]}", ["b.com"], ["a.com"]),
      // A section that the parent lacks is joined with the engine's own defaults.
      (
        "mcp_tool: {block: [x]}", "egress_allowlist: {additional_allow: [c.com]}", ["c.com", "api.github.com"],
        ["a.com"]
      ),
    ])
  func egress(base: String, child: String, allowed: [String], blocked: [String]) throws {
    let header = "version: \"1.2.0\"\nname: a\ndescription: b\n"
    let text = header + "extends: base.yml\nguards:\n  \(child)\n"
    let files = ["base.yml": header + "guards:\n  \(base)\n"]
    let program = try #require(PolicyFixture.program(text, .compat, files: files).program)
    let engine = try PolicyEngine(program)
    for host in allowed { #expect(engine.outcome(of: PolicyFixture.egress(host)) == .allowed, "\(host)") }
    for host in blocked { #expect(engine.outcome(of: PolicyFixture.egress(host)) == .blocked, "\(host)") }
  }

  @Test("ignores additions without a parent, which hardened honours")
  func additionsAlone() throws {
    let guards = "guards:\n  egress_allowlist: {allow: [a.com], additional_allow: [b.com]}\n"
    #expect(try PolicyFixture.engine(guards, .compat).outcome(of: PolicyFixture.egress("b.com")) == .blocked)
    #expect(try PolicyFixture.engine(guards).outcome(of: PolicyFixture.egress("b.com")) == .allowed)
  }

  @Test(
    "matches paths as Rust's glob library does",
    arguments: [
      ("/a/*", "/a/b/c", true), ("**/x", "x", true), ("**/x", "/x", true), ("**/x", "a/b/x", true),
      ("**/x", "axx", false),
      ("a/**", "a/b", true), ("a/**", "a", false), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true),
      ("**", "/any", true),
      ("[!x]y", "ay", true), ("[]a]", "]", true), ("{a,b}", "a", false), ("a?b", "a/b", true), ("A", "a", false),
    ])
  func globs(pattern: String, path: String, matches: Bool) throws {
    let engine = try PolicyFixture.engine("guards:\n  forbidden_path: {patterns: ['\(pattern)']}\n", .compat)
    #expect((engine.outcome(of: PolicyFixture.read(path)) == .blocked) == matches)
  }

  @Test(
    "matches hosts as Rust's globset library does",
    arguments: [
      ("*.x.com", "a.b.x.com", true), ("*.x.com", "x.com", false), ("*.x.com", ".x.com", true),
      ("X.com", "x.COM", true),
      ("{a,b}.com", "b.com", true), ("a?.com", "ab.com", true), ("x.com", "x.com.", false), ("*", "any", true),
      ("\\\\*", "*", true),
    ])
  func hosts(pattern: String, host: String, matches: Bool) throws {
    let guards = "guards:\n  egress_allowlist: {block: [\"\(pattern)\"], default_action: allow}\n"
    #expect((try PolicyFixture.engine(guards, .compat).outcome(of: PolicyFixture.egress(host)) == .blocked) == matches)
  }

  @Test("A guard that only a host can run makes a program decide nothing")
  func hostGuards() throws {
    let text = "version: \"1.2.0\"\nname: a\ndescription: b\ncustom_guards: [{id: ours}]\n"
    let program = try #require(PolicyFixture.program(text, .compat).program)
    #expect(throws: PolicyEngine.Refusal.self) { try PolicyEngine(program) }
  }
}

@Suite("Hard rails")
struct HardRailsTests {
  @Test(
    "find what they are for, and nothing like it",
    arguments: [
      ("pii.mail", "write to someone@example.com", "write to someone at example"),
      ("pii.phone", "call +44 20 7946 0958 now", "room +1 2"),
      ("pii.card", "card 4111 1111 1111 1111", "card 4111 1111 1111 1112"),
      ("pii.iban", "GB82 WEST 1234 5698 7654 32", "GB83 WEST 1234 5698 7654 32"),
      ("pii.us_ssn", "ssn 123-45-6789", "ssn 000-45-6789"),
      ("pii.uk_nino", "nino AB 12 34 56 C", "nino DF 12 34 56 C"),
      ("financial.advice", "You should buy this stock.", "The stock exchange opened. You should know."),
      ("legal.exposure", "We admit that the company is liable.", "The court will decide. We wait."),
    ])
  func detectors(name: String, bad: String, good: String) throws {
    let others = [
      "pii.mail", "pii.phone", "pii.card", "pii.iban", "pii.us_ssn", "pii.uk_nino", "financial.advice",
      "legal.exposure",
    ]
    .filter { $0 != name }.joined(separator: ", ")
    let guards = """
      guards:
        hard_rails: {disabled: [\(others)], detectors: {\(name): {warn_at: 1, block_at: 2}}}
      """
    let engine = try PolicyFixture.engine(guards)
    func outcome(_ text: String) -> Decision.Outcome {
      engine.outcome(of: PolicyEvent(id: "e", action: .fileWrite(.init("/w/a"), content: Array(text.utf8))))
    }
    #expect(outcome(bad) == .warn)
    #expect(outcome(bad + "\n" + bad) == .blocked)
    #expect(outcome(good) == .allowed)
  }
}
