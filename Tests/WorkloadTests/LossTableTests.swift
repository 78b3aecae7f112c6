import Diagnostics
import Driver
import Emitters
import IR
import Runtime
import Source
import TestSupport
import Testing

@Suite("The table of fields and engines in docs/workloads.md is what the emitters do")
struct LossTableTests {
  /// A field, and a workload that says it and little else.
  static let fields: [(field: String, lines: [String])] = [
    ("kind: service", ["kind: service"]), ("image", []), ("command", ["command: [run, it]"]), ("env", ["env: {A: b}"]),
    ("secrets, as variables", ["secrets: [{secret: hub, key: token, env: TOKEN}]"]),
    ("secrets, as files", ["secrets: [{secret: hub, key: token, file: /run/token}]"]), ("cpu", ["cpu: 4"]),
    ("memory", ["memory: 4GiB"]), ("gpus.count", ["gpus: 2"]), ("gpus.type", ["gpus: {count: 2, type: h100}"]),
    ("gpus.memory", ["gpus: {count: 2, memory: 40GiB}"]), ("gpus.model", ["gpus: {count: 2, model: PCIe}"]),
    ("gpus.selector", ["gpus: {count: 2, selector: device.index < 4}"]),
    ("gpus.link: nvlink", ["gpus: {count: 2, link: nvlink}"]),
    ("gpus.link: socket", ["gpus: {count: 2, link: socket}"]),
    ("gpus.fallback", ["gpus: {count: 2, type: h100, fallback: [{count: 4, type: a100}]}"]),
    ("workers.count", ["workers: 4"]), ("workers.parallelism", ["workers: {count: 4, parallelism: 2}"]),
    ("workers.indexed", ["command: [run]", "workers: {count: 4, indexed: true}"]),
    ("workers.gang", ["workers: {count: 4, gang: true}"]), ("placement.labels", ["placement: {labels: {zone: a}}"]),
    ("placement.labels: \"true\"", ["placement: {labels: {ib: \"true\"}}"]),
    ("placement.conditions", ["placement: {conditions: {Ready: \"true\"}}"]),
    ("placement.gates", ["placement: {gates: [quota]}"]),
    ("placement.within: rack", ["workers: {count: 4, gang: true}", "placement: {within: rack}"]),
    ("placement.strict", ["workers: {count: 4, gang: true}", "placement: {within: rack, strict: true}"]),
    ("placement.workers_per_node", ["workers: {count: 4, gang: true}", "placement: {workers_per_node: 2}"]),
    ("queue", ["queue: batch"]), ("priority", ["priority: high-priority"]),
    ("preemption.take", ["preemption: {take: true}"]),
    ("preemption.protected", ["preemption: {protected: true}"]), ("preemption.grace", ["preemption: {grace: 60s}"]),
    ("retries.limit", ["retries: 3"]),
    ("retries.per_worker", ["workers: {count: 4, indexed: true}", "command: [run]", "retries: {per_worker: 2}"]),
    ("retries.on_interruption", ["retries: {on_interruption: false}"]), ("time_limit", ["time_limit: 4h"]),
    ("finish_by", ["finish_by: \"2030-01-01T00:00:00Z\""]), ("volumes.host", ["volumes: [{path: /d, host: /srv/d}]"]),
    ("volumes.claim", ["volumes: [{path: /d, claim: corpus}]"]),
    ("volumes.scratch", ["volumes: [{path: /d, scratch: 1GiB}]"]),
    ("volumes.shm", ["memory: 4GiB", "volumes: [{path: /dev/shm, shm: 1GiB}]"]), ("ports", ["ports: [8000]"]),
    ("probes, by command", ["probes: {liveness: {command: [check]}}"]),
    ("probes, by http or tcp", ["kind: service", "probes: {readiness: {tcp: 8000}}"]),
    ("egress", ["egress: [\"10.0.0.0/8\"]"]), ("user", ["user: 1000"]),
    ("rollout: rolling", ["kind: service", "workers: 4", "rollout: {strategy: rolling, batch: 2, environment: dev}"]),
    ("rollout: canary", ["kind: service", "rollout: canary"]),
    ("rollout: blue-green", ["kind: service", "ports: [8000]", "rollout: blue-green"]),
    ("scaling", ["kind: service", "scaling: {min: 1, max: 4, cpu: 70}"]),
    ("alerts", ["alerts: [{name: Down, expr: up == 0}]"]),
  ]

