import AST
import Diagnostics
import Guards
import IR
import Parser
import Source

extension WorkloadLowering {
  /// How it waits, and whom it gives way to.
  mutating func queueing(_ fields: RulesetRecord) -> WorkloadPlan.Queueing {
    var queueing = WorkloadPlan.Queueing()
    if let queue = fields["queue"], let text = queue.text {
      if let problem = Self.problem(ofName: text) {
        bag.report(WorkloadRules.name, at: queue.location, "the queue's name '\(text)' \(problem)")
      }
      queueing.queue = text
    }
    if let record = fields["priority"]?.record, let name = record["class"], let text = name.text {
      let usual = WorkloadLanguage.priorityClasses.first { $0.name == text }
      let value = record["value"]
      if let problem = Self.problem(ofName: text) {
        bag.report(WorkloadRules.priority, at: name.location, "the class '\(text)' \(problem)")
      } else if let usual {
        if let value, value.integer != usual.value {
          bag.report(
            WorkloadRules.priority, at: value.location, "the class '\(text)' has the value \(usual.value)",
            help: "remove 'value', or give the class another name")
        }
        queueing.priority = usual.value
      } else if let number = value?.integer {
        queueing.priority = number
      } else {
        let near = Suggestion.nearest(to: text, in: WorkloadLanguage.priorityClasses.map(\.name))
        bag.report(
          WorkloadRules.priority, at: name.location, "no value is known of the class '\(text)'",
          help: near.map { "did you mean '\($0)'?" } ?? "write {class: \(text), value: 800}")
      }
      queueing.priorityClass = text
    }
    guard let record = fields["preemption"]?.record else { return queueing }
    for field in record.fields { origins["preemption.\(field.key)"] = field.location }
    queueing.preempts = record["take"]?.bool ?? false
    queueing.isProtected = record["protected"]?.bool ?? false
    queueing.grace = seconds(record["grace"], "the time to end", 0...300) ?? 30
    return queueing
  }

  /// How often it is tried again.
  mutating func retries(
    _ record: RulesetRecord?, _ kind: WorkloadPlan.Kind, _ workers: WorkloadPlan.Workers
  ) -> WorkloadPlan.Retries {
    var retries = WorkloadPlan.Retries()
    guard let record else { return retries }
    for field in record.fields { origins["retries.\(field.key)"] = field.location }
    if kind == .service {
      bag.report(
        WorkloadRules.conflict, at: origins["retries"] ?? record.location,
        "a service is always started again", help: "remove 'retries'")
    }
    retries.perWorker = record["per_worker"]?.integer
    // Who counts each worker's failures alone wants no other end.
    retries.limit = record["limit"]?.integer ?? min(1_000_000, (retries.perWorker ?? 0) * workers.count)
    retries.onInterruption = record["on_interruption"]?.bool ?? true
    return retries
  }

  /// How long it may take.
  mutating func limits(_ fields: RulesetRecord, _ kind: WorkloadPlan.Kind) -> WorkloadPlan.TimeLimits {
    var limits = WorkloadPlan.TimeLimits()
    limits.run = seconds(fields["time_limit"], "the limit of time", 60...31_536_000)
    if let value = fields["finish_by"], let text = value.text {
      if let moment = Timestamp.seconds(text), text.utf8.last == 0x5A {
        limits.finishBy = moment
      } else {
        bag.report(
          WorkloadRules.time, at: value.location, "'\(text)' is no moment", help: "write 2026-12-24T18:00:00Z")
      }
    }
    for key in ["time_limit", "finish_by"] where kind == .service {
      guard let place = origins[key] else { continue }
      bag.report(
        WorkloadRules.conflict, at: place, "a service does not end, so that '\(key)' would stop it",
        help: "remove it, or make it a job")
    }
    return limits
  }

