/// The language of workloads: what `workload` in a file of its own and `x-claw.workload` of a service may say.
package enum WorkloadLanguage {
  /// A workload.
  package static let workload: [GuardField] = [
    GuardField("name", .text, "Its name: small letters, digits and hyphens; a service's is the service's"),
    GuardField(
      "kind", .choice(["job", "service"]), default: .text("job"), "Whether it ends by itself or is kept running"),
    GuardField("image", .text, "The image that its workers run; a service's is the service's"),
    GuardField("command", .texts(.name), "The command and its arguments; the image's own without it"),
    GuardField("env", .table(.text), "Variables; never secrets"),
    GuardField("secrets", .records(secret), "Secrets, by reference"),
    GuardField(
      "cpu", aliases: ["cpu_cores"], .integer(1...1024), default: .integer(1), "Processor cores of each worker"),
    GuardField(
      "memory", aliases: ["memory_mb"], .text, default: .text("512MiB"),
      "Memory of each worker, at most 1024000MiB; a number alone is in MiB"),
    GuardField("gpus", aliases: ["gpu_count"], .short(for: "count", gpus), "GPUs of each worker"),
    GuardField("workers", aliases: ["replicas"], .short(for: "count", workers), "How many workers there are"),
    GuardField("placement", .record(placement), "Where workers may stand"),
    GuardField("queue", .text, "The queue that it waits in; the engine's usual one without it"),
    GuardField("priority", .short(for: "class", priority), "Who goes first"),
    GuardField("preemption", .record(preemption), "Who gives way to whom"),
    GuardField("retries", .short(for: "limit", retries), "How often it is tried again"),
    GuardField("time_limit", .text, "How long it may run: 30m, 4h, 2d"),
    GuardField("finish_by", .text, "When it must be done, as RFC 3339 writes it, in UTC"),
    GuardField("volumes", .records(volume), "Folders that workers see"),
    GuardField("ports", .shorts(for: "port", port), "Ports that workers listen at"),
    GuardField("probes", .record(probes), "How one can tell that a worker is well"),
    GuardField("egress", .texts(.host), "Addresses that workers may reach: 10.0.0.0/8, 192.0.2.7/32:443"),
    GuardField("user", .integer(1...2_147_483_647), "The number of the user that workers run as"),
    GuardField("rollout", .short(for: "strategy", rollout), "How a new version takes the old one's place"),
    GuardField("scaling", .record(scaling), "How many workers there are by load"),
    GuardField("alerts", .records(alert), "When somebody is told"),
  ]

  /// The names of the priority classes that every file has, with their values.
  package static let priorityClasses: [(name: String, value: Int)] = [
    ("preemptible", 0), ("spot", 100), ("default", 500), ("high-priority", 750), ("system-critical", 1000),
  ]

  /// A file of runners.
  package static let runners: [GuardField] = [
    GuardField("runners", .records(runner), "What runs models, the first that fits", isRequired: true)
  ]

  private static let runner = [
    GuardField("name", .text, "Its name", isRequired: true),
    GuardField("verbs", .texts(.name), "What it does: run, serve, train, fine-tune", isRequired: true),
    GuardField("families", .texts(.name), "The families of models that it runs", isRequired: true),
    GuardField("kind", .choice(["job", "service"]), default: .text("job"), "Whether it ends by itself"),
    GuardField("image", .text, "Its image", isRequired: true),
    GuardField(
      "command", .texts(.name), "Its command; {model}, {gpus}, {workers}, {context}, {precision} stand for those"),
    GuardField("port", .integer(1...65_535), "The port that it listens at"),
    GuardField("health", .text, "The path there that says that it is well"),
    GuardField(
      "precision", .record(precisions),
      "Words behind the command for each precision that it knows; without it, it is not asked"),
    GuardField("splits", .texts(.name), "The numbers of GPUs that it splits a model over; any, if none are said"),
  ]

  private static let precisions = ["fp32", "bf16", "fp16", "fp8", "int8", "int4"].map { name in
    GuardField(name, .texts(.name), "What says \(name)")
  }

  private static let secret = [
    GuardField("secret", .text, "The engine's name of the secret", isRequired: true),
    GuardField("key", .text, "The key in it; the variable's or file's name without it"),
    GuardField("env", .text, "The variable that it becomes"),
    GuardField("file", .text, "The file that it becomes: an absolute path"),
  ]

  private static let device: [GuardField] = [
    GuardField("count", .integer(0...64), "How many", isRequired: true),
    GuardField("type", .text, "Their class: h100"),
    GuardField("memory", .text, "The memory of each, at least: 80GB"),
    GuardField("model", aliases: ["model_pattern"], .text, "A part of their product's name, in any case"),
    GuardField("selector", .text, "What holds for each: device.memory_mib >= 40960 && !device.name.contains(\"PCIe\")"),
    GuardField("link", .choice(["nvlink", "socket"]), "How each is joined with each other one"),
  ]

  private static let gpus =
    device + [GuardField("fallback", .shorts(for: "count", device), "What else would do, best first")]

  private static let workers = [
    GuardField("count", aliases: ["completions"], .integer(1...10_000), default: .integer(1), "How many in all"),
    GuardField("parallelism", .integer(1...10_000), "How many at a time; all without it"),
    GuardField("indexed", .bool, default: .bool(false), "Whether each has a number of its own, from 0"),
    GuardField("gang", .bool, default: .bool(false), "Whether all must run at the same moment"),
  ]

  private static let placement = [
    GuardField("labels", aliases: ["node_selector"], .table(.text), "Labels that a node must have"),
    GuardField(
      "conditions", .table(.choice(["true", "false", "unknown"])), "Conditions that a node must be in"),
    GuardField("gates", .shorts(for: "name", gate), "What must be taken away before any worker starts"),
    GuardField("within", .text, "The level of the fleet that all workers share: node, rack"),
    GuardField("strict", .bool, default: .bool(false), "Whether they must share it, not only should"),
    GuardField("workers_per_node", .integer(1...1024), "The most workers on one node"),
  ]

  private static let gate = [
    GuardField("name", .text, "Its name", isRequired: true),
    GuardField("reason", .text, "Why it is there"),
    GuardField("controller", .text, "Who takes it away"),
  ]

  private static let priority = [
    GuardField(
      "class", .text, "The class: preemptible, spot, default, high-priority, system-critical, or one of your own",
      isRequired: true),
    GuardField("value", .integer(0...1000), "The value of a class of your own; more goes first"),
  ]

  private static let preemption = [
    GuardField("take", .bool, default: .bool(false), "Whether it may take the place of workloads with less priority"),
    GuardField("protected", .bool, default: .bool(false), "Whether none may take its place"),
    GuardField("grace", .text, default: .text("30s"), "The time to end when another takes its place, at most 300s"),
  ]

  private static let retries = [
    GuardField("limit", .integer(0...1000), default: .integer(0), "Failures of all workers that are tried again"),
    GuardField("per_worker", .integer(0...1000), "Failures of each worker"),
    GuardField(
      "on_interruption", .bool, default: .bool(true), "Whether lost nodes and lost places count for nothing"),
  ]

  private static let volume = [
    GuardField("path", .text, "Where workers see it: an absolute path", isRequired: true),
    GuardField("host", .text, "A folder of the node: an absolute path"),
    GuardField("claim", .text, "A volume of the engine's, by name"),
    GuardField("scratch", .text, "An empty folder, with its size: 10GiB"),
    GuardField("shm", .text, "Memory that processes share, with its size: 16GiB"),
    GuardField("read_only", .bool, default: .bool(false), "Whether workers can't write to it"),
  ]

  private static let port = [
    GuardField("port", .integer(1...65_535), "The port", isRequired: true),
    GuardField("name", .text, "Its name, of at most 15 small letters, digits and hyphens"),
    GuardField("protocol", .choice(["tcp", "udp"]), default: .text("tcp"), "Its protocol"),
  ]

  private static let probes = [
    GuardField("startup", .record(probe), "Whether it has started"),
    GuardField("readiness", .record(probe), "Whether it takes calls"),
    GuardField("liveness", .record(probe), "Whether it still works"),
  ]

  private static let probe = [
    GuardField(
      "http",
      .record([
        GuardField("path", .text, default: .text("/"), "The path"),
        GuardField("port", .integer(1...65_535), "The port", isRequired: true),
      ]), "A GET that is answered with 200 to 399"),
    GuardField("tcp", .integer(1...65_535), "A port that takes connections"),
    GuardField("command", .texts(.name), "A command in the container that ends with 0"),
    GuardField("interval", .text, default: .text("10s"), "The time between two looks"),
    GuardField("timeout", .text, default: .text("1s"), "The time that a look may take"),
    GuardField("failures", .integer(1...100), default: .integer(3), "How many in a row must fail"),
    GuardField("delay", .text, default: .text("0s"), "The time before the first look"),
  ]

  private static let rollout = [
    GuardField(
      "strategy", .choice(["auto", "immediate", "rolling", "canary", "blue-green"]),
      "The way; 'auto' decides by what else is said", isRequired: true),
    GuardField("batch", .integer(1...10_000), "How many workers at a time, when rolling"),
    GuardField("percent", .integer(1...99), "The share of calls that a canary gets"),
    GuardField("duration", .text, "How long a canary is watched"),
    GuardField("environment", .choice(["production", "staging", "dev"]), "Where it runs"),
    GuardField("criticality", .integer(0...100), default: .integer(50), "How bad an outage is"),
    GuardField("past_failures", .integer(0...1000), default: .integer(0), "How many of the last versions failed"),
  ]

  private static let scaling = [
    GuardField("min", .integer(0...10_000), "The fewest workers", isRequired: true),
    GuardField("max", .integer(1...10_000), "The most workers", isRequired: true),
    GuardField("cpu", .integer(1...100), "The processors' use that is aimed at, in percent"),
    GuardField("memory", .integer(1...100), "The memory's use that is aimed at, in percent"),
    GuardField(
      "metric",
      .record([
        GuardField("name", .text, "The metric of each worker", isRequired: true),
        GuardField("value", .integer(1...1_000_000_000), "What is aimed at", isRequired: true),
      ]), "A metric of the workers"),
    GuardField(
      "query",
      .record([
        GuardField("expr", .text, "The Prometheus expression", isRequired: true),
        GuardField("value", .integer(1...1_000_000_000), "What is aimed at for each worker", isRequired: true),
        GuardField("server", .text, "The address of the Prometheus server", isRequired: true),
      ]), "What a Prometheus server says"),
    GuardField("up_after", .text, default: .text("0s"), "How long load must last before workers are added"),
    GuardField("down_after", .text, default: .text("300s"), "How long it must be gone before workers are taken away"),
  ]

  private static let alert = [
    GuardField("name", .text, "Its name: letters, digits and underscores", isRequired: true),
    GuardField("expr", .text, "The Prometheus expression that holds when something is wrong", isRequired: true),
    GuardField("for", .text, default: .text("0s"), "How long it must hold"),
    GuardField(
      "severity", .choice(["info", "warning", "critical"]), default: .text("warning"), "How bad it is"),
    GuardField("summary", .text, "What is said, in a sentence"),
  ]
}

