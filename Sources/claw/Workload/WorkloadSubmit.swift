import ArgumentParser
import Driver
import Emitters
import IR
import JSON
import Runtime
import Source

/// What the commands take that talk to an engine.
struct WorkloadEngineOptions: ParsableArguments {
  @Argument(help: "A workload.", completion: .file()) var file: String
  @OptionGroup var target: TargetOptions
  @Option(help: ArgumentHelp("The namespace, for Kubernetes.", valueName: "name")) var namespace: String?
  @OptionGroup var verbose: VerboseOption
  @OptionGroup var report: ReportOptions

  /// The workload, which is sound.
  func plan() throws -> WorkloadPlan { try WorkloadSources.plan(file, report) }

  /// The engine that is meant.
  func engine() throws -> WorkloadEngine {
    guard var engine = WorkloadEngine(try target.resolved(), environment: ProcessEnvironment.current) else {
      Console.say("claw: '\(target.target)' is a format, not an engine that claw hands workloads to")
      throw Status.usage
    }
    engine.namespace = namespace
    if verbose.verbose { engine.trace = { Console.say("+ \($0)") } }
    return engine
  }
}

/// `claw workload submit`
struct WorkloadSubmit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Hands a workload to its engine: sbatch, kubectl or docker compose.",
    discussion: """
      EXAMPLES
        claw workload submit train.yml --target slurm --watch
        claw workload submit train.yml --target kubernetes@1.37 --namespace research
      """)

  @OptionGroup var options: WorkloadEngineOptions
  @Flag(help: "Go on telling its state until it has ended.") var watch = false

  func run() throws {
    let plan = try options.plan()
    let engine = try options.engine()
    let emitted = try options.target.emitted(plan, options.report)
    let name = try Engine.run { () throws(EngineFailure) in try engine.submit(plan, emitted) }
    Console.say("handed \(plan.id) to \(try options.target.resolved().name) as \(name)")
    for rest in emitted.files.dropFirst() {
      Console.say("claw: '\(rest.name)' is Prometheus's, and was handed to nobody; 'claw workload emit' writes it")
    }
    if watch { try WorkloadWatch.run(plan, engine) }
  }
}

/// `claw workload status`
struct WorkloadStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says where a workload is, in the same words for every engine.",
    discussion: """
      The words: gated, queued, admitted, starting, running, stopping, preempted, completed, failed, cancelled,
      deadline-exceeded.

      EXAMPLES
        claw workload status train.yml --target slurm
        claw workload status train.yml --target kubernetes@1.37 --json
      """)

  @OptionGroup var options: WorkloadEngineOptions
  @Flag(help: "Go on telling its state until it has ended.") var watch = false
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let plan = try options.plan()
    let engine = try options.engine()
    if watch { return try WorkloadWatch.run(plan, engine) }
    let status = try WorkloadWatch.status(plan, engine)
    guard json else {
      Console.write(Self.text(status, plan))
      return
    }
    let workers = status.workers.map { worker -> JSONValue in
      [
        "name": .string(worker.name), "state": .string(worker.state.rawValue), "reason": .string(worker.reason),
        "node": .string(worker.node), "restarts": JSONValue(worker.restarts),
        "exitCode": worker.exitCode.map { JSONValue($0) } ?? .null,
      ]
    }
    let document: JSONValue = [
      "schema": 1, "workload": .string(plan.id), "state": .string(status.state.rawValue),
      "reason": .string(status.reason), "workers": .array(workers),
    ]
    Console.write(document.text(indented: true) + "\n")
  }

  private static func text(_ status: WorkloadStatus, _ plan: WorkloadPlan) -> String {
    var table = Table(["WORKER", "STATE", "NODE", "RESTARTS", "EXIT", "REASON"])
    for worker in status.workers {
      table.add([
        worker.name, worker.state.rawValue, worker.node.isEmpty ? "-" : worker.node, String(worker.restarts),
        worker.exitCode.map(String.init) ?? "-", worker.reason.isEmpty ? "-" : worker.reason,
      ])
    }
    let head = "\(plan.id)  \(status.state.rawValue)" + (status.reason.isEmpty ? "" : ": \(status.reason)") + "\n"
    return head + (status.workers.isEmpty ? "" : table.text(within: Console.width))
  }
}

/// `claw workload logs`
struct WorkloadLogs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Shows what a workload's workers say.",
    discussion: """
      EXAMPLES
        claw workload logs train.yml --target slurm
        claw workload logs train.yml --target kubernetes@1.37 --tail 20
      """)

  @OptionGroup var options: WorkloadEngineOptions
  @Option(help: ArgumentHelp("How many lines of each to begin with.", valueName: "count")) var tail: Int?

  func run() throws {
    let plan = try options.plan()
    let engine = try options.engine()
    let logs = try Engine.run { () throws(EngineFailure) in try engine.logs(plan, tail: tail) }
    if logs.isEmpty {
      Console.say("claw: the engine has nothing that \(plan.id) said")
      throw Status.failed
    }
    for log in logs {
      if logs.count > 1 { Console.write("==> \(log.worker) <==\n") }
      Console.write(log.text)
    }
  }
}

/// `claw workload cancel`
struct WorkloadCancel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Ends a workload, and takes away what was made of it.",
    discussion: """
      EXAMPLES
        claw workload cancel train.yml --target slurm
        claw workload cancel train.yml --target compose
      """)

  @OptionGroup var options: WorkloadEngineOptions

  func run() throws {
    let plan = try options.plan()
    let engine = try options.engine()
    guard try Engine.run({ () throws(EngineFailure) in try engine.cancel(plan) }) else {
      Console.say("claw: the engine has nothing of \(plan.id) that could be ended")
      throw Status.failed
    }
    Console.say("cancelled \(plan.id)")
  }
}
