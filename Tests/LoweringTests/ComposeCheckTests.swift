import Diagnostics
import Lowering
import Source
import Testing

@Suite("Compose checks: what is refused, and where")
struct ComposeCheckTests {
  @Test(
    "Structure",
    arguments: [
      ("ports: 80:80", ["pod/wrong-type 4:12 '80:80'"]),
      ("environment:", ["pod/wrong-type 4:17 ''"]),
      ("command: [a, 1]", ["pod/wrong-type 4:18 '1'"]),
      ("pid:", ["pod/wrong-type 4:9 ''"]),
      ("scale: 2024-01-01", ["pod/wrong-type 4:12 '2024-01-01'"]),
      ("build: {additional_contexts: {a: 1}}", ["pod/wrong-type 4:38 '1'"]),
      ("hostname: 2024-01-01", ["pod/wrong-type 4:15 '2024-01-01'"]),
      ("volumes: [2024-01-01]", ["pod/wrong-type 4:15 '2024-01-01'"]),
      ("devices: [2024-01-01]", ["pod/wrong-type 4:15 '2024-01-01'"]),
      ("label_file: 2024-01-01", ["pod/wrong-type 4:17 '2024-01-01'"]),
      ("healthcheck: {test: 2024-01-01}", ["pod/wrong-type 4:25 '2024-01-01'"]),
      ("build: {context: ., additional_contexts: [x=service:zz]}", ["pod/undefined-service 4:47 'x=service:zz'"]),
      ("environment: {A: [a]}", ["pod/wrong-type 4:22 '[a]'"]),
      ("imagee: x", ["pod/unknown-key 4:5 'imagee'"]),
      ("logging: {foo: 1, x-a: 2}", ["pod/unknown-key 4:15 'foo'"]),
      ("depends_on: {a: {}}", ["pod/dependency-cycle 4:18 'a'", "pod/missing-key 4:21 '{}'"]),
      ("cgroup: hosst", ["pod/invalid-value 4:13 'hosst'"]),
      ("oom_score_adj: 1001", ["pod/invalid-value 4:20 '1001'"]),
      ("security_opt: [a, b, a]", ["pod/duplicate-item 4:26 'a'"]),
      ("labels: {1: a}", ["pod/non-string-key 4:14 '1'"]),
      ("scale: !!int x", ["pod/invalid-tag 4:18 'x'"]),
      ("x-y: .nan", ["pod/unsupported-value 4:10 '.nan'"]),
      ("gpus: [{capabilities: [gpu], count: 1, device_ids: [a]}]", ["pod/invalid-device 4:44 'device_ids'"]),
    ])
  func structure(lines: String, expected: [String]) {
    #expect(ComposeFixture.service(lines) == expected)
  }

