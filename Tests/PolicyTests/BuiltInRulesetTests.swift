import Diagnostics
import Driver
import IR
import JSON
import Lowering
import Policy
import Source
import TestSupport
import Testing

@Suite("The rulesets that come with claw")
struct BuiltInRulesetTests {
  private static func program(_ name: String) throws -> PolicyProgram {
    var bag = DiagnosticBag()
    let file = try #require(BuiltInRulesets.file(name))
    let sources = RulesetSources(files: MemoryFiles())
    let lowered = RulesetCompiler.compile(
      file, profile: .hardened, sources: sources, checksEntries: true, into: &bag)
    #expect(bag.isEmpty, "\(bag.diagnostics.map { "\($0.rule.name): \($0.message)" })")
    return try #require(lowered).program
  }

  @Test("have no finding", arguments: BuiltInRulesets.names)
  func areClean(name: String) throws { _ = try Self.program(name) }

  @Test("Overlays let nothing through that strict blocks", arguments: ["soc2", "hipaa", "gdpr", "pci-dss"])
  func overlays(name: String) throws {
    let comparison = try PolicyComparison(Self.program("strict"), Self.program(name))
    #expect(comparison.changes.filter { $0.before == .blocked && $0.after != .blocked }.isEmpty)
    #expect(comparison.undecided.filter(\.mayUnblock).isEmpty)
    #expect(!comparison.changes.isEmpty, "an overlay that changes nothing is none")
  }

  @Test("The example for coding assistants means what ai-agent means")
  func lockstep() throws {
    var bag = DiagnosticBag()
    let path = "examples/policies/coding-assistant.yml"
    let file = SourceFile(path: path, text: try #require(Repository.text(path)))
    let sources = RulesetSources(files: MemoryFiles())
    let lowered = RulesetCompiler.compile(file, profile: .hardened, sources: sources, checksEntries: true, into: &bag)
    #expect(bag.isEmpty, "\(bag.diagnostics.map(\.message))")
    #expect(PolicyMeaning(try #require(lowered).program).hash == PolicyMeaning(try Self.program("ai-agent")).hash)
  }

  @Test("strict and permissive differ, and each difference is one that both decide so")
  func witnesses() throws {
    let (strict, permissive) = (try Self.program("strict"), try Self.program("permissive"))
    let comparison = try PolicyComparison(strict, permissive)
    let engines = (try PolicyEngine(strict), try PolicyEngine(permissive))
    #expect(Set(comparison.changes.map(\.kind)).isSuperset(of: [.fileRead, .fileWrite, .egress, .tool, .secret]))
    for change in comparison.changes {
      // What is shown is what anybody sees who replays the event from its JSON.
      let event = try PolicyFixture.event(change.witness.json.text())
      #expect(engines.0.outcome(of: event) == change.before, "\(change.witness.json.text())")
      #expect(engines.1.outcome(of: event) == change.after, "\(change.witness.json.text())")
    }
  }
}
