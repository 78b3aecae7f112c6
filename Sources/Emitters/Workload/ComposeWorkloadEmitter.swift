import IR

/// Writes a workload for docker compose on one machine, or as a stack of Docker Swarm.
enum ComposeWorkloadEmitter {
  static func emit(_ plan: WorkloadPlan, isStack: Bool, waived: Set<String>) -> EmittedWorkload {
    var report = LossReport(plan)
    if isStack { checkStack(plan, &report) } else { checkCompose(plan, &report) }
    checkBoth(plan, isStack, &report)
    var services: [ComposePlan.Entry] = []
    // Workers of compose are services of their own: copies of one service can't be told from one another.
    let copies = isStack || plan.workers.count == 1 ? 1 : plan.workers.count
    for index in 0..<copies {
      let name = copies == 1 ? plan.name : "\(plan.name)-\(index)"
      let number = plan.workers.isIndexed && !isStack ? index : nil
      services.append(.init(name, .mapping(service(plan, isStack, number: number, &report))))
    }
    var root: [ComposePlan.Entry] = []
    if !isStack { root.append(.init("name", .text(plan.id))) }
    root.append(.init("services", .mapping(services)))
    root += shared(plan, isStack)
    var writer = ArtifactWriter()
    for line in report.head(waived: waived) { writer.write("# \(EmittedText.oneLine(line))\n") }
    for entry in root { YAMLText.write(entry, indent: 0, to: &writer) }
    let file = "\(plan.name).\(isStack ? "stack" : "compose").yml"
    return EmittedWorkload(files: [.init(name: file, bytes: writer.finish().bytes)], losses: report.losses)
  }

  // MARK: A service

  private static func service(
    _ plan: WorkloadPlan, _ isStack: Bool, number: Int?, _ report: inout LossReport
  ) -> [ComposePlan.Entry] {
    var entries: [ComposePlan.Entry] = [.init("image", .text(plan.image))]
    if !plan.command.isEmpty { entries.append(.init("command", .list(plan.command.map { .text($0) }))) }
    var variables = plan.environment.map { ComposePlan.Entry($0.name, .text($0.value)) }
    if let number {
      variables.append(.init("WORKLOAD_COMPLETION_INDEX", .text(String(number))))
      variables.append(.init("WORKLOAD_COMPLETIONS", .text(String(plan.workers.count))))
      if plan.workers.count > 1 { variables.append(.init("WORKLOAD_LEADER", .text("\(plan.name)-0"))) }
    } else if plan.workers.isIndexed {
      // Swarm fills in its own templates; slots count from 1.
      variables.append(.init("WORKLOAD_TASK_SLOT", .text("{{.Task.Slot}}")))
    }
    if !variables.isEmpty { entries.append(.init("environment", .mapping(variables))) }
    if let user = plan.user { entries.append(.init("user", .text(String(user)))) }
    entries += [
      .init("cap_drop", .list([.text("ALL")])), .init("labels", .mapping([.init("claw.workload", .text(plan.id))])),
      .init("stop_grace_period", .text("\(plan.queueing.grace)s")),
    ]
    if !isStack {
      entries += [
        .init("security_opt", .list([.text("no-new-privileges:true")])), .init("restart", .text(restart(plan))),
        .init("pids_limit", .integer(4096)),
      ]
    }
    entries.append(.init("networks", .list([.text(network)])))
    if !plan.ports.isEmpty {
      entries.append(
        .init("expose", .list(plan.ports.map { .text("\($0.number)/\($0.isUDP ? "udp" : "tcp")") })))
    }
    entries += folders(plan)
    if !plan.secrets.isEmpty {
      entries.append(.init("secrets", .list(plan.secrets.compactMap(secretUse))))
    }
    if let probe = healthcheck(plan) { entries.append(.init("healthcheck", .mapping(probe))) }
    entries.append(.init("deploy", .mapping(deploy(plan, isStack))))
    return entries
  }

  private static let network = "workers"

  private static func restart(_ plan: WorkloadPlan) -> String {
    if plan.kind == .service { return "unless-stopped" }
    // For the engine, 0 is without end.
    let tries = plan.retries.perWorker ?? plan.retries.limit
    return tries == 0 ? "no" : "on-failure:\(tries)"
  }

