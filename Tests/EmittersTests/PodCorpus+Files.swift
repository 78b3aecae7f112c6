extension PodCorpus {
  private static let web = "  web:\n    image: w\n"
  private static let surfaces = "x-claw: {agent: a.md, cllama: none, surfaces: [service://web]}"

  /// Whole files, by what is special about them.
  static let texts: [(String, String)] = [
    ("smallest", "services:\n  a:\n    build: .\n    \(block)\n"),
    ("no last line end", "services:\n  a:\n    build: .\n    \(block)"),
    ("block last without line end", "services:\n  web:\n    image: w\n    x-claw: {expose: {protocol: rest, port: 1}}"),
    ("name", "name: p\nservices:\n  a:\n    build: .\n    \(block)\n"),
    ("named in x-claw", "x-claw: {pod: p}\nservices:\n  a:\n    build: .\n    \(block)\n"),
    ("x-claw last", "services:\n  a:\n    build: .\n    \(block)\nx-claw:\n  pod: p\n  # deep\n"),
    ("x-claw in the middle", "services:\n  a: {build: ., \(block)}\n# c\nx-claw: {pod: p}\n\nvolumes: {}\n"),
    ("only what plain services offer", "services:\n\(web)    x-claw: {expose: {protocol: mcp, port: 80}}\n"),
    ("document marks", "%YAML 1.1\n---\nservices:\n  a:\n    build: .\n    \(block)\n...\n"),
    (
      "comments everywhere",
      """
      # top

      # more
      services: # here
        # before a
        a: # a itself
          # in a
          build: . # build
          # before x-claw
          \(surfaces) # block
          # after x-claw
          environment: # env
            # in env
            A: b # c
            # end of env
          # end of a
        # between
        web: # w
          image: w # i
          # end of web
      # end of services
      networks: # n
        # in networks
        n: # one
      # end
      """
    ),
    (
      "four columns",
      "services:\n    a:\n        build: .\n        \(surfaces)\n        labels:\n            - a=b\n    web:\n        image: w\n"
    ),
    (
      "one column",
      "services:\n a:\n  build: .\n  \(surfaces)\n  environment:\n   A: b\n web:\n  image: w\nvolumes:\n v:\n"
    ),
    (
      "flow services",
      "services: {a: {build: ., \(surfaces), environment: {A: \"b\", C: 0x1F}}, web: {image: w, ports: [\"80:80\"]}}\n"
    ),
    (
      "flow services on lines",
      "services: {\n  a: {build: .,\n    \(surfaces)},\n  web: {image: w}\n}\nvolumes:\n  v: {}\n"
    ),
    (
      "flow service",
      "services:\n  a: {build: ., \(surfaces), labels: [\"a=b\"], tmpfs: /s}\n  web: {image: w, networks: [n]}\nnetworks: {n}\n"
    ),
    (
      "JSON",
      """
      {
        "services": {
          "a": {"build": {"context": "."}, "x-claw": {"agent": "a.md", "cllama": "none", "surfaces": ["service://web"]},
                "environment": {"A": "b", "N": 1, "T": true, "Z": null}, "command": ["x", "\\u00e9"]},
          "web": {"image": "w", "ports": [{"target": 80, "published": "8080"}]}
        },
        "networks": {"n": {"x-claw": {"visibility": "pod-only"}}},
        "volumes": {"v": null}
      }
      """
    ),
    (
      "JSON on one line", "{\"services\":{\"a\":{\"build\":\".\",\"x-claw\":{\"agent\":\"a.md\",\"cllama\":\"none\"}}}}"
    ),
    (
      "quoted keys",
      "\"services\":\n  'a':\n    \"build\": '.'\n    'x-claw': {agent: a.md, cllama: none, surfaces: ['service://web']}\n  \"web\":\n    'image': \"w\"\n"
    ),
    (
      "networks of a target: list",
      "services:\n  a: {build: ., \(surfaces)}\n  web:\n    image: w\n    networks:\n    - n\n    - m\nnetworks: {n: {}, m: {}}\n"
    ),
    (
      "networks of a target: deep list",
      "services:\n  a: {build: ., \(surfaces)}\n  web:\n    networks:\n        -\n          n\n        - m\n    image: w\nnetworks:\n  n:\n  m:\n"
    ),
    (
      "networks of a target: mapping",
      "services:\n  a: {build: ., \(surfaces)}\n  web:\n    networks:\n      n:\n        aliases: [x]\n      m: # c\n    image: w\nnetworks:\n  n:\n  m: {driver: bridge}\n"
    ),
    (
      "networks of a target: flow",
      "services:\n  a: {build: ., \(surfaces)}\n  web:\n    networks: {n: {aliases: [x]}, m: }\n    image: w\nnetworks: {n: , m: }\n"
    ),
    (
      "networks of a target: none at all",
      "services:\n  a: {build: ., \(surfaces)}\n  web:\n    networks: []\n    image: w\n"
    ),
    (
      "networks of a target: by merge",
      "x-n: &n {networks: [n], labels: {a: b}}\nservices:\n  a: {build: ., \(surfaces)}\n  web:\n    <<: *n\n    image: w\nnetworks: {n: }\n"
    ),
    (
      "networks of a target: by extends",
      "services:\n  a: {build: ., \(surfaces)}\n  base: {image: b, networks: [n]}\n  web:\n    extends: base\nnetworks: {n: }\n"
    ),
    (
      "target ends in a block scalar",
      "services:\n  a: {build: ., \(surfaces)}\n  web:\n    image: w\n    command: |+\n      one\n\n\n  other: {image: o}\n"
    ),
    (
      "target ends in a kept block scalar at the end",
      "services:\n  a: {build: ., \(surfaces)}\n  web:\n    image: w\n    command: |+\n      one\n\n"
    ),
    (
      "block before a deep comment",
      "services:\n  web:\n    image: w\n    command: |\n      one\n    x-claw:\n      expose: {protocol: rest, port: 1}\n        # very deep\n      # deep\n    tty: true\n"
    ),
    (
      "block behind a kept block scalar",
      "services:\n  web:\n    image: w\n    command: |+\n      one\n    x-claw: {expose: {protocol: rest, port: 1}}\n\n\n    tty: true\n"
    ),
    (
      "claw with a deep comment behind the block",
      "services:\n  a:\n    build: .\n    command: |\n      one\n    x-claw:\n      agent: a.md\n      cllama: none\n        # deep\n      # deep\n    tty: true\n"
    ),
    (
      "claw with a kept block scalar",
      "services:\n  a:\n    build: .\n    \(block)\n    command: |+\n      one\n\n    labels:\n      l: |+\n        text\n\n  web: {image: w}\n"
    ),
    (
      "folded environment last",
      "services:\n  a:\n    build: .\n    \(block)\n    environment:\n      A: |\n        one\n        # no comment\n\n  web: {image: w}\n"
    ),
    (
      "folded last element",
      "services:\n  a:\n    build: .\n    \(block)\n    environment:\n      - |-\n        A=one\n    # c\n  web: {image: w}\n"
    ),
    (
      "anchors inside a claw",
      "services:\n  a:\n    build: .\n    \(block)\n    environment: &e\n      A: b\n    labels: *e\n  web:\n    image: w\n    environment: *e\n"
    ),
    (
      "anchor on a claw's image",
      "services:\n  a:\n    image: &i img\n    build: .\n    \(block)\n    labels: &l [x=y]\n  web:\n    image: *i\n    labels: *l\n"
    ),
    (
      "anchor in one claw, alias in another",
      "services:\n  a:\n    build: .\n    \(block)\n    environment: &e {A: b}\n    command: &c\n      - x\n      - y\n  b:\n    build: .\n    \(block)\n    environment:\n      <<: *e\n      C: d\n    command: *c\n"
    ),
    (
      "anchor of a list in a claw",
      "services:\n  a:\n    build: .\n    \(block)\n    volumes: &v\n      - vol:/v\n    tmpfs: &t [/t]\n  web:\n    image: w\n    volumes: *v\n    tmpfs: *t\nvolumes: {vol: }\n"
    ),
    (
      "anchor of a scalar in a list",
      "services:\n  a:\n    build: .\n    \(block)\n    volumes:\n      - &x vol:/v\n  web:\n    image: w\n    volumes: [*x]\nvolumes: {vol: }\n"
    ),
    (
      "merge keys",
      "x-a: &a\n  environment: {A: b}\n  labels: {l: m}\n  tmpfs: [/t]\n  stop_signal: SIGINT\nservices:\n  a:\n    <<: *a\n    build: .\n    \(block)\n"
    ),
    (
      "merge keys in lists",
      "x-a: &a {environment: {A: b}, volumes: [\"vol:/v\"]}\nx-b: &b {labels: [c=d], tty: true}\nservices:\n  a:\n    build: .\n    \(block)\n    <<: [*a, *b]\n    environment: {E: f}\nvolumes: {vol: }\n"
    ),
    (
      "merge in the environment",
      "x-e: &e {A: b, C: d}\nservices:\n  a:\n    build: .\n    \(block)\n    environment:\n      <<: *e\n      C: x\n    labels: {<<: *e}\n"
    ),
    (
      "alias as a value",
      "x-e: &e {A: b}\nx-l: &l [a=b]\nservices:\n  a:\n    build: .\n    \(block)\n    environment: *e\n    labels: *l\n  web: {image: w, environment: *e, labels: *l}\n"
    ),
    ("alias as services", "x-s: &s\n  web: {image: w}\nservices:\n  <<: *s\n  a:\n    build: .\n    \(block)\n"),
    (
      "tags",
      "services:\n  a:\n    build: !!str .\n    \(block)\n    environment: !!map\n      A: !!str 012\n      B: !!int \"7\"\n    labels: !!seq [a=b]\n"
    ),
    (
      "count",
      "services:\n  a:\n    build: .\n    x-claw: {agent: a.md, cllama: none, count: 3, surfaces: [service://web]}\n    environment:\n      A: b\n  web:\n    image: w\n    depends_on: [a, b]\n  b: {image: b}\n"
    ),
    (
      "count with long dependencies",
      "services:\n  a:\n    build: .\n    x-claw: {agent: a.md, cllama: none, count: 2}\n    depends_on: {b: {condition: service_healthy}}\n  web:\n    image: w\n    depends_on:\n      # why\n      a:\n        condition: service_started\n        required: false\n      b: {condition: service_healthy}\n  b: {image: b, healthcheck: {test: [CMD, x]}}\n  c:\n    build: .\n    x-claw: {agent: a.md, cllama: none}\n    depends_on:\n    - a\n"
    ),
    (
      "networks with x-claw",
      "services:\n  a: {build: ., \(block)}\n  web: {image: w, networks: [n, m, k]}\nnetworks:\n  n:\n    x-claw:\n      visibility: pod-only\n    driver: bridge\n  m:\n    x-claw: {visibility: public}\n  k: {x-claw: {visibility: egress-only}, labels: {a: b}}\n"
    ),
    (
      "flow networks with x-claw",
      "services:\n  a: {build: ., \(block)}\n  web: {image: w, networks: [n, m]}\nnetworks: {n: {x-claw: {visibility: pod-only}, driver: bridge}, m: {x-claw: {visibility: public}}}\n"
    ),
    (
      "volumes with x-claw",
      "services:\n  a:\n    build: .\n    x-claw: {agent: a.md, cllama: none, surfaces: [\"volume://v\"]}\nvolumes:\n  v:\n    # c\n    x-claw:\n      access:\n        - a: read-only\n  w: # keep\n    labels: {a: b}\n    x-claw: {access: []}\n"
    ),
    (
      "volumes of which only x-claw is left",
      "services:\n  a: {build: ., \(block)}\nvolumes:\n  v: {x-claw: {access: []}}\n"
    ),
    (
      "surfaces of all kinds",
      "services:\n  a:\n    build: .\n    x-claw: {agent: a.md, cllama: none, surfaces: [volume://data rw, {\"volume://v\": ro}, \"host:///srv/feeds\", service://web]}\n  web: {image: w, expose: [80]}\n"
    ),
    (
      "other extensions",
      "x-a: {b: [1, 2]}\nservices:\n  a:\n    build: .\n    \(block)\n    x-b: &q {deep: 'x'}\n    deploy: {x-c: 1, resources: {limits: {cpus: '1'}}}\nnetworks:\n  n: {x-d: 1}\n"
    ),
    (
      "everything at the top",
      "version: \"3\"\nx-claw: {pod: p}\nservices:\n  a: {build: ., \(block), secrets: [s], configs: [c]}\nsecrets: {s: {file: ./a.md}}\nconfigs: {c: {file: ./a.md}}\n"
    ),
    (
      "two documents, claws in the first",
      "services:\n  a: {build: ., \(surfaces)}\n  web: {image: w}\n---\nservices:\n  web: {image: v, networks: [n]}\n  other: {image: o}\nnetworks: {n: }\n"
    ),
    (
      "two documents, claws in the second",
      "name: p\nservices:\n  web: {image: w}\nvolumes: {vol: }\n---\n# two\nservices:\n  a:\n    build: .\n    \(surfaces)\n    volumes: [\"vol:/v\"]\n"
    ),
    (
      "two documents in braces",
      "--- {services: {web: {image: w}}}\n--- {services: {a: {build: ., \(surfaces)}}}\n--- {services: {web: {tty: true}}}\n"
    ),
    (
      "alias of a name that a claw gives anew",
      "x-e: &e {A: b}\nservices:\n  a:\n    build: .\n    \(block)\n    environment: &e {C: d}\n  web: {image: w, environment: *e}\n"
    ),
    (
      "tabs in values",
      "services:\n  a:\n    build: .\n    \(block)\n    environment:\n      A:\t\"b\tc\"\t# d\n      B: 'x\ty'\n"
    ),
    (
      "keys with odd characters",
      "services:\n  a:\n    build: .\n    \(block)\n    labels:\n      \"a: b\": \"c\"\n      'it''s': d\n      é: ü\n      \"t\\tb\": x\n  1web: {image: w}\n  \"2\": {image: w}\n"
    ),
    (
      "emoji and separators",
      "services:\n  a: {build: ., \(block), environment: {A: \"🦀 \\u2028 \\u00a0 \\x85\", B: \"\\x7f\"}}\n"
    ),
    (
      "build in all its parts",
      "services:\n  a:\n    build:\n      context: .\n      # c\n      args:\n        - A=b\n        - SET\n      labels: {x: y}\n      cache_from: [c]\n      shm_size: 64m\n    image: my:1\n    \(block)\n"
    ),
  ]

  /// What needs other files, variables or profiles.
  static let others: [Pod] = {
    func bytes(_ files: [String: String]) -> [String: [UInt8]] { files.mapValues { Array($0.utf8) } }
    let crab =
      "services:\n  a:\n    build: .\n    \(surfaces)\n    environment:\n      A: b\n      C: |\n        x\n        y\n  web:\n    image: w\n    command: |+\n      z\n\nvolumes:\n  v:\n"
    var pods = [
      Pod(name: "CRLF", files: ["claw-pod.yml": Array(crab.replacing("\n", with: "\r\n").utf8)]),
      Pod(name: "BOM", files: ["claw-pod.yml": [0xEF, 0xBB, 0xBF] + crab.utf8]),
      Pod(name: "BOM and x-claw", files: ["claw-pod.yml": [0xEF, 0xBB, 0xBF] + ("x-claw: {pod: p}\n" + crab).utf8]),
      Pod(name: "BOM and a comment", files: ["claw-pod.yml": [0xEF, 0xBB, 0xBF] + ("# c\r\n" + crab).utf8]),
      Pod(
        name: "extends another file",
        files: bytes([
          "claw-pod.yml":
            "services:\n  a:\n    extends: {file: base/b.yml, service: base}\n    build: .\n    \(block)\n  web:\n    extends: {file: base/b.yml, service: base}\n    image: w\n",
          "base/b.yml":
            "services:\n  base:\n    environment: {A: b}\n    labels: [l=m]\n    tmpfs: [/t]\n    stop_signal: SIGINT\n    volumes: [\"./x:/x:ro\"]\n    user: \"1002\"\n    security_opt: [\"no-new-privileges:true\"]\n",
        ])),
      Pod(
        name: "extends in the file",
        files: bytes([
          "claw-pod.yml":
            "services:\n  base:\n    image: b\n    environment: [A=b]\n    entrypoint: [/e]\n    command: [c]\n  a:\n    extends: base\n    build: .\n    \(block)\n    environment: [C=d]\n"
        ])),
      Pod(
        name: "includes",
        files: bytes([
          "claw-pod.yml":
            "include:\n  - more/c.yml\nservices:\n  a:\n    build: .\n    \(block)\n    depends_on: [other]\n",
          "more/c.yml": "services:\n  other: {image: o, volumes: [\"wol:/w\"]}\nvolumes: {wol: }\n",
        ])),
      Pod(
        name: "variables from .env",
        files: bytes([
          "claw-pod.yml":
            "services:\n  a:\n    build: ${CTX:-.}\n    \(block)\n    environment:\n      - FROM_ENV=${FROM_ENV}\n    command: [\"${FROM_ENV}\", $$x]\n",
          ".env": "FROM_ENV='v w'\n",
        ])),
    ]
    for profiles in [[], ["x"], ["*"]] {
      pods.append(
        Pod(
          name: "profiles \(profiles)",
          files: bytes([
            "claw-pod.yml":
              "services:\n  a:\n    build: .\n    \(surfaces)\n    profiles: [x]\n  web: {image: w}\n  y: {image: y, profiles: [y]}\n"
          ]), profiles: profiles))
    }
    return pods
  }()
}