  @Test(
    "Values",
    arguments: [
      ("privileged: \"abc\"", "pod/invalid-boolean"), ("attach: foo", "pod/invalid-boolean"),
      ("scale: two", "pod/invalid-number"),
      ("cpus: half", "pod/invalid-number"), ("mem_limit: 1x", "pod/invalid-size"),
      ("mem_limit: \"-1\"", "pod/invalid-size"),
      ("shm_size: \"\"", "pod/invalid-size"), ("stop_grace_period: \"5\"", "pod/invalid-duration"),
      ("healthcheck: {interval: 1h 2m}", "pod/invalid-duration"), ("ulimits: {nofile: 1.5}", "pod/wrong-type"),
      ("ulimits: {nofile: 1.0}", "pod/invalid-number"), ("healthcheck: {retries: -1}", "pod/invalid-number"),
      ("deploy: {resources: {limits: {cpus: foo}}}", "pod/invalid-number"),
      ("command: \"a 'b\"", "pod/invalid-command"),
      ("command: a (b)", "pod/invalid-command"), ("extra_hosts: [a]", "pod/invalid-host"),
      ("extra_hosts: {\"a:b\": c}", "pod/invalid-host"),
      ("ports: [{target: 80, host_ip: foo}]", "pod/invalid-address"),
      ("healthcheck: {test: [curl]}", "pod/invalid-healthcheck"),
      ("volumes: [{type: bind, target: /x}]", "pod/invalid-mount"), ("volumes: [\"/a:\"]", "pod/invalid-mount"),
      ("volumes: [\"/a:/b:ro:x\"]", "pod/invalid-mount"), ("devices: [\"a:b:c:d\"]", "pod/invalid-device"),
      ("build: {ssh: [foo]}", "pod/invalid-pair"), ("expose: [80.5]", "pod/wrong-type"),
      ("group_add: [1.5]", "pod/wrong-type"),
      ("pull_policy: foo", "pod/invalid-value"), ("ports: [{published: 80}]", "pod/missing-key"),
      ("volumes: [{type: volume}]", "pod/missing-key"),
      ("pids_limit: 1\ndeploy: {resources: {limits: {pids: 2}}}", "pod/conflicting-values"),
      ("mem_limit: 1g\ndeploy: {resources: {limits: {memory: 2g}}}", "pod/conflicting-values"),
      ("cpus: 1\ndeploy: {resources: {limits: {cpus: '2'}}}", "pod/conflicting-values"),
      ("container_name: q\ndeploy: {replicas: 2}", "pod/fixed-container-name"),
      ("network_mode: host\nnetworks: [default]", "pod/exclusive-keys"),
      ("build: {dockerfile: a, dockerfile_inline: b}", "pod/exclusive-keys"),
      ("platform: a\nbuild: {platforms: [b]}", "pod/conflicting-values"),
      ("tmpfs: [/x, \"/x:size=1\"]", "pod/duplicate-mount"),
      ("develop: {watch: [{path: ., action: sync}]}", "pod/missing-key"),
      ("network_mode: service:b", "pod/undefined-service"),
      ("volumes_from: [b]", "pod/undefined-service"), ("links: [\"b:c:d\"]", "pod/undefined-service"),
      ("links: [a]", "pod/dependency-cycle"), ("volumes: [\"data:/x\"]", "pod/undefined-volume"),
      ("env_file: b.env", "pod/missing-file"),
      ("label_file: b", "pod/missing-file"), ("extends: {service: a, file: b.yml}", "pod/missing-file"),
      ("extends: a", "pod/extends-cycle"),
      ("extends: {file: b.yml}", "pod/missing-key"), ("provider: {options: {}}", "pod/missing-key"),
    ])
  func values(lines: String, rule: String) {
    let found = ComposeFixture.service(lines)
    #expect(found.map { $0.split(separator: " ")[0] } == [Substring(rule)])
  }

  @Test(
    "What compose takes is taken",
    arguments: [
      "command:", "command: ''", "entrypoint: []", "deploy:", "develop:", "pid: host", "environment: [A, B=c, =d]",
      "environment: {A: , B: 1.5, C: true}",
      "environment: {A: 2024-01-01, B: 0b11}",
      "ports: [80, \"80\", \"127.0.0.1::80\", \"[::1]:80:80/udp\", \"3000-3005:80\", \"80-82:80-82\"]",
      "ports: [{target: 80, published: 80-90, x-a: 1}]", "ports: [\"80:80\", \"80:80\"]", "expose: [80, \"80\", foo]",
      "volumes: [/data, ./x:/y:ro,z, ~/x:/z, 'c:\\x:/q']",
      "volumes: [{type: tmpfs, target: /x, tmpfs: {size: 1g, mode: 0777}}]",
      "volumes: [{type: image, source: a, target: /x}]", "privileged: \"yes\"", "init: \"on\"",
      "mem_limit: 1.5GiB", "mem_limit: -1", "memswap_limit: 1024.0", "stop_grace_period: 1m30.5s",
      "stop_grace_period: 1d", "cpus: .5", "cpu_shares: 1e1",
      "ulimits: {nofile: 5, nproc: {soft: '1', hard: 2}}", "extra_hosts: [a=b, \"c:d\", \"e=[::1]\"]",
      "extra_hosts: {a: [b, c]}", "devices: [/dev/a, \"/dev/a:/dev/b:r\"]",
      "gpus: all", "gpus: [{driver: x}]", "env_file: [{path: nope, required: false}]",
      "logging: {options: {a: 1, b: , c: d}}", "healthcheck: {test: [NONE]}",
      "cap_add: [A, A]", "depends_on: {}", "networks: [default]",
      "build: {additional_contexts: {a: ./b, c: 'docker-image://d'}, args: [A, B=c], ssh: [default]}",
      "post_start: [{command: a, user: b}]", "pre_start: [{image: x, command: [a], per_replica: false}]",
      "restart: 'no'", "profiles: []", "dns: ''", "x-a: {b: [c]}", "x-: 1",
      "volumes_from: ['container:b']", "container_name: q\nscale: 1", "scale: 2\ndeploy: {replicas: 2}",
      "storage_opt: {size: 1}", "annotations: {a: 1}", "use_api_socket: true",
      "blkio_config: {weight: 300, device_read_bps: [{path: a, rate: 1mb}]}", "labels: [a=b, a=c]",
      "environment: {A: !foo b}", "environment: !!foo {A: b}",
    ])
  func accepted(lines: String) {
    #expect(ComposeFixture.service(lines).isEmpty)
  }