  private static func folders(_ plan: WorkloadPlan) -> [ComposePlan.Entry] {
    var mounts: [ComposePlan.Value] = []
    var entries: [ComposePlan.Entry] = []
    for volume in plan.volumes {
      let target = ComposePlan.Entry("target", .text(volume.path))
      let readOnly: [ComposePlan.Entry] = volume.isReadOnly ? [.init("read_only", .bool(true))] : []
      switch volume.source {
      case .host(let path):
        // A folder that is missing is a mistake, not an empty folder of root's.
        let bind = ComposePlan.Entry("bind", .mapping([.init("create_host_path", .bool(false))]))
        mounts.append(
          .mapping([.init("type", .text("bind")), .init("source", .text(path)), target] + readOnly + [bind]))
      case .claim(let name):
        mounts.append(.mapping([.init("type", .text("volume")), .init("source", .text(name)), target] + readOnly))
      case .scratch:
        // On the disk, like everywhere else: a tmpfs would be part of the worker's memory.
        mounts.append(.mapping([.init("type", .text("volume")), target]))
      case .sharedMemory(let size) where volume.path == "/dev/shm":
        entries.append(.init("shm_size", .integer(size << 20)))
      case .sharedMemory(let size):
        let bytes = ComposePlan.Entry("tmpfs", .mapping([.init("size", .integer(size << 20))]))
        mounts.append(.mapping([.init("type", .text("tmpfs")), target, bytes]))
      }
    }
    return entries + (mounts.isEmpty ? [] : [.init("volumes", .list(mounts))])
  }

  private static func secretUse(_ use: WorkloadPlan.SecretUse) -> ComposePlan.Value? {
    guard case .file(let path) = use.target else { return nil }
    return .mapping([.init("source", .text(secretName(use))), .init("target", .text(path))])
  }

  private static func secretName(_ use: WorkloadPlan.SecretUse) -> String { "\(use.secret)_\(use.key)" }

  private static func healthcheck(_ plan: WorkloadPlan) -> [ComposePlan.Entry]? {
    let probe = plan.probes.first { $0.purpose == .liveness } ?? plan.probes.first { $0.purpose == .readiness }
    guard let probe, case .command(let words) = probe.check else { return nil }
    var entries: [ComposePlan.Entry] = [
      .init("test", .list([.text("CMD")] + words.map { .text($0) })),
      .init("interval", .text("\(probe.interval)s")), .init("timeout", .text("\(probe.timeout)s")),
      .init("retries", .integer(probe.failures)),
    ]
    let start = max(probe.delay, startPeriod(plan))
    if start > 0 { entries.append(.init("start_period", .text("\(start)s"))) }
    return entries
  }

  /// The time that a startup probe gives.
  private static func startPeriod(_ plan: WorkloadPlan) -> Int {
    plan.probes.first { $0.purpose == .startup }.map { $0.delay + $0.interval * $0.failures } ?? 0
  }

  private static func deploy(_ plan: WorkloadPlan, _ isStack: Bool) -> [ComposePlan.Entry] {
    var entries: [ComposePlan.Entry] = []
    if isStack {
      entries.append(.init("mode", .text(plan.kind == .job ? "replicated-job" : "replicated")))
      entries.append(.init("replicas", .integer(plan.workers.count)))
      entries.append(.init("labels", .mapping([.init("claw.workload", .text(plan.id))])))
      let constraints = plan.placement.nodeLabels.map { ComposePlan.Value.text("node.labels.\($0.key)==\($0.value)") }
      var placement: [ComposePlan.Entry] = constraints.isEmpty ? [] : [.init("constraints", .list(constraints))]
      if let most = plan.placement.workersPerNode { placement.append(.init("max_replicas_per_node", .integer(most))) }
      if !placement.isEmpty { entries.append(.init("placement", .mapping(placement))) }
      entries.append(.init("restart_policy", .mapping(restartPolicy(plan))))
      if case .rolling(let batch)? = plan.rollout?.strategy {
        entries.append(
          .init(
            "update_config",
            .mapping([.init("parallelism", .integer(batch)), .init("failure_action", .text("rollback"))])))
      }
    }
    let limits: [ComposePlan.Entry] = [
      .init("cpus", .text(String(plan.cores))), .init("memory", .text("\(plan.memory)M")),
    ]
    var reservations = limits
    if let gpus = plan.gpus.first {
      if isStack {
        let kind = "\(gpus.type.map { $0.uppercased() } ?? "NVIDIA")-GPU"
        reservations.append(
          .init(
            "generic_resources",
            .list([
              .mapping([
                .init(
                  "discrete_resource_spec",
                  .mapping([.init("kind", .text(kind)), .init("value", .integer(gpus.count))]))
              ])
            ])))
      } else {
        reservations.append(.devices(gpus: gpus.count))
      }
    }
    entries.append(
      .init("resources", .mapping([.init("limits", .mapping(limits)), .init("reservations", .mapping(reservations))])))
    return entries
  }

