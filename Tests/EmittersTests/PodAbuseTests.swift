import Diagnostics
import Driver
import Source
import Testing

/// The cases of the list of abuses that a compile alone decides; those that need an engine are end-to-end tests.
@Suite("Pods: abuse cases")
struct PodAbuseTests {
  /// Something that must be refused: the number of its case, the pod, and the rule.
  struct Refusal: Sendable, CustomTestStringConvertible {
    var number: Int
    var name: String
    var files: [String: String]
    var rule: String
    var testDescription: String { "\(number). \(name)" }

    init(_ number: Int, _ name: String, _ text: String, _ rule: String, files: [String: String] = [:]) {
      (self.number, self.name, self.rule) = (number, name, rule)
      self.files = files.merging(["claw-pod.yml": text]) { $1 }
    }
  }

  @Test("Refused", arguments: refusals)
  func refused(refusal: Refusal) {
    let compiled = PodFixture.compile(refusal.files, environment: ["OPENAI_API_KEY": "x", "KEY": "y"])
    #expect(PodFixture.errors(compiled).contains(refusal.rule), "\(PodFixture.findings(compiled))")
    #expect(compiled.artifacts.isEmpty)
  }

  private static func key(_ number: Int, _ lines: String, _ rule: String = "pod/refused-key", block: String = "")
    -> Refusal
  {
    Refusal(
      number, lines.replacing("\n", with: " "),
      PodFixture.claw(lines, block: "agent: a.md, cllama: none" + block, more: "  web: {image: w}\n"), rule)
  }

  static let refusals: [Refusal] = keys + privileges + mounts + names + encodings + others

  /// 19: a provider's key by every way.
  private static let keys: [Refusal] =
    [
      "environment: {OPENAI_API_KEY: x}", "environment: {A: \"${OPENAI_API_KEY}\"}", "environment: [OPENAI_API_KEY]",
      "environment: [\"A=$OPENAI_API_KEY\"]", "environment: {A: \"${B:-${OPENAI_API_KEY}}\"}",
      "environment: {A: \"${KEY:+${OPENAI_API_KEY}}\"}", "environment: {ANTHROPIC_AUTH_TOKEN: x}",
      "labels: {l: \"${OPENAI_API_KEY}\"}", "labels: [\"l=${OPENAI_API_KEY-}\"]", "labels: {OPENAI_API_KEY: x}",
      "command: run --key ${OPENAI_API_KEY}", "command: [run, \"$OPENAI_API_KEY\"]",
      "entrypoint: [\"${OPENAI_API_KEY}\"]",
      "annotations: {a: \"${OPENAI_API_KEY}\"}", "healthcheck: {test: \"curl -H ${OPENAI_API_KEY}\"}",
      "hostname: \"${OPENAI_API_KEY}\"", "logging: {driver: syslog, options: {tag: \"${OPENAI_API_KEY}\"}}",
      "deploy: {labels: {a: \"${OPENAI_API_KEY}\"}}", "extra_hosts: [\"a:${OPENAI_API_KEY}\"]",
    ].map { key(19, $0, "pod/provider-key") } + [
      .init(
        19, "by a merge key", "x-e: &e {environment: {OPENAI_API_KEY: x}}\n" + PodFixture.claw("<<: *e"),
        "pod/provider-key"),
      .init(
        19, "by extends", PodFixture.claw("extends: base", more: "  base: {image: b, environment: [OPENAI_API_KEY]}\n"),
        "pod/provider-key"),
      .init(
        19, "by extends of a file", PodFixture.claw("extends: {file: b.yml, service: base}"), "pod/provider-key",
        files: ["b.yml": "services: {base: {environment: {A: \"${OPENAI_API_KEY}\"}}}\n"]),
      .init(
        19, "by env_file", PodFixture.claw("env_file: k.env"), "pod/provider-key",
        files: ["k.env": "OPENAI_API_KEY=x\n"]),
      .init(
        19, "as build argument",
        "services:\n  a:\n    build: {context: ., args: {A: \"${OPENAI_API_KEY}\"}}\n    x-claw: {agent: a.md, cllama: none}\n",
        "pod/provider-key"),
      .init(
        19, "as a secret", PodFixture.claw("secrets: [s]", more: "secrets: {s: {environment: OPENAI_API_KEY}}\n"),
        "pod/provider-key"),
      .init(
        19, "written out for the sidecar",
        PodFixture.claw("", block: "agent: a.md, cllama-env: {OPENAI_API_KEY: sk-x}"),
        "pod/provider-key"),
    ]