/// The language of fleets: machines, what they have, and what runs on them.
package enum FleetLanguage {
  /// A file.
  package static let file: [GuardField] = [
    GuardField("levels", .texts(.name), "The levels above a node, outermost first: [spine, rack]"),
    GuardField("gpus", .table(.record(gpu)), "Kinds of GPUs, by their class"),
    GuardField("links", .table(.texts(.name)), "How GPUs of a node are joined: rows as 'nvidia-smi topo -m' has them"),
    GuardField("nodes", .records(node), "The machines", isRequired: true),
    GuardField("running", .records(running), "What runs on them"),
    GuardField("default_queue", .text, "The queue of workloads that name none"),
  ]

  /// The link matrices that need no writing down.
  package static let builtInLinks = ["nvswitch", "cube-mesh", "pcie", "two-socket", "pairs"]

  private static let gpu = [
    GuardField("name", .text, "The vendor's name for it", isRequired: true),
    GuardField("memory", .text, "Its memory: 80GB", isRequired: true),
  ]

  private static let node = [
    GuardField("name", .text, "Its name, or many: node-[001-128]", isRequired: true),
    GuardField("cpu", .integer(1...65_536), "Its processor cores", isRequired: true),
    GuardField("memory", .text, "Its memory: 2TiB", isRequired: true),
    GuardField("gpus", .record(nodeGPUs), "Its GPUs"),
    GuardField("at", .table(.text), "Where it stands, by level"),
    GuardField("labels", .table(.text), "Its labels"),
    GuardField("conditions", .table(.choice(["true", "false", "unknown"])), "The conditions that it is in"),
    GuardField("drained", .bool, default: .bool(false), "Whether it takes no new work"),
    GuardField("queues", .texts(.name), "The queues that may use it; all without it"),
  ]

  private static let nodeGPUs = [
    GuardField("type", .text, "Their class", isRequired: true),
    GuardField("count", .integer(1...16), "How many", isRequired: true),
    GuardField(
      "links", .text, "How they are joined: a name of 'links', nvswitch, cube-mesh, pcie, two-socket or pairs"),
    GuardField("broken", .texts(.name), "The indices of those that can't be used"),
    GuardField("uuids", .texts(.name), "Their numbers, by index"),
  ]

  private static let running = [
    GuardField("name", .text, "Its name", isRequired: true),
    GuardField("priority", .integer(0...1000), default: .integer(500), "More goes first"),
    GuardField("protected", .bool, default: .bool(false), "Whether none may take its place"),
    GuardField("ends_within", .text, "When it will have ended at the latest: 2h"),
    GuardField("workers", .records(part), "Where it runs", isRequired: true),
  ]

  private static let part = [
    GuardField("node", .text, "The node", isRequired: true),
    GuardField("gpus", .texts(.name), "The indices of its GPUs"),
    GuardField("cpu", .integer(0...65_536), default: .integer(0), "Its processor cores"),
    GuardField("memory", .text, default: .text("0MiB"), "Its memory"),
  ]
}