  /// Folders that workers see.
  mutating func volumes(_ fields: RulesetRecord) -> [WorkloadPlan.Volume] {
    var result: [WorkloadPlan.Volume] = []
    for record in fields["volumes"]?.records ?? [] {
      guard let path = record["path"].flatMap({ self.path($0, "the place of a volume") }) else { continue }
      let kinds = ["host", "claim", "scratch", "shm"].filter { record[$0] != nil }
      guard kinds.count == 1, let kind = kinds.first, let value = record[kind] else {
        bag.report(
          WorkloadRules.conflict, at: record.location,
          kinds.isEmpty ? "nothing is said of what is there" : "a volume is one thing",
          help: "write one of host, claim, scratch and shm")
        continue
      }
      let source: WorkloadPlan.Volume.Source?
      switch kind {
      case "host": source = self.path(value, "a folder of the node").map { .host($0) }
      case "claim":
        let name = value.text ?? ""
        let problem = Self.problem(ofName: name)
        if let problem { bag.report(WorkloadRules.name, at: value.location, "the volume's name '\(name)' \(problem)") }
        source = problem == nil ? .claim(name) : nil
      case "scratch": source = size(value, "an empty folder", 1...67_108_864).map { .scratch($0) }
      default: source = size(value, "shared memory", 1...1_024_000).map { .sharedMemory($0) }
      }
      guard let source else { continue }
      let isReadOnly = record["read_only"]?.bool ?? false
      if isReadOnly, kind == "scratch" || kind == "shm" {
        bag.report(
          WorkloadRules.conflict, at: record["read_only"]?.location ?? record.location,
          "nothing would ever be in an empty folder that can't be written", help: "remove 'read_only'")
        continue
      }
      if result.contains(where: { $0.path == path }) {
        bag.report(
          WorkloadRules.twice, at: record["path"]?.location ?? record.location, "a volume is at '\(path)' already",
          help: "give one of them another place")
        continue
      }
      result.append(.init(path: path, source: source, isReadOnly: isReadOnly))
    }
    return result
  }

  /// Ports that workers listen at.
  mutating func ports(_ fields: RulesetRecord) -> [WorkloadPlan.Port] {
    var result: [WorkloadPlan.Port] = []
    for record in fields["ports"]?.records ?? [] {
      guard let number = record["port"]?.integer else { continue }
      let port = WorkloadPlan.Port(
        number: number, name: record["name"]?.text, isUDP: record["protocol"]?.text == "udp")
      if let name = record["name"], let text = name.text, let problem = Self.problem(ofName: text, limit: 15) {
        bag.report(WorkloadRules.name, at: name.location, "the port's name '\(text)' \(problem)")
      }
      if result.contains(where: { $0.number == number && $0.isUDP == port.isUDP })
        || (port.name != nil && result.contains { $0.name == port.name })
      {
        bag.report(
          WorkloadRules.twice, at: record.location, "this port is there already", help: "remove it, or number it anew")
        continue
      }
      result.append(port)
    }
    return result
  }