  /// 22: what ends the sandbox, whichever way it arrives.
  private static let privileges: [Refusal] = {
    let lines = [
      "privileged: true", "privileged: \"yes\"", "pid: host", "ipc: host", "uts: host", "cgroup: host",
      "network_mode: host",
      "network_mode: none", "cap_add: [SYS_ADMIN]", "cap_add: [CAP_NET_RAW]", "devices: [\"/dev/sda\"]",
      "userns_mode: host",
      "security_opt: [\"seccomp:unconfined\"]", "security_opt: [\"apparmor=unconfined\"]",
      "security_opt: [\"no-new-privileges=false\"]", "security_opt: [\"label:disable\"]",
      "device_cgroup_rules: [\"c 1:3 mr\"]", "group_add: [docker]", "runtime: runc", "cgroup_parent: x", "user: root",
      "user: \"0:0\"", "volumes_from: [web]", "pids_limit: -1", "oom_kill_disable: true", "oom_score_adj: -5",
      "extra_hosts: [\"h:host-gateway\"]", "working_dir: /proc/self/fd",
      "deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}", "deploy: {replicas: 3}", "scale: 2",
      "credential_spec: {file: x}",
    ]
    var all = lines.map { key(22, $0) }
    for line in ["privileged: true", "pid: host", "cap_add: [SYS_ADMIN]", "volumes: [\"/var/run/docker.sock:/s\"]"] {
      let rule = line.hasPrefix("volumes") ? "pod/refused-mount" : "pod/refused-key"
      all += [
        .init(22, "\(line) by <<", "x-e: &e {\(line)}\n" + PodFixture.claw("<<: *e"), rule),
        .init(22, "\(line) by extends", PodFixture.claw("extends: base", more: "  base: {image: b, \(line)}\n"), rule),
        .init(
          22, "\(line) by an extended file", PodFixture.claw("extends: {file: b.yml, service: s}"), rule,
          files: ["b.yml": "services: {s: {\(line)}}\n"]),
        .init(
          22, "\(line) by an include",
          "include: [b.yml]\n" + PodFixture.claw(""), "pod/claw-place",
          files: ["b.yml": "services: {a: {image: x, \(line)}}\n"]),
        .init(
          22, "\(line) by another document", PodFixture.claw("") + "---\nservices: {a: {\(line)}}\n", "pod/claw-place"),
      ]
    }
    all.append(key(22, "networks: [default]", "pod/refused-network"))
    all.append(key(22, "links: [web]", "pod/refused-network"))
    all.append(key(22, "dns: 8.8.8.8", "pod/refused-network"))
    all.append(key(22, "container_name: x", block: ", count: 2"))
    all.append(key(37, "ports: [\"80:80\"]", "pod/refused-port"))
    all.append(key(37, "ports: [{target: 80}]", "pod/refused-port"))
    return all
  }()