  static let targets = [
    "kubernetes@1.37", "kubernetes@1.33", "slurm", "slurm-plain", "compose", "swarm", "json", "protobuf",
  ]

  static func losses(_ lines: [String], _ target: WorkloadTarget) throws -> Set<String> {
    var text = "workload:\n  name: w\n  image: example.org/w:1\n"
    if !lines.contains(where: { $0.hasPrefix("command") }) { text += "  command: [run]\n" }
    text += lines.map { "  \($0)\n" }.joined()
    var bag = DiagnosticBag()
    let plan = WorkloadCompiler.compile(SourceFile(path: "w.yml", bytes: Array(text.utf8)), into: &bag)
    let sound = try #require(plan, "\(text)\(bag.diagnostics.map(\.message))")
    return Set(WorkloadEmitter.emit(sound, for: target, waived: []).losses.map(\.field))
  }

  @Test("It is what the emitters say")
  func table() throws {
    let targets = try Self.targets.map { try #require(WorkloadTarget($0)) }
    // What is lost of a workload that says nothing is lost of each.
    let base = try targets.map { try Self.losses([], $0) }
    let service = try targets.map { try Self.losses(["kind: service"], $0) }
    var lines = ["| field | \(Self.targets.joined(separator: " | ")) |"]
    lines.append("|---|" + String(repeating: "---|", count: Self.targets.count))
    for (field, said) in Self.fields {
      let isService = said.contains("kind: service") && !field.hasPrefix("kind")
      let cells = try targets.enumerated().map { index, target -> String in
        let all = try Self.losses(said, target)
        if field == "image" { return all.contains("image") ? "lost" : "yes" }
        let usual = isService ? service[index] : base[index]
        let own = String(field.prefix { $0 != ":" && $0 != "," })
        return all.subtracting(usual).isEmpty && !(field.hasPrefix("kind") && all.contains(own)) ? "yes" : "lost"
      }
      lines.append("| \(field) | \(cells.joined(separator: " | ")) |")
    }
    let path = "docs/workloads.md"
    let page = try #require(Repository.text(path))
    let (start, end) = ("<!-- fields and engines -->\n", "<!-- end -->")
    let parts = page.components(separatedBy: start, end)
    let made = parts.before + start + lines.map { $0 + "\n" }.joined() + end + parts.after
    if made == page { return }
    if Repository.isUpdating { try Repository.write(made, to: path) }
    Issue.record("the table in \(path) is stale (CLAW_GOLDEN_UPDATE=1 rewrites it)")
  }

  @Test("A lost field is an error at its place, and a waiver is in the artifact")
  func waivers() throws {
    let text = "workload:\n  name: w\n  image: a:1\n  command: [run]\n  gpus:\n    count: 1\n    memory: 40GiB\n"
    var bag = DiagnosticBag()
    let file = SourceFile(path: "w.yml", bytes: Array(text.utf8))
    let plan = try #require(WorkloadCompiler.compile(file, into: &bag))
    #expect(WorkloadCompiler.emit(plan, for: .slurm(isPlain: false), waived: [], into: &bag) == nil)
    let finding = try #require(bag.diagnostics.first)
    #expect(finding.rule.name == "workload/lost-field")
    #expect(String(decoding: file.slice(finding.location.range), as: UTF8.self) == "memory")
    let emitted = try #require(
      WorkloadCompiler.emit(plan, for: .slurm(isPlain: false), waived: ["gpus.memory"], into: &bag))
    let script = String(decoding: emitted.files[0].bytes, as: UTF8.self)
    #expect(script.contains("# waived: gpus.memory: Slurm knows GPUs by class alone\n"))
  }
}

extension String {
  /// What stands before one text, and behind the other.
  fileprivate func components(separatedBy start: String, _ end: String) -> (before: String, after: String) {
    guard let first = firstRange(of: start), let last = firstRange(of: end) else { return (self, "") }
    return (String(self[..<first.lowerBound]), String(self[last.upperBound...]))
  }
}
