package import Diagnostics

/// The rules about workloads.
package enum WorkloadRules {
  /// All of them.
  package static let all: [Rule] = [
    documents, unknownKey, missingKey, fieldType, fieldValue, twice, name, image, quantity, time, environment, secret,
    selector, path, address, conflict, gang, priority, unmet, lost,
  ]

  private static func workload(_ lines: String) -> String {
    "workload:\n  name: train\n  image: registry.example/train:1.4\n"
      + lines.split(separator: "\n").map { "  \($0)\n" }.joined()
  }

  static let documents = Rule(
    "workload/several-documents", .error, "A workload's file has more than one document",
    explanation: "A workload is one YAML document: which of several is meant can't be told.",
    bad: workload("") + "---\n" + workload(""), good: workload(""))

  static let unknownKey = Rule(
    "workload/unknown-key", .error, "A key means nothing where it stands",
    explanation: "A misspelt limit would silently be none, so every key must be one that the language has.",
    bad: workload("tiem_limit: 4h"), good: workload("time_limit: 4h"))

  package static let missingKey = Rule(
    "workload/missing-key", .error, "A key that must be there is not",
    explanation: "A workload needs a name and an image; GPUs need a count; a volume needs a path and what is there.",
    bad: workload("gpus: {type: h100}"), good: workload("gpus: {type: h100, count: 1}"))

  static let fieldType = Rule(
    "workload/field-type", .error, "A value has another type than its key",
    explanation: "Each key has a type: a text, a whole number, a list or a mapping. docs/workloads.md has them all.",
    bad: workload("cpu: many"), good: workload("cpu: 16"))

  package static let fieldValue = Rule(
    "workload/field-value", .error, "A value is none of those that its key can have",
    explanation: """
      Numbers have limits, and some keys take one of a few words. What no engine can give is refused here, not in a queue.
      """,
    bad: workload("gpus: 65"), good: workload("gpus: 64"))

  package static let twice = Rule(
    "workload/twice", .error, "Something is there twice that can be there once",
    explanation:
      "Two volumes at one path, two variables of one name or two ports with one number: only one would hold.",
    bad: workload("ports: [8000, 8000]"), good: workload("ports: [8000, 8001]"))

  package static let name = Rule(
    "workload/name", .error, "A name is none",
    explanation: """
      Names become names of jobs, pods, variables and labels on every engine: small letters, digits and hyphens, at most \
      63, for a workload at most 50, since engines append numbers. Variables are letters, digits and underscores.
      """,
    bad: "workload:\n  name: Train_1\n  image: registry.example/train:1.4\n", good: workload(""))

  package static let image = Rule(
    "workload/image", .error, "An image's reference is none",
    explanation: """
      A reference is a registry, a path in small letters, and a tag of at most 128 characters or a digest with all its \
      digits (64 for sha256, 128 for sha512).
      """,
    bad: "workload:\n  name: train\n  image: registry.example/Train:1.4\n", good: workload(""))

  package static let quantity = Rule(
    "workload/quantity", .error, "A size is none, or out of bounds",
    explanation: "Sizes are whole numbers with MiB, GiB or TiB; a number alone is in MiB.",
    bad: workload("memory: 80 gigs"), good: workload("memory: 80GiB"))

  package static let time = Rule(
    "workload/time", .error, "A time is none, or out of bounds",
    explanation: "Times are whole numbers with s, m, h or d, one after the other (1h30m); moments are RFC 3339 in UTC.",
    bad: workload("time_limit: soon"), good: workload("time_limit: 1h30m"))

  package static let environment = Rule(
    "workload/environment", .error, "A variable can't be set",
    explanation: "Variables are letters, digits and underscores, and what engines set themselves can't be set.",
    bad: workload("env: {SLURM_JOB_ID: \"1\"}"), good: workload("env: {JOB_ID: \"1\"}"))

  package static let secret = Rule(
    "workload/secret-value", .error, "A secret's value stands in a workload",
    explanation: """
      Workloads are written to disk, logged and handed to engines: a value in one is no secret any more. Name the engine's \
      secret under 'secrets', and the engine hands it over.
      """,
    bad: workload("env: {API_TOKEN: \"ghp_0123456789abcdefghijABCDEFGHIJ456789\"}"),
    good: workload("secrets: [{secret: forge, key: token, env: API_TOKEN}]"))

  package static let selector = Rule(
    "workload/selector", .error, "A selector can't be understood",
    explanation: """
      A selector is made of comparisons of device.index, device.memory_mib, device.name, device.type and device.uuid, \
      joined by &&, ||, ! and parentheses. What can't be understood is an error: taken for true, it would choose any GPU.
      """,
    bad: workload("gpus: {count: 1, selector: device.memory >= 40960}"),
    good: workload("gpus: {count: 1, selector: device.memory_mib >= 40960}"))

  package static let path = Rule(
    "workload/path", .error, "A path is no absolute path",
    explanation: "Folders of nodes and of workers are named from the root, without '..', and none of them is the root.",
    bad: workload("volumes: [{path: data, claim: corpus}]"), good: workload("volumes: [{path: /data, claim: corpus}]"))

  package static let address = Rule(
    "workload/address", .error, "An address is none",
    explanation: "Addresses that may be reached are IP blocks, with a port if only that is meant: 192.0.2.0/24:443.",
    bad: workload("egress: [example.org]"), good: workload("egress: [192.0.2.7/32:443]"))

  package static let conflict = Rule(
    "workload/conflict", .error, "Two fields can't both be",
    explanation: """
      A service does not end, so that it has no limit of time; a job does not take calls, so that it has neither a \
      rollout nor scaling; a volume is one thing; a probe looks in one way.
      """,
    bad: workload("kind: service\ntime_limit: 4h"), good: workload("kind: job\ntime_limit: 4h"))

  package static let gang = Rule(
    "workload/gang", .error, "A gang that can't be",
    explanation: "The workers of a gang run at the same moment: all of them, so that they are at least two.",
    bad: workload("workers: {count: 4, parallelism: 2, gang: true}"), good: workload("workers: {count: 4, gang: true}"))

  package static let priority = Rule(
    "workload/priority", .error, "A priority class can't be told",
    explanation: """
      Five classes have values: preemptible 0, spot 100, default 500, high-priority 750, system-critical 1000. A class of \
      your own needs a value, and those five keep theirs.
      """,
    bad: workload("priority: urgent"), good: workload("priority: {class: urgent, value: 800}"))

  package static let unmet = Rule(
    "workload/unmet", .warning, "A GPU's class has less than is asked of it",
    explanation: "No node can offer it: GPUs of that class have less memory, or no such links. Ask for another class.",
    bad: workload("gpus: {count: 1, type: a10, memory: 80GiB}"),
    good: workload("gpus: {count: 1, type: h100, memory: 80GiB}"))

  package static let lost = Rule(
    "workload/lost-field", .error, "An engine can't express a field",
    explanation: """
      A field that an engine has no word for would be lost without a trace. Name it with --waive if that is what you want: \
      the artifact says then what was waived. docs/workloads.md has the table of fields and engines.
      """)
}

