import Diagnostics
import Driver
import Emitters
import IR
import Source
import Testing

@Suite("What engines are told is what was meant")
struct EngineTests {
  private static func text(_ lines: String, _ target: WorkloadTarget) throws -> (text: String, losses: [String]) {
    var bag = DiagnosticBag()
    let text = "workload:\n  name: w\n  image: a:1\n" + lines.split(separator: "\n").map { "  \($0)\n" }.joined()
    let plan = try #require(
      WorkloadCompiler.compile(SourceFile(path: "w.yml", bytes: Array(text.utf8)), into: &bag),
      "\(bag.diagnostics.map(\.message))")
    let emitted = WorkloadEmitter.emit(plan, for: target, waived: [])
    return (String(decoding: emitted.files[0].bytes, as: UTF8.self), emitted.losses.map(\.field))
  }

  @Test("No failure is tried again unless that is said; for engines 0 is without end")
  func retries() throws {
    for lines in [
      "command: [a]", "command: [a]\nretries: 0",
      "command: [a]\nworkers: {count: 2, indexed: true}\nretries: {per_worker: 0}",
    ] {
      #expect(try Self.text(lines, .compose).text.contains(#"restart: "no""#), "\(lines)")
      #expect(try Self.text(lines, .swarm).text.contains(#"condition: "none""#), "\(lines)")
      #expect(try Self.text(lines, .kubernetes(minor: 37)).text.contains("backoffLimit: 0\n"), "\(lines)")
      #expect(try !Self.text(lines, .slurm(isPlain: false)).text.contains("for (("), "\(lines)")
    }
    let own = "command: [a]\nworkers: {count: 100, indexed: true}\nretries: {per_worker: 3}"
    #expect(try Self.text(own, .kubernetes(minor: 37)).text.contains("backoffLimit: 300\n"))
    let one = "command: [a]\nworkers: {count: 1, indexed: true}\nretries: {per_worker: 2, limit: 5}"
    #expect(try Self.text(one, .slurm(isPlain: false)).text.contains("claw_try <= 3;"))
  }

  @Test("Slurm: words are the worker's, whatever they look like, and variables the container's")
  func slurm() throws {
    let (text, losses) = try Self.text(
      "command: [\"--nodelist=a\"]\nenv: {A: b, C: d}", .slurm(isPlain: false))
    #expect(text.contains(#""$claw_srun" --export=ALL --container-image='a:1' --container-env=A,C -- '--nodelist=a'"#))
    #expect(losses.isEmpty)
    #expect(try Self.text("cpu: 1", .slurm(isPlain: false)).losses == ["command"])
    for name in ["UID", "PPID", "SHELLOPTS", "BASH_ENV", "_"] {
      #expect(try Self.text("command: [a]\nenv: {\(name): x}", .slurm(isPlain: false)).losses == ["env"], "\(name)")
    }
    let gang = "command: [a]\nworkers: {count: 2, indexed: true, gang: true}"
    #expect(try Self.text(gang, .slurm(isPlain: false)).text.contains("export WORKLOAD_LEADER=$(scontrol"))
    #expect(try Self.text(gang, .compose).text.contains(#"WORKLOAD_LEADER: "w-0""#))
    #expect(try Self.text(gang, .kubernetes(minor: 37)).text.contains("WORKLOAD_LEADER"))
  }

  @Test("docker compose: scratch is on the disk, without a size; a startup command is not asked")
  func compose() throws {
    let (text, losses) = try Self.text("command: [a]\nvolumes: [{path: /s, scratch: 1GiB}]", .compose)
    #expect(!text.contains("tmpfs") && losses == ["volumes.scratch"])
    let probes = "command: [a]\nprobes: {startup: {command: [up]}, liveness: {command: [well]}}"
    #expect(try Self.text(probes, .compose).losses == ["probes.startup"])
  }

  @Test(
    "All workers on one node that takes fewer are a contradiction, and fewer are none",
    arguments: [(3, false), (2, true)])
  func oneNode(count: Int, isSound: Bool) {
    var bag = DiagnosticBag()
    let text =
      "workload:\n  name: w\n  image: a:1\n  workers: {count: \(count), gang: true}\n"
      + "  placement: {within: node, strict: true, workers_per_node: 2}\n"
    let plan = WorkloadCompiler.compile(SourceFile(path: "w.yml", bytes: Array(text.utf8)), into: &bag)
    #expect((plan != nil) == isSound && bag.hasErrors == !isSound)
  }

  @Test(
    "What the engine sets nobody else does", arguments: ["WORKLOAD_COMPLETION_INDEX", "WORKLOAD_LEADER", "claw_srun"])
  func engineVariables(name: String) {
    var bag = DiagnosticBag()
    let text = "workload:\n  name: w\n  image: a:1\n  env: {\(name): x}\n"
    #expect(WorkloadCompiler.compile(SourceFile(path: "w.yml", bytes: Array(text.utf8)), into: &bag) == nil)
  }
}
