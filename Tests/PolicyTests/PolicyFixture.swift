import Diagnostics
import Driver
import IR
import Lowering
import Policy
import Source

/// Rulesets and events for tests.
enum PolicyFixture {
  /// The program of a ruleset's text; nil and the findings if there are errors.
  static func program(
    _ text: String, _ profile: PolicyProfile = .hardened, files: [String: String] = [:]
  ) -> (program: PolicyProgram?, bag: DiagnosticBag) {
    var bag = DiagnosticBag()
    let sources = files.mapValues { SourceFile(path: "x", text: $0) }
    let provider = MemoryFiles(Dictionary(uniqueKeysWithValues: sources.map { ($0.key, SourceFile(path: $0.key, bytes: $0.value.bytes)) }))
    let file = SourceFile(path: "policy.yml", text: text)
    let lowered = RulesetCompiler.compile(file, profile: profile, sources: RulesetSources(files: provider), into: &bag)
    return (lowered?.program, bag)
  }

  /// An engine for the guards of a ruleset.
  static func engine(_ guards: String, _ profile: PolicyProfile = .hardened) throws -> PolicyEngine {
    let header = "version: \"1.2.0\"\nname: test\ndescription: for tests\n"
    guard let program = program(header + guards, profile).program else { throw Failure() }
    return try PolicyEngine(program)
  }

  struct Failure: Error {}

  static func event(_ json: String) throws -> PolicyEvent { try EventReader.read(Array(json.utf8)) }

  static func read(_ path: String) -> PolicyEvent { PolicyEvent(id: "e", action: .fileRead(.init(path))) }
  static func egress(_ host: String, url: String? = nil) -> PolicyEvent {
    PolicyEvent(id: "e", action: .egress(host: host, port: 443, url: url))
  }
}
