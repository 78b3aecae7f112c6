import IR
import Lowering
import TestSupport

/// Workloads of which every field is said in some, with values at the ends of what the language lets through.
struct RandomWorkload {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func plan() -> WorkloadPlan {
    let kind: WorkloadPlan.Kind = coin() ? .job : .service
    var plan = WorkloadPlan(
      name: one([
        "a", "train", "llama-70b", String(repeating: "n", count: 50), "z" + String(repeating: "-9", count: 24),
      ]),
      kind: kind, image: one(["busybox", "registry.example/a/b:1", "nvcr.io/nvidia/pytorch:25.01-py3"]),
      cores: number(1...1024), memory: number(1...1_024_000))
    plan.command = some { $0.text() }
    plan.environment = some { $0.text() }.enumerated().map { ("NAME_\($0.offset)", $0.element) }
    plan.secrets = secrets()
    plan.gpus = coin() ? some { $0.request() } : []
    plan.workers = workers(kind)
    plan.placement = placement()
    plan.queueing.queue = coin() ? "research" : nil
    (plan.queueing.priorityClass, plan.queueing.priority) = one([("default", 500), ("spot", 100), ("mine", 1000)])
    (plan.queueing.preempts, plan.queueing.isProtected, plan.queueing.grace) = (coin(), coin(), number(0...300))
    if kind == .job {
      plan.retries.limit = number(0...1000)
      plan.retries.perWorker = plan.workers.isIndexed && coin() ? number(0...1000) : nil
      plan.retries.onInterruption = coin()
      plan.limits.run = coin() ? number(60...31_536_000) : nil
      plan.limits.finishBy = coin() ? 1_798_135_200 : nil
    }
    plan.volumes = volumes()
    plan.ports = coin() ? [.init(number: number(1...65_535)), .init(number: 53, name: "names", isUDP: true)] : []
    plan.probes = some { $0.probe(kind) }.reduce(into: [WorkloadPlan.Probe]()) { list, probe in
      if !list.contains(where: { $0.purpose == probe.purpose }) { list.append(probe) }
    }
    plan.egress = coin() ? [.init(block: "10.0.0.0/8", port: nil), .init(block: "2001:db8::/32", port: 443)] : []
    plan.user = coin() ? number(1...2_147_483_647) : nil
    if kind == .service { operations(&plan) }
    plan.alerts =
      coin()
      ? [.init(name: "Slow", expression: "up == 0", holdsFor: 60, severity: .critical, summary: text())] : []
    plan.id = WorkloadID.of(plan)
    return plan
  }

  private mutating func operations(_ plan: inout WorkloadPlan) {
    let health = Rollout.HealthLimits(errorPermille: 5, latency: 200, minimumCalls: 1000, successPermille: 995)
    let strategies: [Rollout.Strategy] = [
      .immediate, .rolling(batch: number(1...10_000)), .canary(percent: 5, seconds: 600), .blueGreen,
    ]
    plan.rollout = coin() ? Rollout(strategy: one(strategies), health: health) : nil
    let measures: [Scaling.Measure] = [
      .cpu(percent: 80), .memory(percent: 1), .metric(name: "queue_length", value: 1_000_000_000),
      .query("sum(rate(calls_total{code=~\"5..\"}[1m]))", value: 7, server: "http://prometheus:9090"),
    ]
    guard coin() else { return }
    plan.scaling = Scaling(
      minimum: number(1...20), maximum: number(20...10_000), measure: one(measures), upAfter: number(0...3600),
      downAfter: number(0...3600))
  }

  private mutating func workers(_ kind: WorkloadPlan.Kind) -> WorkloadPlan.Workers {
    let count = one([1, 2, 8, 10_000])
    let isGang = count > 1 && coin()
    return .init(
      count: count, parallelism: isGang || kind == .service ? count : number(1...count), isIndexed: coin(),
      gang: isGang ? count : 1)
  }