  private static func restartPolicy(_ plan: WorkloadPlan) -> [ComposePlan.Entry] {
    if plan.kind == .service { return [.init("condition", .text("any"))] }
    let tries = plan.retries.perWorker ?? plan.retries.limit
    if tries == 0 { return [.init("condition", .text("none"))] }
    return [.init("condition", .text("on-failure")), .init("max_attempts", .integer(tries))]
  }

  /// Networks, volumes and secrets of the file.
  private static func shared(_ plan: WorkloadPlan, _ isStack: Bool) -> [ComposePlan.Entry] {
    // Workers reach one another and nothing else.
    var networkEntries: [ComposePlan.Entry] = [.init("internal", .bool(true))]
    if isStack { networkEntries.insert(.init("driver", .text("overlay")), at: 0) }
    var entries: [ComposePlan.Entry] = [.init("networks", .mapping([.init(network, .mapping(networkEntries))]))]
    var claims: [ComposePlan.Entry] = []
    for volume in plan.volumes {
      guard case .claim(let name) = volume.source, !claims.contains(where: { $0.key == name }) else { continue }
      claims.append(.init(name, .mapping([.init("external", .bool(true)), .init("name", .text(name))])))
    }
    if !claims.isEmpty { entries.append(.init("volumes", .mapping(claims))) }
    var secrets: [ComposePlan.Entry] = []
    for use in plan.secrets {
      guard case .file = use.target, !secrets.contains(where: { $0.key == secretName(use) }) else { continue }
      let source: ComposePlan.Entry =
        isStack
        ? .init("external", .bool(true))
        : .init("file", .interpolated("${CLAW_SECRETS:?the folder of the secrets}/\(use.secret)/\(use.key)"))
      secrets.append(.init(secretName(use), .mapping([source])))
    }
    if !secrets.isEmpty { entries.append(.init("secrets", .mapping(secrets))) }
    return entries
  }

  // MARK: Losses

  private static func checkBoth(_ plan: WorkloadPlan, _ isStack: Bool, _ report: inout LossReport) {
    let engine = isStack ? "Docker Swarm" : "docker compose"
    for use in plan.secrets {
      if case .variable = use.target { report.lose("secrets", "\(engine) hands secrets over as files alone") }
    }
    checkGPUs(plan, isStack, engine, &report)
    if !plan.placement.conditions.isEmpty {
      report.lose("placement.conditions", "\(engine) knows no conditions of nodes")
    }
    if !plan.placement.gates.isEmpty { report.lose("placement.gates", "\(engine) starts what it is given") }
    if plan.queueing.queue != nil { report.lose("queue", "\(engine) has no queues") }
    if plan.queueing.priorityClass != "default" { report.lose("priority", "\(engine) has no priorities") }
    report.lose(ifSaid: "preemption.take", "\(engine) lets nothing take another's place")
    report.lose(ifSaid: "retries.on_interruption", "\(engine) counts every start")
    for volume in plan.volumes {
      if case .scratch = volume.source { report.lose("volumes.scratch", "\(engine)'s volumes have no size") }
    }
    if plan.kind == .job, plan.workers.count > 1, plan.retries.perWorker == nil {
      report.lose(ifSaid: "retries.limit", "\(engine) counts failures of each worker: say per_worker")
    }
    if plan.limits.run != nil { report.lose("time_limit", "\(engine) lets run what runs") }
    if plan.limits.finishBy != nil { report.lose("finish_by", "\(engine) lets run what runs") }
    for probe in plan.probes {
      guard case .command = probe.check else {
        report.lose("probes", "\(engine) looks by a command in the container alone")
        continue
      }
      if probe.purpose == .startup {
        report.lose("probes.startup", "\(engine) has one health check; of this one it takes the time alone")
      }
    }
    if plan.probes.contains(where: { $0.purpose == .liveness }),
      plan.probes.contains(where: { $0.purpose == .readiness })
    {
      report.lose("probes.readiness", "\(engine) has one health check, which is the liveness probe's")
    }
    if !plan.egress.isEmpty { report.lose("egress", "\(engine)'s networks lead anywhere or nowhere") }
    if plan.scaling != nil { report.lose("scaling", "\(engine) keeps the number that it is given") }
  }

