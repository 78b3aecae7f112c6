import Testing

/// Pods in all the ways in which YAML and compose let one write them.
enum PodCorpus {
  /// A pod and the files around it.
  struct Pod: Sendable, CustomTestStringConvertible {
    var name: String
    var files: [String: [UInt8]]
    var environment: [String: String] = ["SET": "value"]
    var profiles: [String] = []
    var testDescription: String { name }
  }

  static let all: [Pod] =
    texts.map { Pod(name: $0.0, files: ["claw-pod.yml": Array($0.1.utf8)]) } + places + forms + others

  /// The x-claw block of most claws here.
  static let block = "x-claw: {agent: a.md, cllama: none}"

  /// The same claw with its block first, in the middle, last, in block style, with comments, and the service first or last.
  private static let places: [Pod] = {
    let keys = [
      "build: .", "environment:\n      # inside\n      A: b   # behind\n      C: d", "labels: [one=1, two]",
      "command: |\n      first line\n      second line",
    ]
    let blocks = [
      "x-claw: {agent: a.md, cllama: none, surfaces: [service://web]}",
      "# above\n    x-claw: # beside\n      agent: a.md   # behind\n      # between\n      cllama: none\n"
        + "      surfaces:\n      - service://web\n        # deep below",
      "\"x-claw\":\n        agent: a.md\n        cllama: none\n        surfaces:\n          - service://web\n\n",
    ]
    let web = "  web:\n    image: w\n    command: |\n      keep\n    # end of web\n"
    var pods: [Pod] = []
    for (number, block) in blocks.enumerated() {
      for place in 0...keys.count {
        var lines = keys
        lines.insert(block, at: place)
        let claw = "  a:\n" + lines.map { "    \($0)\n" }.joined()
        for (order, text) in [claw + web, web + claw, claw + "\n\n# far\n" + web].enumerated() {
          let tail = ["", "networks:\n  n: {}\n", "volumes: {v: {}}\n# last"][(number + place + order) % 3]
          pods.append(
            Pod(
              name: "place \(number) \(place) \(order)",
              files: ["claw-pod.yml": Array("services:\n\(text)\(tail)".utf8)]))
        }
      }
    }
    return pods
  }()

  /// One key of a claw each, in the forms that it has; `#` lines, empty values and null among them.
  private static let forms: [Pod] = formTexts.enumerated().map { index, text in
    let top = """
      networks: {n: {}}
      volumes: {vol: {}, wol: {}}
      configs: {c: {file: ./a.md}}
      secrets: {s: {file: ./b.md}}

      """
    let more = "  db: {image: d}\n  web:\n    image: w\n    depends_on: [a]\n    networks: [n]\n" + top
    let pod = PodFixture.claw(text, block: "agent: a.md, cllama: none, surfaces: [service://web]", more: more)
    return Pod(
      name: "form \(index): \(text.prefix(30))", files: ["claw-pod.yml": Array(pod.utf8), "e.env": Array("E=f\n".utf8)])
  }