  @Test(
    "Documents and top level",
    arguments: [
      ("", "pod/empty"), ("# c\n", "pod/empty"), ("- a\n", "pod/not-a-mapping"), ("{}\n", "pod/empty"),
      ("services:\n", "pod/wrong-type"),
      ("services: {a: }\n", "pod/wrong-type"), ("version: '3'\n", "pod/empty"),
      ("services: {a: {build: {additional_contexts: {x: 'service:b'}}}, b: {image: y}}\n", "pod/undefined-service"),
      ("services:\n  a: {image: x}\n\u{FEFF}x-b: 1\n", "pod/unknown-key"), ("services: {a: {}}\n", "pod/no-image"),
      ("services: {a: {image: ''}}\n", "pod/no-image"),
      ("services: {'a b': {image: x}}\n", "pod/invalid-name"),
      ("services: {a: {image: x}}\nweb: 1\n", "pod/unknown-key"),
      ("services: {a: {image: x}}\nversion: 3\n", "pod/wrong-type"),
      ("services: {a: {image: x}}\nsecrets: {s: }\n", "pod/wrong-type"),
      ("services: {a: {image: x}}\nsecrets: {s: {file: a, environment: b}}\n", "pod/exclusive-keys"),
      ("services: {a: {image: x}}\nconfigs: {s: {name: a}}\n", "pod/missing-source"),
      ("services: {a: {image: x}}\nvolumes: {s: {external: true, driver: a}}\n", "pod/exclusive-keys"),
      ("services: {a: {image: x}}\nnetworks: {s: {name: a, external: {name: b}}}\n", "pod/conflicting-values"),
      ("services: {a: {image: x}}\nmodels: {m: {}}\n", "pod/missing-key"),
      ("services: {a: {image: x}}\n---\n", "pod/not-a-mapping"),
      ("services: {a: {image: x, ports: []}}\n---\nservices: {a: {ports: x}}\n", "pod/unmergeable"),
      ("include: [x.yml]\nservices: {a: {image: x}}\n", "pod/missing-file"),
      ("include: x.yml\nservices: {a: {image: x}}\n", "pod/wrong-type"),
      ("services: {x-claw: {a: b, image: x}}\n", "pod/unknown-key"),
    ])
  func documents(text: String, rule: String) {
    #expect(ComposeFixture.rules(text).first == rule)
  }

  @Test(
    "Files without services are taken",
    arguments: [
      "x-a: 1\n", "networks: {a: }\n", "services: {}\n", "services: {x-a: {image: x}}\n",
      "services: {a: {profiles: [q]}}\n", "include: []\nname: My App\n",
      "networks: {'a b': {}}\n",
      "services: {a: {image: x, x-claw: {v: .inf, w: !!int q, '${': ['${']}}}\nx-claw: [1]\n",
      "services: {x: {<<: {image: y}}}\n",
      "services: {a: {image: x, depends_on: {b: {condition: service_started, required: false}}}, b: {image: x, profiles: [q]}}\n",
    ])
  func acceptedFiles(text: String) {
    #expect(ComposeFixture.rules(text).isEmpty)
  }

  @Test("All findings come out of one run, each once, in order")
  func everything() {
    let found = ComposeFixture.service(
      "prots: []\nenvironment: 5\ndepends_on: [b]\nuser: ${\nmem_limit: x", more: "foo: 1\n")
    #expect(
      found.map { $0.split(separator: " ")[0] } == [
        "pod/unknown-key", "pod/wrong-type", "pod/undefined-service", "pod/invalid-interpolation", "pod/invalid-size",
        "pod/unknown-key",
      ])
  }

  @Test("Near misses are suggested with a fix")
  func suggestions() throws {
    let bag = ComposeFixture.load(
      "services:\n  web:\n    imagee: x\n    image: y\n    depends_on: [bd]\n  db: {image: z}\n"
    ).bag
    let findings = bag.sorted()
    #expect(findings.map(\.help) == ["did you mean 'image'?", "did you mean 'db'?"])
    #expect(findings.first?.fixes.first?.edits.first?.replacement == "image")
  }

  @Test("A text out of the file can't break the lines of a message")
  func shownTexts() throws {
    let bag = ComposeFixture.load(
      "services: {a: {image: x, cgroup: \"a\\nb\\u202Ec\(String(repeating: "d", count: 200))\"}}\n"
    ).bag
    let message = try #require(bag.diagnostics.first?.message)
    #expect(message.contains(#"'a\nb\u{202E}cddd"#) && message.utf8.count < 300)
  }
}
