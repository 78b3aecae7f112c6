/// A workload as the message `claw.v1.Workload` of grammars/claw.proto, whose numbers stand here.
package enum WorkloadWire {
  /// The message.
  ///
  /// - Parameter id: its id; nil for what the id is made of.
  package static func message(_ plan: WorkloadPlan, id: String?) -> WireMessage {
    var message = WireMessage()
    message.set(1, "id", id)
    message.set(2, "name", plan.name)
    message.set(3, "kind", plan.kind == .job ? .word(name: "JOB", number: 1) : .word(name: "SERVICE", number: 2))
    message.set(4, "image", plan.image)
    message.set(5, "command", .list(plan.command.map { .text($0) }))
    message.set(6, "env", plan.environment.map { pair("name", $0.name, "value", $0.value) })
    message.set(7, "secrets", plan.secrets.map(secret))
    message.set(8, "cpu", plan.cores)
    message.set(9, "memory_mib", plan.memory)
    message.set(10, "gpus", plan.gpus.map(gpus))
    message.set(11, "workers", .message(workers(plan.workers)))
    message.set(12, "placement", present(placement(plan.placement)))
    message.set(13, "queueing", .message(queueing(plan.queueing)))
    message.set(14, "retries", plan.kind == .job ? .message(retries(plan.retries)) : nil)
    message.set(15, "time_limit", plan.limits.run.map { .duration(milliseconds: $0 * 1000) })
    message.set(16, "finish_by", plan.limits.finishBy.map { .timestamp(seconds: $0) })
    message.set(17, "volumes", plan.volumes.map(volume))
    message.set(18, "ports", plan.ports.map(port))
    message.set(19, "probes", plan.probes.map(probe))
    message.set(20, "egress", plan.egress.map(egress))
    message.set(21, "user", plan.user)
    message.set(22, "rollout", plan.rollout.map { .message(rollout($0)) })
    message.set(23, "scaling", plan.scaling.map { .message(scaling($0)) })
    message.set(24, "alerts", plan.alerts.map(alert))
    return message
  }

  private static func present(_ message: WireMessage) -> WireMessage.Value? {
    message.fields.isEmpty ? nil : .message(message)
  }

  private static func pair(_ first: String, _ one: String, _ second: String, _ other: String) -> WireMessage {
    var message = WireMessage()
    message.set(1, first, one)
    message.set(2, second, other)
    return message
  }

  private static func secret(_ use: WorkloadPlan.SecretUse) -> WireMessage {
    var message = pair("secret", use.secret, "key", use.key)
    switch use.target {
    case .variable(let name): message.set(3, "env", name, isPresent: true)
    case .file(let path): message.set(4, "file", path, isPresent: true)
    }
    return message
  }

  private static func gpus(_ request: GPURequest) -> WireMessage {
    var message = WireMessage()
    message.set(1, "count", request.count)
    message.set(2, "type", request.type)
    message.set(3, "memory_mib", request.memory)
    message.set(4, "model", request.model)
    message.set(5, "selector", request.selector?.text)
    switch request.link {
    case .nvlink: message.set(6, "link", .word(name: "NVLINK", number: 1))
    case .socket: message.set(6, "link", .word(name: "SOCKET", number: 2))
    case nil: break
    }
    return message
  }

  private static func workers(_ workers: WorkloadPlan.Workers) -> WireMessage {
    var message = WireMessage()
    message.set(1, "count", workers.count)
    message.set(2, "parallelism", workers.parallelism)
    message.set(3, "indexed", .bool(workers.isIndexed))
    message.set(4, "gang", workers.gang)
    return message
  }

  private static func placement(_ rules: WorkloadPlan.PlacementRules) -> WireMessage {
    var message = WireMessage()
    message.set(1, "labels", rules.nodeLabels.map { pair("key", $0.key, "value", $0.value) })
    message.set(2, "conditions", rules.conditions.map(condition))
    message.set(3, "gates", rules.gates.map(gate))
    message.set(4, "within", rules.within)
    message.set(5, "strict", .bool(rules.isStrict))
    message.set(6, "workers_per_node", rules.workersPerNode)
    return message
  }

  private static func condition(_ condition: WorkloadPlan.Condition) -> WireMessage {
    var message = WireMessage()
    message.set(1, "type", condition.type)
    switch condition.status {
    case .true: message.set(2, "status", .word(name: "TRUE", number: 1))
    case .false: message.set(2, "status", .word(name: "FALSE", number: 2))
    case .unknown: break
    }
    return message
  }

  private static func gate(_ gate: WorkloadPlan.Gate) -> WireMessage {
    var message = pair("name", gate.name, "reason", gate.reason ?? "")
    message.set(3, "controller", gate.controller)
    return message
  }

  private static func queueing(_ queueing: WorkloadPlan.Queueing) -> WireMessage {
    var message = WireMessage()
    message.set(1, "queue", queueing.queue)
    message.set(2, "priority_class", queueing.priorityClass)
    message.set(3, "priority", queueing.priority)
    message.set(4, "preempts", .bool(queueing.preempts))
    message.set(5, "protected", .bool(queueing.isProtected))
    message.set(6, "grace", .duration(milliseconds: queueing.grace * 1000))
    return message
  }

  private static func retries(_ retries: WorkloadPlan.Retries) -> WireMessage {
    var message = WireMessage()
    message.set(1, "limit", retries.limit)
    message.set(2, "per_worker", retries.perWorker, isPresent: true)
    message.set(3, "on_interruption", .bool(retries.onInterruption))
    return message
  }

  private static func volume(_ volume: WorkloadPlan.Volume) -> WireMessage {
    var message = WireMessage()
    message.set(1, "path", volume.path)
    message.set(2, "read_only", .bool(volume.isReadOnly))
    switch volume.source {
    case .host(let path): message.set(3, "host", path, isPresent: true)
    case .claim(let name): message.set(4, "claim", name, isPresent: true)
    case .scratch(let size): message.set(5, "scratch_mib", size, isPresent: true)
    case .sharedMemory(let size): message.set(6, "shm_mib", size, isPresent: true)
    }
    return message
  }

  private static func port(_ port: WorkloadPlan.Port) -> WireMessage {
    var message = WireMessage()
    message.set(1, "number", port.number)
    message.set(2, "name", port.name)
    message.set(3, "udp", .bool(port.isUDP))
    return message
  }

  private static func probe(_ probe: WorkloadPlan.Probe) -> WireMessage {
    var message = WireMessage()
    switch probe.purpose {
    case .startup: message.set(1, "purpose", .word(name: "STARTUP", number: 1))
    case .readiness: message.set(1, "purpose", .word(name: "READINESS", number: 2))
    case .liveness: message.set(1, "purpose", .word(name: "LIVENESS", number: 3))
    }
    switch probe.check {
    case .http(let path, let port):
      var http = WireMessage()
      http.set(1, "path", path)
      http.set(2, "port", port)
      message.set(2, "http", .message(http))
    case .tcp(let port): message.set(3, "tcp", port, isPresent: true)
    case .command(let words):
      var command = WireMessage()
      command.set(1, "words", .list(words.map { .text($0) }))
      message.set(4, "command", .message(command))
    }
    message.set(5, "interval", .duration(milliseconds: probe.interval * 1000))
    message.set(6, "timeout", .duration(milliseconds: probe.timeout * 1000))
    message.set(7, "failures", probe.failures)
    message.set(8, "delay", .duration(milliseconds: probe.delay * 1000))
    return message
  }

  private static func egress(_ egress: WorkloadPlan.Egress) -> WireMessage {
    var message = WireMessage()
    message.set(1, "block", egress.block)
    message.set(2, "port", egress.port)
    return message
  }

  private static func rollout(_ rollout: Rollout) -> WireMessage {
    var message = WireMessage()
    switch rollout.strategy {
    case .immediate: message.set(1, "immediate", .message(WireMessage()))
    case .rolling(let batch):
      var rolling = WireMessage()
      rolling.set(1, "batch", batch)
      message.set(2, "rolling", .message(rolling))
    case .canary(let percent, let seconds):
      var canary = WireMessage()
      canary.set(1, "percent", percent)
      canary.set(2, "duration", .duration(milliseconds: seconds * 1000))
      message.set(3, "canary", .message(canary))
    case .blueGreen: message.set(4, "blue_green", .message(WireMessage()))
    }
    message.set(5, "error_permille", rollout.health.errorPermille)
    message.set(6, "latency", .duration(milliseconds: rollout.health.latency))
    message.set(7, "minimum_calls", rollout.health.minimumCalls)
    message.set(8, "success_permille", rollout.health.successPermille)
    return message
  }

  private static func scaling(_ scaling: Scaling) -> WireMessage {
    var message = WireMessage()
    message.set(1, "min", scaling.minimum)
    message.set(2, "max", scaling.maximum)
    switch scaling.measure {
    case .cpu(let percent): message.set(3, "cpu_percent", percent, isPresent: true)
    case .memory(let percent): message.set(4, "memory_percent", percent, isPresent: true)
    case .metric(let name, let value):
      var metric = WireMessage()
      metric.set(1, "name", name)
      metric.set(2, "value", value)
      message.set(5, "metric", .message(metric))
    case .query(let expression, let value, let server):
      var query = WireMessage()
      query.set(1, "expr", expression)
      query.set(2, "value", value)
      query.set(3, "server", server)
      message.set(6, "query", .message(query))
    }
    message.set(7, "up_after", .duration(milliseconds: scaling.upAfter * 1000))
    message.set(8, "down_after", .duration(milliseconds: scaling.downAfter * 1000))
    return message
  }

  private static func alert(_ alert: Alert) -> WireMessage {
    var message = WireMessage()
    message.set(1, "name", alert.name)
    message.set(2, "expr", alert.expression)
    message.set(3, "holds_for", .duration(milliseconds: alert.holdsFor * 1000))
    switch alert.severity {
    case .info: break
    case .warning: message.set(4, "severity", .word(name: "WARNING", number: 1))
    case .critical: message.set(4, "severity", .word(name: "CRITICAL", number: 2))
    }
    message.set(5, "summary", alert.summary)
    return message
  }
}