  private static let formTexts = [
    "environment: {A: b, C: \"d\"}", "environment: [A=b, C=d, BARE]", "environment:\n  A: b\n  BARE:",
    "environment:\n- A=b\n- SET", "environment:\n  - A=b\n  # c\n  - SET\n", "environment: {}",
    "environment: []", "environment:\n  A: $SET\n  B: ${SET:-x}\n  C: $$HOME\n  D: '${NOPE-}'",
    "environment:\n  A: \"tab\\there\"\n  B: \"\\u00e9\\\"\\\\\"\n  C: 'it''s'\n  D: >-\n    folded\n    text",
    "environment:\n  - \"A=b c\"\n  - 'X=#no comment'\n  -   \"Y=z\"", "environment:\n  -\n    A=b\n  -\n    C=d",
    "labels: {a: b}", "labels: [a=b, c]", "labels:\n  a: b\n  \"quo.ted\": c", "labels:\n- a=b\n- c",
    "labels: {}", "labels: []", "volumes: [vol:/v, ./d:/d:ro]", "volumes:\n- vol:/v\n- wol:/w:ro",
    "volumes:\n  - vol:/v",
    "volumes:\n  - type: volume\n    source: vol\n    target: /v\n  - wol:/w",
    "volumes:\n  -\n    type: volume\n    source: vol\n    target: /v",
    "volumes:\n  - {type: tmpfs, target: /cache}\n  - type: volume\n    target: /anon", "volumes: []",
    "volumes:\n  - &x vol:/v\n  - wol:/w", "tmpfs: /scratch", "tmpfs: [/scratch, \"/more:size=1m\"]",
    "tmpfs:\n  - /scratch\n  - /more", "tmpfs:\n- /scratch", "tmpfs: []",
    "security_opt: [\"apparmor:docker-default\"]", "security_opt:\n  - no-new-privileges:true", "security_opt: []",
    "command: sleep 5", "command: [sleep, \"5\"]", "command:\n  - sleep\n  - \"5\"", "command:",
    "command: []", "command: >\n  sleep\n  5", "command: |+\n  echo one\n\n", "command: echo \"$$HOME ${SET}\"",
    "entrypoint: /run me", "entrypoint: [/run, me]", "entrypoint:\n- /run\n- ${SET}", "entrypoint: []", "entrypoint:",
    "entrypoint: \"\"", "entrypoint: sh -c 'echo $$X ${SET}'", "init: false", "init: true",
    "user: \"1001:1001\"", "user: bob", "restart: always", "restart: \"no\"", "mem_limit: 1g",
    "mem_limit: 1073741824", "memswap_limit: 1g\nmem_limit: 512m", "pids_limit: 10",
    "ulimits: {nproc: 100}", "ulimits:\n  nofile:\n    soft: 10\n    hard: 20", "logging: {driver: none}",
    "logging:\n  driver: json-file\n  options: {max-size: 1m}", "healthcheck: {disable: true}",
    "healthcheck:\n  test: curl -f x || exit 1\n  interval: 1m30s", "healthcheck: {test: [NONE]}",
    "depends_on: [db]", "depends_on:\n- db", "depends_on:\n  db:\n    condition: service_healthy", "depends_on: {}",
    "depends_on:\n  db: {condition: service_started, required: false, restart: true}", "depends_on: []",
    "env_file: e.env", "env_file: [e.env]", "env_file:\n- path: e.env\n  required: false", "env_file: []",
    "secrets: [s]", "secrets:\n  - source: s\n    target: t\n    mode: 0440", "configs: [c]",
    "configs:\n- source: c\n  target: /etc/c.conf",
    "deploy: {resources: {limits: {cpus: '0.5', memory: 1g, pids: 50}}}",
    "deploy:\n  restart_policy: {condition: on-failure}\n  labels: {a: b}", "deploy:",
    "develop:\n  watch:\n  - path: ./d\n    action: rebuild", "hostname: h.example", "container_name: cn",
    "domainname: example", "expose: [80, \"81\"]", "expose:\n- 80", "extra_hosts: [\"x:10.0.0.1\"]",
    "extra_hosts:\n  x: 10.0.0.1", "dns_search: example.com", "dns_opt: [\"ndots:1\"]",
    "stop_signal: SIGINT", "stop_grace_period: 1m30s", "working_dir: /w", "platform: linux/amd64",
    "pull_policy: if_not_present", "tty: true\nstdin_open: true", "shm_size: 64m", "cpus: 0.5", "cpu_shares: 512",
    "cpuset: 0,1", "sysctls: {net.core.somaxconn: 1024}", "sysctls: [net.core.somaxconn=1024]",
    "annotations: {a: b}", "annotations: [a=b]", "attach: false", "cap_drop: [NET_RAW]", "read_only: true",
    "blkio_config: {weight: 300}", "storage_opt: {size: 1G}", "oom_score_adj: 100", "mac_address: 02:42:ac:11:65:43",
    "x-other: {keep: [1, 0x1F, 2024-01-01, ~]}", "ipc: private", "ipc: none", "group_add: []", "devices: []",
    "ports: []",
    "\"stop_signal\" : SIGINT", "'working_dir': \"/w\"", "? working_dir\n: /w", "working_dir: !!str /w",
    "stop_signal:\n  SIGINT", "working_dir:\n\n  # c\n  /w", "profiles: []", "isolation: default",
  ]
}