  /// 36: binds, and everything else that brings the host's files along.
  private static let mounts: [Refusal] =
    [
      "/:/host", "/etc:/e", "/etc/passwd:/e:ro", "~/.ssh:/s", "~:/h", "/home/u/.ssh:/s", "/var/run/docker.sock:/s",
      "..:/up",
      "../x:/x", "./a/../../x:/x", "/var/lib:/v", "/srv/data:/d", ".:/pod", "./:/pod:ro", "./.claw:/c", "./.env:/e:ro",
      "./claw-pod.yml:/p:ro", "./a.md:/contract", "./d:/claw/x", "./d:/claw", "./d:/tmp", "./d:/workspace",
      "./d:/proc/x",
      "./d:/claw/AGENTS.md",
    ].map { key(36, "volumes: [\"\($0)\"]", "pod/refused-mount") } + [
      key(36, "tmpfs: /workspace", "pod/refused-mount"), key(36, "tmpfs: [\"/claw:size=1m\"]", "pod/refused-mount"),
      key(36, "volumes:\n- {type: tmpfs, target: /claw}", "pod/refused-mount"),
      key(36, "volumes:\n- {type: bind, source: /etc, target: /x}", "pod/refused-mount"),
      .init(
        36, "a config over the contract",
        PodFixture.claw("configs: [{source: c, target: /claw/AGENTS.md}]", more: "configs: {c: {file: ./b.md}}\n"),
        "pod/refused-mount"),
      .init(
        36, "a secret from /etc", PodFixture.claw("secrets: [s]", more: "secrets: {s: {file: /etc/shadow}}\n"),
        "pod/refused-mount"),
      .init(
        36, "a volume that is a bind",
        PodFixture.claw(
          "volumes: [\"vol:/x\"]", more: "volumes: {vol: {driver_opts: {type: none, o: bind, device: /}}}\n"),
        "pod/refused-mount"),
      .init(
        36, "a surface that is a bind",
        PodFixture.claw(
          "", block: "agent: a.md, cllama: none, surfaces: [\"volume://vol\"]",
          more: "volumes: {vol: {driver_opts: {type: none, o: bind, device: /etc}}}\n"), "pod/refused-mount"),
      key(36, "", "pod/refused-mount", block: ", surfaces: [\"host:///etc\"]"),
      key(36, "", "pod/surface", block: ", surfaces: [\"host:///claw/x\"]"),
      key(36, "", "pod/surface", block: ", surfaces: [\"volume://v\", \"volume://v rw\"]"),
      key(36, "", "pod/surface", block: ", surfaces: [\"volume://a-workspace rw\"]"),
      .init(
        36, "around a volume's access list",
        PodFixture.claw("volumes: [\"vol:/x\"]", more: "volumes: {vol: {x-claw: {access: [{a: read-only}]}}}\n"),
        "pod/volume-access"),
    ]

  /// 29 and 30: names and counts.
  private static let names: [Refusal] =
    ["x-cllama", "a-0", "A-0"].map {
      .init(
        29, "a service \($0)",
        "services:\n  \($0): {image: x}\n  a: {build: ., x-claw: {agent: a.md, count: 1}}\n  x: {build: ., x-claw: {agent: a.md}}\n",
        "pod/claw-name")
    }
    + ["A", "a_b", "münchen", String(repeating: "a", count: 49), "-a", "a-", "a.b", "egress"].map {
      .init(
        29, "a claw \($0)", "services:\n  \($0): {build: ., x-claw: {agent: a.md, cllama: none}}\n", "pod/claw-name")
    }
    + ["0", "-1", "2.5", "\"3\"", "1e9", "1001", "[1]", "0x10", "!!int \"3\""].map {
      key(30, "", "pod/count", block: ", count: \($0)")
    }
    + ["A", "-p", "p.q", "\"\"", String(repeating: "p", count: 64)].map {
      .init(29, "a pod \($0)", "x-claw: {pod: \($0)}\n" + PodFixture.claw(""), "pod/claw-name")
    } + [
      .init(
        29, "a volume that is a claw's own", PodFixture.claw("", more: "volumes: {a-workspace: {external: true}}\n"),
        "pod/claw-name"),
      .init(29, "a network that is claw's", PodFixture.claw("", more: "networks: {claw-a: {}}\n"), "pod/claw-name"),
    ]

  /// 20, 27 and 28: keys, tags and bytes.
  private static let encodings: [Refusal] =
    [
      key(20, "environment: {A: b, A: c}", "yaml/duplicate-key"),
      key(20, "tty: true\ntty: false", "yaml/duplicate-key"),
      key(20, "", "yaml/duplicate-key", block: ", agent: b.md"),
      .init(20, "x-claw twice", "x-claw: {pod: p}\nx-claw: {pod: q}\n" + PodFixture.claw(""), "yaml/duplicate-key"),
      .init(
        21, "x-claw in two documents",
        PodFixture.claw("") + "---\nservices: {b: {build: ., x-claw: {agent: b.md}}}\n", "pod/claw-place"),
    ]
    + ["!x", "!!binary", "!!python/object:os.system", "!!set", "!reset"].map {
      key(27, "", "pod/claw-field-type", block: ", persona: \($0) YQ==")
    } + ["!x [a]", "!!python/tuple [a]"].map { key(27, "", "pod/claw-field-type", block: ", skills: \($0)") }

