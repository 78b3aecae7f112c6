import Diagnostics
import Driver
import Source
import Testing

@Suite("Configuration files")
struct ConfigurationTests {
  private func read(_ text: String, _ bag: inout DiagnosticBag) -> Configuration {
    var configuration = Configuration()
    configuration.apply(SourceFile(path: ".claw.yml", text: text), into: &bag)
    return configuration
  }

  private func finding(_ name: String) throws -> Diagnostic {
    let rule = try #require(RuleCatalog.rule(named: name))
    return Diagnostic(rule, at: Location(SourceFile(path: "Clawfile", text: "x\n"), SourceRange(0, 1)), "m")
  }

  @Test("What is no setting is claw/configuration, at its place and with what to do")
  func invalid() {
    for (text, message, help) in [
      ("fail-on: fatal\n", "'fatal' is no severity", "write error, warning or info"),
      ("fail_on: error\n", "there is no setting 'fail_on'", "did you mean 'fail-on'?"),
      ("strict: yes\n", "strict is true or false", "write 'strict: true'"),
      ("rules: {clawfile/shel-form: off}\n", "there is no rule 'clawfile/shel-form'", "'clawfile/shell-form'?"),
      ("rules: {DL3025: never}\n", "'never' is no severity", "write off, info, warning or error"),
      ("- a\n", "a configuration is one mapping", "'fail-on: warning'"),
      ("strict: true\n---\nstrict: true\n", "a configuration is one mapping", "'fail-on: warning'"),
    ] {
      var bag = DiagnosticBag()
      _ = read(text, &bag)
      let found = bag.diagnostics
      #expect(found.count == 1 && found.first?.rule.name == "claw/configuration", "\(text): \(found)")
      #expect(found.first?.message == message && found.first?.help?.contains(help) == true, "\(found)")
    }
  }

  @Test("Rules are turned off, down and up, by every name; what stops a build stays")
  func severities() throws {
    var bag = DiagnosticBag()
    let configuration = read(
      "fail-on: warning\nrules:\n  DL3025: off\n  clawfile/contract-name: info\n  clawfile/arity: off\n", &bag)
    #expect(bag.isEmpty && configuration.failOn == .warning)
    #expect(configuration.judged(try finding("clawfile/shell-form"), isStrict: false) == nil)
    #expect(configuration.judged(try finding("clawfile/contract-name"), isStrict: false)?.severity == .info)
    #expect(configuration.judged(try finding("clawfile/arity"), isStrict: false)?.severity == .error)
  }

  @Test("A later file overrides an earlier one; variables override both")
  func layers() {
    var bag = DiagnosticBag()
    var configuration = read("fail-on: warning\nstrict: true\n", &bag)
    configuration.apply(SourceFile(path: ".claw.yml", text: "fail-on: info\n"), into: &bag)
    #expect(configuration.failOn == .info && configuration.isStrict == true)
    configuration.apply(Environment(["CLAW_FAIL_ON": "error", "CLAW_STRICT": "0"]), into: &bag)
    #expect(configuration.failOn == .error && configuration.isStrict == false && bag.isEmpty)
    configuration.apply(Environment(["CLAW_FAIL_ON": "fatal", "CLAW_STRICT": "maybe"]), into: &bag)
    #expect(bag.diagnostics.map(\.location.file.path) == ["CLAW_FAIL_ON", "CLAW_STRICT"])
    #expect(configuration.failOn == .error && configuration.isStrict == false)
  }
}