/// The rules about fleets.
package enum FleetRules {
  /// All of them.
  package static let all: [Rule] = [
    documents, unknownKey, missingKey, fieldType, fieldValue, twice, name, unknown, links, occupied,
  ]

  private static func fleet(_ lines: String) -> String {
    "gpus:\n  h100: {name: NVIDIA H100, memory: 80GiB}\nnodes:\n"
      + "  - {name: \"n[1-2]\", cpu: 64, memory: 512GiB, gpus: {type: h100, count: 8, links: nvswitch}}\n" + lines
  }

  static let documents = Rule(
    "fleet/several-documents", .error, "A fleet's file has more than one document",
    explanation: "A fleet is one YAML document.", bad: fleet("---\nnodes: []\n"), good: fleet(""))

  static let unknownKey = Rule(
    "fleet/unknown-key", .error, "A key means nothing where it stands",
    explanation: "A misspelt key would silently say nothing, so every key must be one that the language has.",
    bad: fleet("runing: []\n"), good: fleet("running: []\n"))

  static let missingKey = Rule(
    "fleet/missing-key", .error, "A key that must be there is not",
    explanation: "A node needs a name, its cores and its memory.",
    bad: "nodes:\n  - {name: n1, cpu: 64}\n", good: "nodes:\n  - {name: n1, cpu: 64, memory: 512GiB}\n")

  static let fieldType = Rule(
    "fleet/field-type", .error, "A value has another type than its key",
    explanation: "Each key has a type: a text, a whole number, a list or a mapping. docs/fleets.md has them all.",
    bad: "nodes:\n  - {name: n1, cpu: all, memory: 512GiB}\n", good: "nodes:\n  - {name: n1, cpu: 64, memory: 512GiB}\n"
  )

  package static let fieldValue = Rule(
    "fleet/field-value", .error, "A value is none of those that its key can have",
    explanation: "Numbers have limits, sizes have units, and some keys take one of a few words.",
    bad: "nodes:\n  - {name: n1, cpu: 0, memory: 512GiB}\n", good: "nodes:\n  - {name: n1, cpu: 64, memory: 512GiB}\n")

  package static let twice = Rule(
    "fleet/twice", .error, "A name is there twice",
    explanation: "Nodes are told apart by their names, and workloads by theirs.",
    bad: "nodes:\n  - {name: \"n[1-2]\", cpu: 64, memory: 512GiB}\n  - {name: n2, cpu: 64, memory: 512GiB}\n",
    good: "nodes:\n  - {name: \"n[1-2]\", cpu: 64, memory: 512GiB}\n  - {name: n3, cpu: 64, memory: 512GiB}\n")

  package static let name = Rule(
    "fleet/name", .error, "A node's name is none",
    explanation: "Names are letters, digits, hyphens and dots; one range in brackets stands for many: node-[001-128].",
    bad: "nodes:\n  - {name: \"n[9-2]\", cpu: 64, memory: 512GiB}\n",
    good: "nodes:\n  - {name: \"n[2-9]\", cpu: 64, memory: 512GiB}\n")

  package static let unknown = Rule(
    "fleet/unknown-name", .error, "A name stands for nothing",
    explanation: "A node's GPUs name a class of 'gpus' or one that claw knows, its links a matrix, its place a level.",
    bad: "nodes:\n  - {name: n1, cpu: 64, memory: 512GiB, at: {rack: r1}}\n",
    good: "levels: [rack]\nnodes:\n  - {name: n1, cpu: 64, memory: 512GiB, at: {rack: r1}}\n")

  package static let links = Rule(
    "fleet/links", .error, "A matrix of links is none",
    explanation: """
      It has a row for each GPU and in each a word for each GPU: X for itself, NV1 to NV64, PIX, PXB, PHB, NODE or SYS; \
      and what one row says of a pair, the other row says too.
      """,
    bad: fleet("links: {odd: [\"X NV4\", \"PIX X\"]}\n"), good: fleet("links: {even: [\"X NV4\", \"NV4 X\"]}\n"))

  package static let occupied = Rule(
    "fleet/occupied", .error, "More is taken than there is",
    explanation: "What runs can't have a GPU that another has, nor more cores or memory than its node has.",
    bad: fleet(
      "running:\n  - {name: a, workers: [{node: n1, gpus: [0]}]}\n  - {name: b, workers: [{node: n1, gpus: [0]}]}\n"),
    good: fleet(
      "running:\n  - {name: a, workers: [{node: n1, gpus: [0]}]}\n  - {name: b, workers: [{node: n1, gpus: [1]}]}\n"))
}
