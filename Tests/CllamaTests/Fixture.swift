import Diagnostics
import Driver
import IR
import Lowering
import Source

/// A ruleset to test with.
enum Fixture {
  struct Missing: Error {}

  static func program(_ text: String = ruleset) throws -> PolicyProgram {
    var bag = DiagnosticBag()
    let file = SourceFile(path: "policy.yml", bytes: Array(text.utf8))
    let lowered = RulesetCompiler.compile(
      file, profile: .hardened, sources: RulesetSources(files: NoFiles()), into: &bag)
    guard let lowered else { throw Missing() }
    return lowered.program
  }

  private struct NoFiles: FileProvider {
    func read(_ path: String, within root: String?, limit: Int) throws(FileFailure) -> SourceFile { throw .missing }
  }

  static let ruleset = """
    version: "1.2.0"
    name: test
    guards:
      secret_leak:
        patterns:
          - name: github_token
            pattern: 'ghp_[A-Za-z0-9]{36}'
            severity: critical
      mcp_tool:
        block: [shell_exec]
        require_confirmation: [pay]
        default_action: allow
      egress_allowlist:
        allow: ["*.example.com"]
        default_action: block
    """
}
