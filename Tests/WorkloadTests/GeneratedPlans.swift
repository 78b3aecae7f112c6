import IR
import TestSupport

/// Plans made by chance, the same for the same seed.
struct GeneratedPlans {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func pick<Value>(_ values: [Value]) -> Value { values[number(0...values.count - 1)] }

  mutating func oneIn(_ count: Int) -> Bool { random.oneIn(count) }

  /// Text that is hard to quote.
  mutating func text() -> String {
    let pieces = [
      "a", "B9", " ", "'", "\"", "\\", "$HOME", "`id`", "\n", "ä", "'\u{301}", "{x}", "#", ": ", "--", "%", "\t", "!",
      "*",
      "~", "null",
    ]
    return (0..<number(0...6)).map { _ in pick(pieces) }.joined()
  }

  /// A plan with any of all fields.
  mutating func plan() -> WorkloadPlan {
    var plan = WorkloadPlan(
      name: "w\(number(0...9999))", kind: oneIn(3) ? .service : .job,
      image: pick(["busybox:1.35", "example.org/a/b:1"]),
      cores: number(1...64), memory: number(1...1_024_000))
    plan.command = (0..<number(0...4)).map { _ in text() }
    plan.environment = (0..<number(0...3)).map { (name: "V\($0)", value: text()) }
    plan.gpus = (0..<number(0...3)).map { _ in
      GPURequest(
        count: number(1...16), type: oneIn(2) ? pick(["h100", "a100"]) : nil,
        memory: oneIn(3) ? number(1...100_000) : nil,
        model: oneIn(4) ? text() : nil,
        selector: oneIn(4)
          ? DeviceSelector(expression: .number(.memoryMiB, .atLeast, 1), text: "device.memory_mib >= 1") : nil,
        link: oneIn(4) ? pick([.nvlink, .socket]) : nil)
    }
    let count = number(1...12)
    let isGang = oneIn(2) && count > 1
    plan.workers = .init(
      count: count, parallelism: isGang ? count : number(1...count), isIndexed: oneIn(2), gang: isGang ? count : 1)
    if oneIn(2) { plan.placement.nodeLabels = [.init("nvlink", "true"), .init("zone", "a")] }
    if oneIn(3) { plan.placement.conditions = [.init("Ready", pick([.true, .false, .unknown]))] }
    if oneIn(3) { plan.placement.gates = [.init(name: "quota", reason: text(), controller: nil)] }
    if oneIn(3) { plan.placement.within = pick(["rack", "node"]) }
    plan.placement.isStrict = plan.placement.within != nil && oneIn(2)
    plan.placement.workersPerNode = oneIn(3) ? number(1...4) : nil
    plan.queueing.queue = oneIn(3) ? "batch" : nil
    if oneIn(3) {
      plan.queueing.priorityClass = "urgent"
      plan.queueing.priority = number(0...1000)
    }
    plan.queueing.preempts = oneIn(3)
    plan.queueing.isProtected = oneIn(4)
    plan.queueing.grace = number(0...300)
    plan.retries = .init()
    plan.retries.limit = number(0...10)
    plan.retries.perWorker = oneIn(3) ? number(0...3) : nil
    plan.retries.onInterruption = oneIn(2)
    if plan.kind == .job {
      plan.limits.run = oneIn(2) ? number(60...100_000) : nil
      plan.limits.finishBy = oneIn(3) ? number(1...2_000_000_000) : nil
    }
    if oneIn(2) {
      plan.volumes = [
        .init(path: "/d", source: .host("/srv/d"), isReadOnly: oneIn(2)),
        .init(path: "/s", source: .scratch(number(1...1000)), isReadOnly: false),
        .init(path: "/dev/shm", source: .sharedMemory(number(1...1000)), isReadOnly: false),
        .init(path: "/c", source: .claim("corpus"), isReadOnly: oneIn(2)),
      ]
    }
    if oneIn(2) { plan.ports = [.init(number: 8000, name: "http"), .init(number: 53, isUDP: true)] }
    if oneIn(2) {
      plan.probes = [.init(.startup, .http(path: "/", port: 8000)), .init(.liveness, .command(["true", text()]))]
      if plan.kind == .service { plan.probes.append(.init(.readiness, .tcp(port: 8000))) }
    }
    if oneIn(2) {
      plan.secrets = [
        .init(secret: "hub", key: "token", target: .variable("TOKEN")),
        .init(secret: "tls", key: "k", target: .file("/k")),
      ]
    }
    if oneIn(3) { plan.egress = [.init(block: "10.0.0.0/8", port: nil), .init(block: "2001:db8::/32", port: 443)] }
    plan.user = oneIn(3) ? number(1...60_000) : nil
    if plan.kind == .service {
      let health = Rollout.HealthLimits(errorPermille: 5, latency: 250, minimumCalls: 10, successPermille: 995)
      if oneIn(2) {
        plan.rollout = Rollout(
          strategy: pick([.immediate, .rolling(batch: 2), .canary(percent: 5, seconds: 300), .blueGreen]),
          health: health)
      }
      if oneIn(2) {
        plan.scaling = Scaling(
          minimum: number(1...2), maximum: number(2...9),
          measure: pick([
            .cpu(percent: 70), .memory(percent: 80), .metric(name: "queue", value: 3),
            .query("up", value: 2, server: "http://p:9090"),
          ]))
      }
    }
    if oneIn(3) {
      plan.alerts = [
        Alert(
          name: "Slow", expression: "up == 0", holdsFor: 60, severity: pick(Alert.Severity.allCases), summary: text())
      ]
    }
    plan.id = "\(plan.name)-0123456789ab"
    // As if the author had written all of it.
    return plan
  }
}