  private static let others: [Refusal] = [
    key(32, "", "pod/no-contract", block: ", include: [{id: i, file: nope.md, mode: guide}]"),
    .init(32, "no contract", PodFixture.claw("", block: "agent: nope.md, cllama: none"), "pod/no-contract"),
    .init(34, "a contract outside", PodFixture.claw("", block: "agent: ../a.md, cllama: none"), "pod/no-contract"),
    .init(
      34, "a contract at the root", PodFixture.claw("", block: "agent: /etc/passwd, cllama: none"), "pod/no-contract"),
    .init(
      38, "x-claw by an alias", "networks: {n: &n {x-claw: {visibility: pod-only}}, m: *n}\n" + PodFixture.claw(""),
      "pod/claw-alias"),
    .init(
      38, "x-claw by a merge key",
      PodFixture.claw("", more: "  w: &w {image: w, x-claw: {expose: {protocol: rest, port: 1}}}\n  v: {<<: *w}\n"),
      "pod/claw-alias"),
    .init(38, "x-claw by extends", PodFixture.claw("", more: "  w: {extends: a}\n"), "pod/claw-place"),
    .init(
      38, "x-claw in an include", "include: [b.yml]\n" + PodFixture.claw(""), "pod/claw-place",
      files: ["b.yml": "services: {b: {image: b, x-claw: {agent: a.md}}}\n"]),
  ]

  @Test("22. What hands over the host is told, whoever grants it")
  func grants() {
    func warnings(_ block: String, image: String = "build: .", clawfile: String = "") -> [String] {
      let lock = """
        {"schema": 1, "images": {"x:1": {"id": "sha256:1", "digest": null, "labels": {"claw.type": "generic", \
        "claw.privilege.docker-socket": "true", "claw.privilege.cap": "NET_BIND_SERVICE", \
        "claw.privilege.cap.1": "SYS_ADMIN"}, "entrypoint": ["/x"], "command": null, "user": "7"}}}
        """
      let compiled = PodFixture.compile([
        "claw-pod.yml": "services:\n  a:\n    \(image)\n    x-claw: {agent: a.md, cllama: none\(block)}\n",
        "Clawfile": "FROM debian:bookworm-slim\nCLAW_TYPE generic\nCMD [\"x\"]\n\(clawfile)", "claw.lock": lock,
      ])
      #expect(PodFixture.errors(compiled) == [], "\(PodFixture.findings(compiled))")
      return compiled.bag.sorted().filter { $0.rule.name == "clawfile/dangerous-privilege" }.map(\.message)
    }
    let socket = "'docker-socket true' of the claw 'a' hands over the host"
    let admin = "'cap SYS_ADMIN' of the claw 'a' hands over the host"
    #expect(warnings("") == [])
    #expect(warnings(", privilege: {docker-socket: true, cap: [SYS_ADMIN, CHOWN]}") == [socket, admin])
    #expect(warnings("", image: "image: \"x:1\"").sorted() == [admin, socket])
    #expect(warnings(", privilege: {cap: []}", image: "image: \"x:1\"") == [socket])
    #expect(warnings("", clawfile: "PRIVILEGE docker-socket true\n") == ["'docker-socket true' hands over the host"])
  }

  @Test(
    "28. BOM and CRLF are taken, other encodings and NUL are not",
    arguments: [
      ([0xFF, 0xFE] as [UInt8], false), ([0xFE, 0xFF], false), ([0xEF, 0xBB, 0xBF], true), ([], true),
      ([0x23, 0xFF, 0x0A], false),
      ([0x23, 0x00, 0x0A], false), ([0x23, 0xED, 0xA0, 0x80, 0x0A], false),
    ])
  func encodings(prefix: [UInt8], isGood: Bool) {
    let pod = PodFixture.claw("").replacing("\n", with: "\r\n")
    let compiled = PodFixture.compile(bytes: ["claw-pod.yml": prefix + pod.utf8])
    #expect(PodFixture.errors(compiled).isEmpty == isGood, "\(PodFixture.findings(compiled))")
  }

