import Emitters
import IR
import Lowering
import Processes
import Runtime
import Source
import TestSupport
import Testing

/// Prometheus' own tool looks at the rules (scripts/bootstrap installs it).
@Suite("Alerts for Prometheus")
struct PromtoolTests {
  private static func rules(_ plan: WorkloadPlan, _ target: WorkloadTarget) throws -> [UInt8] {
    let files = WorkloadEmitter.emit(plan, for: target, waived: []).files
    return try #require(files.first { $0.name == "a.rules.yml" }).bytes
  }

  private static func plan(_ alerts: [Alert]) -> WorkloadPlan {
    var plan = WorkloadPlan(name: "a", kind: .job, image: "b", cores: 1, memory: 1)
    plan.alerts = alerts
    plan.id = "a-0"
    return plan
  }

  private static func check(_ bytes: [UInt8]) async throws -> ChildProcess.Result {
    let promtool = try #require(Programs.find("promtool", environment: ProcessEnvironment.current), "no promtool")
    let folder = try TemporaryFolder.make("rules")
    defer { TemporaryFolder.remove(folder) }
    _ = try ArtifactStore.write([("\(folder)/a.rules.yml", bytes)])
    return try await OwnThread.run {
      try ChildProcess(promtool, ["check", "rules", "\(folder)/a.rules.yml"]).capture(timeout: .seconds(60))
    }
  }

  @Test(
    "Every target's rules pass promtool, and their sentences are no templates",
    arguments: [.kubernetes(minor: 37), .slurm(isPlain: true), .compose, .swarm] as [WorkloadTarget])
  func pass(target: WorkloadTarget) async throws {
    let sentences = ["", "{{ $labels.x }", "{{", "a {{{ b", "100 % \"slow\"\n'{}'", "{{ end }}"]
    let alerts = Alert.Severity.allCases.flatMap { severity in
      sentences.enumerated().map { index, sentence in
        Alert(
          name: "A\(index)_\(severity.rawValue)", expression: "rate(x_total{code=~\"5..\",a!='b'}[5m]) > 0.1",
          holdsFor: index * 90, severity: severity, summary: sentence)
      }
    }
    let result = try await Self.check(try Self.rules(Self.plan(alerts), target))
    #expect(result.status == 0, "\(result.text) \(result.complaint)")
    #expect(result.text.contains("\(alerts.count) rules found"))
  }

  @Test("promtool refuses what is no expression")
  func refuses() async throws {
    let alert = Alert(name: "A", expression: "rate(x)", holdsFor: 0, severity: .info, summary: "")
    #expect(try await Self.check(try Self.rules(Self.plan([alert]), .compose)).status != 0)
  }

  @Test("A format has no rules of its own, and no alerts make no file")
  func none() {
    let plan = Self.plan([])
    #expect(WorkloadEmitter.emit(plan, for: .compose, waived: []).files.count == 1)
    let alert = Alert(name: "A", expression: "up", holdsFor: 0, severity: .info, summary: "")
    #expect(WorkloadEmitter.emit(Self.plan([alert]), for: .json, waived: []).files.count == 1)
  }
}