  /// How one can tell that workers are well.
  mutating func probes(
    _ record: RulesetRecord?, _ kind: WorkloadPlan.Kind, _ ports: [WorkloadPlan.Port]
  ) -> [WorkloadPlan.Probe] {
    var result: [WorkloadPlan.Probe] = []
    for purpose in WorkloadPlan.Probe.Purpose.allCases {
      guard let record = record?[purpose.rawValue]?.record else { continue }
      origins["probes.\(purpose.rawValue)"] = record.location
      let ways = ["http", "tcp", "command"].filter { record[$0] != nil }
      guard ways.count == 1 else {
        bag.report(
          WorkloadRules.conflict, at: record.location,
          ways.isEmpty ? "nothing is said of how to look" : "a probe looks in one way",
          help: "write one of http, tcp and command")
        continue
      }
      let check: WorkloadPlan.Probe.Check
      if let http = record["http"]?.record {
        let path = http["path"]?.text ?? "/"
        if path.utf8.first != 0x2F || path.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
          bag.report(
            WorkloadRules.path, at: http["path"]?.location ?? http.location, "'\(path)' is no path of a URL",
            help: "write /healthz")
        }
        check = .http(path: path, port: http["port"]?.integer ?? 0)
      } else if let port = record["tcp"]?.integer {
        check = .tcp(port: port)
      } else {
        let command = record.texts("command")?.map(\.value) ?? []
        if command.isEmpty {
          bag.report(WorkloadRules.fieldValue, at: record.location, "a probe's command is empty")
        }
        check = .command(command)
      }
      var probe = WorkloadPlan.Probe(purpose, check)
      probe.interval = seconds(record["interval"], "the time between two looks", 1...86_400) ?? 10
      probe.timeout = seconds(record["timeout"], "the time of a look", 1...3600) ?? 1
      probe.failures = record["failures"]?.integer ?? 3
      probe.delay = seconds(record["delay"], "the time before the first look", 0...86_400) ?? 0
      if purpose == .readiness, kind == .job {
        bag.report(
          WorkloadRules.conflict, at: record.location, "nobody calls a job, so that it can't be ready for calls",
          help: "make it a startup or liveness probe")
      }
      result.append(probe)
    }
    return result
  }

  /// Addresses that workers may reach.
  mutating func egress(_ fields: RulesetRecord) -> [WorkloadPlan.Egress] {
    var result: [WorkloadPlan.Egress] = []
    for text in fields.texts("egress") ?? [] {
      guard let egress = EgressBlock.parse(text.value) else {
        bag.report(
          WorkloadRules.address, at: text.location, "'\(text.value)' is no block of addresses",
          help: "write 10.0.0.0/8, 192.0.2.7/32:443 or [2001:db8::]/32:443; names of hosts are for pods")
        continue
      }
      if result.contains(egress) {
        bag.report(WorkloadRules.twice, at: text.location, "'\(text.value)' is there already", help: "remove it")
      }
      result.append(egress)
    }
    return result
  }

  /// What is wrong between fields.
  mutating func check(_ plan: WorkloadPlan, _ fields: RulesetRecord) {
    let shared = plan.volumes.reduce(0) { total, volume in
      if case .sharedMemory(let size) = volume.source { total + size } else { total }
    }
    if shared > plan.memory, let place = origins["volumes"] {
      bag.report(
        WorkloadRules.conflict, at: place,
        "the shared memory of \(WorkloadQuantity.text(mebibytes: shared)) is part of the worker's memory, which is "
          + WorkloadQuantity.text(mebibytes: plan.memory), help: "raise 'memory'")
    }
    if plan.placement.within == "node", plan.placement.isStrict, let most = plan.placement.workersPerNode,
      most < plan.workers.count, let place = origins["placement.workers_per_node"]
    {
      bag.report(
        WorkloadRules.conflict, at: place,
        "\(plan.workers.count) workers must stand on one node, and a node takes \(most) of them",
        help: "raise it, or remove 'strict'")
    }
    if let retries = plan.retries.perWorker, !plan.workers.isIndexed, let place = origins["retries.per_worker"] {
      bag.report(
        WorkloadRules.conflict, at: place, "failures of each worker (\(retries)) are counted by its number",
        help: "set 'indexed' of 'workers'")
    }
  }
}

/// Blocks of addresses.
enum EgressBlock {
  /// `10.0.0.0/8`, `192.0.2.7/32:443`, `[2001:db8::]/32:443`; nil for anything else.
  static func parse(_ text: String) -> WorkloadPlan.Egress? {
    var address: Substring
    var rest: Substring
    if text.utf8.first == 0x5B {
      guard let close = text.utf8.firstIndex(of: 0x5D) else { return nil }
      address = text[text.utf8.index(after: text.startIndex)..<close]
      rest = text[text.utf8.index(after: close)...]
    } else {
      guard let slash = text.utf8.firstIndex(of: 0x2F) else { return nil }
      address = text[..<slash]
      rest = text[slash...]
    }
    guard rest.utf8.first == 0x2F, IPAddress.isValid(String(address)) else { return nil }
    rest = rest.dropFirst()
    let parts = rest.utf8.split(separator: 0x3A, omittingEmptySubsequences: false).map { String(Substring($0)) }
    let limit = address.utf8.contains(0x3A) ? 128 : 32
    guard 1...2 ~= parts.count, let bits = number(parts[0]), bits <= limit else { return nil }
    guard parts.count == 2 else { return .init(block: "\(address)/\(bits)", port: nil) }
    guard let port = number(parts[1]), 1...65_535 ~= port else { return nil }
    return .init(block: "\(address)/\(bits)", port: port)
  }

  private static func number(_ text: String) -> Int? {
    text.isEmpty || text.utf8.count > 5 || !text.utf8.allSatisfy(\.isASCIIDigit) ? nil : Int(text)
  }
}