  @Test("28. A file of 64 MB is refused")
  func huge() {
    let compiled = PodFixture.compile(
      bytes: ["claw-pod.yml": Array(PodFixture.claw("").utf8) + [UInt8](repeating: 0x0A, count: 64 << 20)])
    #expect(PodFixture.errors(compiled) == ["yaml/too-large"])
  }

  @Test(
    "16. A warning says where compose will make another text of a value",
    arguments: [
      ("012", "10"), ("1_000", "1000"), ("0x1F", "31"), ("0b11", "3"), ("0o14", "12"), ("1e3", "1000"),
      ("10_0.5", "100.5"),
      ("+12", "12"), ("-0", "0"), ("1.10", "1.1"), ("2024-01-01", "2024-01-01 as a time"), ("TRUE", "true"),
      ("False", "false"),
    ])
  func retyped(written: String, read: String) {
    for lines in ["environment: {A: \(written)}", "labels: {A: \(written)}", "annotations:\n  A: \(written)"] {
      let compiled = PodFixture.compile(PodFixture.claw(lines))
      #expect(PodFixture.errors(compiled) == [])
      let found = compiled.bag.diagnostics.filter { $0.rule.name == "pod/retyped-value" }
      #expect(found.map(\.message) == ["compose takes '\(written)' for '\(read)'"])
      #expect(PodFixture.text(compiled).contains("A: \(written)"))
    }
  }

  @Test(
    "16. What stays as it is needs no warning",
    arguments: [
      "no", "on", "y", "1:30:00", "12", "-3", "1.5", "true", "\"012\"", "'0x1F'", "!!str 012", "null", "~", "",
      "${KEY}", "x",
    ])
  func notRetyped(written: String) {
    let compiled = PodFixture.compile(PodFixture.claw("environment:\n  A: \(written)"), environment: ["KEY": "012"])
    #expect(PodFixture.warnings(compiled) == [])
    #expect(PodFixture.errors(compiled) == [])
  }

  @Test(
    "17. Infinity, not-a-number and times never make compose fail on our output",
    arguments: [
      ".inf", "-.Inf", ".nan", "!!timestamp 2024-01-01",
    ])
  func odd(written: String) throws {
    let compiled = PodFixture.compile(PodFixture.claw("environment: {A: \(written)}"))
    guard let output = PodFixture.output(compiled) else { return }
    guard let compose = ComposeConfig.shared else { return }
    let found = try ComposeConfig.withFolder(["compose.generated.yml": output]) {
      try compose.config($0, "compose.generated.yml")
    }
    #expect(found.json != nil, "\(found.complaint)")
  }

  @Test("34. A contract that is a link outside, a pipe, a folder, a device or too large is refused")
  func contracts() throws {
    try ComposeConfig.withFolder(PodFixture.files.mapValues { Array($0.utf8) }) { folder in
      for (name, command) in [
        ("link.md", ["/bin/ln", "-s", "/etc/hostname"]), ("pipe.md", ["/usr/bin/mkfifo"]),
        ("folder.md", ["/bin/mkdir"]),
        ("huge.md", ["/usr/bin/truncate", "-s", "1G"]), ("null.md", ["/bin/ln", "-s", "/dev/null"]),
      ] {
        let status = PodDisk.run(command + [folder + "/" + name])
        #expect(status == 0)
        let compiled = PodDisk.compile(folder, PodFixture.claw("", block: "agent: \(name), cllama: none"))
        #expect(PodFixture.errors(compiled) == ["pod/no-contract"], "\(name)")
      }
    }
  }

  @Test("41. An output that is a link, read-only or on a full disk leaves what was there, and no temporary file")
  func outputs() throws {
    try ComposeConfig.withFolder(["compose.generated.yml": Array("old\n".utf8), "other": []]) { folder in
      let path = folder + "/compose.generated.yml"
      #expect(PodDisk.write([(path, Array("new\n".utf8)), ("/dev/full", [1])]) == false)
      #expect(PodDisk.read(path) == "old\n")
      let status = PodDisk.run(["/bin/ln", "-sf", folder + "/other", path])
      #expect(status == 0)
      #expect(PodDisk.write([(path, Array("new\n".utf8))]) == false)
      #expect(PodDisk.read(folder + "/other")?.isEmpty == true)
      #expect(PodDisk.names(folder).sorted() == ["compose.generated.yml", "other"])
    }
  }
}