  private static func checkGPUs(_ plan: WorkloadPlan, _ isStack: Bool, _ engine: String, _ report: inout LossReport) {
    guard let gpus = plan.gpus.first else { return }
    if plan.gpus.count > 1 { report.lose("gpus.fallback", "\(engine) tries one kind of GPU") }
    if gpus.type != nil, !isStack { report.lose("gpus.type", "docker compose takes the machine's GPUs as they are") }
    if gpus.memory != nil { report.lose("gpus.memory", "\(engine) counts GPUs alone") }
    if gpus.model != nil { report.lose("gpus.model", "\(engine) counts GPUs alone") }
    if gpus.selector != nil { report.lose("gpus.selector", "\(engine) counts GPUs alone") }
    if gpus.link != nil { report.lose("gpus.link", "\(engine) promises nothing of how GPUs are joined") }
    if !isStack, plan.workers.count > 1 {
      report.lose("gpus", "docker compose hands the same GPUs to every worker")
    }
  }

  private static func checkCompose(_ plan: WorkloadPlan, _ report: inout LossReport) {
    if plan.workers.parallelism < plan.workers.count {
      report.lose("workers.parallelism", "docker compose starts all workers at once")
    }
    if plan.workers.count > 64 {
      report.lose("workers.count", "more than 64 workers are not for one machine")
    }
    for label in plan.placement.nodeLabels where !label.key.isEmpty {
      report.lose("placement.labels", "docker compose has one machine, without labels")
    }
    if let most = plan.placement.workersPerNode, most < plan.workers.count {
      report.lose("placement.workers_per_node", "docker compose has one machine")
    }
    report.lose(
      ifSaid: "preemption.protected", "docker compose lets nothing take another's place, but promises nothing")
    if plan.rollout != nil { report.lose("rollout", "docker compose stops a container before it starts its successor") }
  }

  private static func checkStack(_ plan: WorkloadPlan, _ report: inout LossReport) {
    if plan.workers.gang > 1 { report.lose("workers.gang", "Docker Swarm starts each worker as soon as it fits") }
    if plan.workers.parallelism < plan.workers.count {
      report.lose("workers.parallelism", "the file of a stack has no word for it")
    }
    if plan.workers.isIndexed {
      report.lose("workers.indexed", "slots of Docker Swarm count from 1, and may be given anew")
    }
    if plan.placement.within != nil { report.lose("placement.within", "Docker Swarm spreads workers") }
    if plan.placement.isStrict { report.lose("placement.strict", "Docker Swarm spreads workers") }
    for volume in plan.volumes {
      if case .sharedMemory = volume.source, volume.path == "/dev/shm" {
        report.lose("volumes", "a stack has no word for the size of /dev/shm")
      }
    }
    report.lose(ifSaid: "preemption.protected", "Docker Swarm promises nothing of it")
    switch plan.rollout?.strategy {
    case .canary, .blueGreen: report.lose("rollout", "Docker Swarm replaces workers one after the other")
    case .immediate, .rolling, nil: break
    }
  }
}