  private mutating func placement() -> WorkloadPlan.PlacementRules {
    var rules = WorkloadPlan.PlacementRules()
    rules.nodeLabels = coin() ? [.init("example.com/disk", "fast"), .init("gpu", "")] : []
    rules.conditions = coin() ? [.init("Ready", .true), .init("GPUHealthy", .true)] : []
    rules.gates =
      coin()
      ? [.init(name: "example.com/data", reason: text(), controller: "loader"), .init(name: "quota")] : []
    rules.within = one([nil, "node", "rack", "zone", "pod"])
    rules.isStrict = rules.within != nil && coin()
    rules.workersPerNode = coin() ? number(1...1024) : nil
    return rules
  }

  private mutating func secrets() -> [WorkloadPlan.SecretUse] {
    guard coin() else { return [] }
    return [
      .init(secret: "hub", key: "token", target: .variable("HUB_TOKEN")),
      .init(secret: "hub", key: "ca.crt", target: .file("/run/secrets/ca.crt")),
      .init(secret: "other", key: "a_b", target: .file("/run/secrets/b")),
    ]
  }

  private mutating func volumes() -> [WorkloadPlan.Volume] {
    let sources: [WorkloadPlan.Volume.Source] = [
      .host("/data"), .claim("corpus"), .scratch(number(1...67_108_864)), .sharedMemory(number(1...1_024_000)),
    ]
    return sources.enumerated().compactMap { index, source in
      guard coin() else { return nil }
      let canBeReadOnly = index < 2
      return .init(path: "/mnt/\(index)", source: source, isReadOnly: canBeReadOnly && coin())
    }
  }

  private mutating func probe(_ kind: WorkloadPlan.Kind) -> WorkloadPlan.Probe {
    let purpose = kind == .job ? one([WorkloadPlan.Probe.Purpose.startup, .liveness]) : one([.readiness, .liveness])
    var probe = WorkloadPlan.Probe(
      purpose, one([.http(path: "/health?a=b", port: 8000), .tcp(port: 65_535), .command(["test", "-e", text()])]))
    (probe.interval, probe.timeout, probe.failures, probe.delay) =
      (number(1...86_400), number(1...3600), number(1...100), number(0...86_400))
    return probe
  }

  // MARK: GPUs

  mutating func request() -> GPURequest {
    var request = GPURequest(count: number(1...64))
    request.type = one([nil, "h100", "l40", "a100", "mi300x", "home-made"])
    request.memory = one([nil, 1, 40_960, 81_559, 1_048_576])
    request.model = one([nil, "HBM3", "mi300", "pcie", "80GB"])
    request.link = request.count > 1 ? one([nil, .nvlink, .socket]) : nil
    request.selector = coin() ? DeviceSelector(expression: condition(depth: 3), text: "") : nil
    return request
  }

  private mutating func condition(depth: Int) -> DeviceSelector.Expression {
    switch number(0...(depth == 0 ? 3 : 6)) {
    case 0: return .constant(coin())
    case 1:
      return .number(
        number(0...9) == 0 ? .index : .memoryMiB, one(DeviceSelector.Comparison.allCases), one([0, 24_576, 81_559]))
    case 2: return .text(.name, one(DeviceSelector.TextTest.allCases), one(["", "H100", "NVIDIA ", "PCIe", "\"\\é"]))
    case 3:
      return .text(
        number(0...3) == 0 ? .uuid : .type, one(DeviceSelector.TextTest.allCases), one(["h100", "l40s", "H100", "x"]))
    case 4: return .not(condition(depth: depth - 1))
    case 5: return .all(some { $0.condition(depth: depth - 1) })
    default: return .any(some { $0.condition(depth: depth - 1) })
    }
  }

  // MARK: Values

  private mutating func coin() -> Bool { Bool.random(using: &random) }
  private mutating func number(_ range: ClosedRange<Int>) -> Int {
    // The ends are where mistakes are.
    switch Int.random(in: 0..<4, using: &random) {
    case 0: range.lowerBound
    case 1: range.upperBound
    default: Int.random(in: range, using: &random)
    }
  }
  private mutating func one<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &random)]
  }
  private mutating func some<Value>(_ make: (inout Self) -> Value) -> [Value] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in make(&self) }
  }
  private mutating func text() -> String {
    one([
      "", "plain", "two words", "$HOME $(HOME) $$x $", "'\"\\", "null", "true", "0x1", "1e3", "~", "- a: b #c",
      "\u{85}\u{2028}é",
      "line\nline\n", "{{ .x }}", "%s", "\t ",
    ])
  }
}
