import IR
import Policy
import TestSupport
import Testing

@Suite("The semantic hash")
struct SemanticHashTests {
  /// Every text over a small alphabet up to a length.
  private static func texts(_ alphabet: [String], upTo length: Int) -> [String] {
    var result = [""]
    var last = [""]
    for _ in 0..<length {
      last = last.flatMap { text in alphabet.map { text + $0 } }
      result += last
    }
    return result
  }

  private static let paths = texts(["a", "b", "/", "."], upTo: 4)
  private static let hosts = texts(["a", "b", "."], upTo: 4).filter { !$0.isEmpty }

  private static func pattern(_ random: inout SeededGenerator, _ pieces: [String]) -> String {
    (0..<Int.random(in: 1...3, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "a" }.joined()
  }

  private static func list(_ random: inout SeededGenerator, _ pieces: [String], atMost count: Int) -> String {
    let patterns = (0..<Int.random(in: 0...count, using: &random)).map { _ in "\"\(pattern(&random, pieces))\"" }
    return "[\(patterns.joined(separator: ", "))]"
  }

  /// A ruleset of which every literal is exact, over a small alphabet.
  private static func ruleset(_ random: inout SeededGenerator, isHardened: Bool) -> String {
    let path = ["a", "b", "/a", "/b", "/", "*", "?", "**/a", "/**", "[ab]", "."]
    let host = ["a", "b", ".", "*", "{a,b}", "[ab]", "*."]
    let action = ["allow", "block", "log"].randomElement(using: &random) ?? "block"
    return """
      version: "1.2.0"
      name: r\(random.next())
      description: generated
      guards:
        forbidden_path:
          patterns: \(list(&random, path, atMost: 3))
          exceptions: \(list(&random, path, atMost: 1))
        egress_allowlist:
          allow: \(list(&random, host, atMost: 2))
          block: \(list(&random, host, atMost: 1))
          default_action: \(action)
        secret_leak: {enabled: false}
        patch_integrity: {enabled: false}
      \(isHardened ? "  shell_command: {enabled: false}" : "")
      """
  }

  private static func outcomes(_ program: PolicyProgram) throws -> [Decision.Outcome] {
    let engine = try PolicyEngine(program)
    return paths.map { engine.outcome(of: PolicyFixture.read($0)) }
      + hosts.map { engine.outcome(of: PolicyFixture.egress($0)) }
  }

  @Test("is equal if and only if every event has the same outcome", arguments: [PolicyProfile.compat, .hardened])
  func exhaustive(profile: PolicyProfile) throws {
    var random = SeededGenerator(seed: profile == .compat ? 3 : 4)
    var byHash: [String: (outcomes: [Decision.Outcome], text: String)] = [:]
    var byOutcomes: [[Decision.Outcome]: String] = [:]
    var count = 0
    for _ in 0..<100 {
      let text = Self.ruleset(&random, isHardened: profile == .hardened)
      guard let program = PolicyFixture.program(text, profile).program else { continue }
      count += 1
      let hash = PolicyMeaning(program).hash
      let outcomes = try Self.outcomes(program)
      if let known = byHash[hash] {
        #expect(known.outcomes == outcomes, "one hash, two meanings:\n\(text)\n\(known.text)")
      } else {
        byHash[hash] = (outcomes, text)
      }
      // Texts of five letters can't show every difference; where they show none, a witness must.
      if let other = byOutcomes[outcomes], other != hash, let twin = byHash[other]?.text {
        guard let left = PolicyFixture.program(twin, profile).program else { continue }
        let comparison = try PolicyComparison(left, program)
        #expect(!comparison.changes.isEmpty || !comparison.undecided.isEmpty, "two hashes, one meaning:\n\(text)\n\(twin)")
      } else {
        byOutcomes[outcomes] = hash
      }
    }
    #expect(count > 50, "most generated rulesets must be valid")
  }

  private static let header = """
    version: "1.2.0"
    name: a
    description: b
    guards:
      secret_leak: {enabled: false}
      patch_integrity: {enabled: false}
      shell_command: {enabled: false}
    """ + "\n  "

  @Test(
    "does not see how a ruleset is spelled",
    arguments: [
      ("forbidden_path: {patterns: [\"**/.ssh/**\", \"**/.env\"]}", "forbidden_path: {patterns: [\"**/.env\", \"**/.ssh/**\", \"**/.ssh/**\"]}"),
      ("egress_allowlist: {allow: [\"{a,b}.x.com\"]}", "egress_allowlist: {allow: [b.x.com, a.x.com]}"),
      ("egress_allowlist: {allow: [\"*.x.com\", a.x.com]}", "egress_allowlist: {allow: [\"*.x.com\"], default_action: block}"),
      ("mcp_tool: {block: [a, b], allow: [c]}", "mcp_tool: {allow: [c], default_action: allow}"),
      ("forbidden_path: {patterns: [\"/a\"], exceptions: [\"/b\"]}", "forbidden_path: {patterns: [\"/a\"]}"),
    ])
  func spelling(left: String, right: String) throws {
    let header = Self.header
    for profile in PolicyProfile.allCases {
      let first = try #require(PolicyFixture.program(header + left, profile).program)
      let second = try #require(PolicyFixture.program(header + right, profile).program)
      #expect(PolicyMeaning(first).hash == PolicyMeaning(second).hash)
    }
  }

  @Test("sees one path more")
  func onePath() throws {
    let header = Self.header
    let first = try #require(PolicyFixture.program(header + "forbidden_path: {patterns: [\"/a/b\"]}").program)
    let second = try #require(PolicyFixture.program(header + "forbidden_path: {patterns: [\"/a/b\", \"/a/c\"]}").program)
    #expect(PolicyMeaning(first).hash != PolicyMeaning(second).hash)
    let comparison = try PolicyComparison(first, second)
    let reads = comparison.changes.filter { $0.kind == .fileRead }
    #expect(reads.count == 1 && reads[0].before == .allowed && reads[0].after == .blocked)
    #expect(try PolicyEngine(first).outcome(of: reads[0].witness) == .allowed)
  }
}
