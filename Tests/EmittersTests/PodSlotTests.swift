import Driver
import Lowering
import Testing
import TestSupport

@Suite("Pods: odd values in every slot")
struct PodSlotTests {
  static let fields = [
    "agent", "persona", "cllama", "cllama-env", "count", "surfaces", "skills", "handles", "invoke", "include", "models",
    "gateway", "privilege", "describe", "expose", "require_cllama",
  ]
  static let values = [
    "", "null", "~", "[]", "{}", "[null]", "[[]]", "[{}]", "{a: null}", "{a: {}}", "{a: []}", "{null: a}", "{[a]: b}",
    "\"\"",
    "0", "-1", "1.5", "true", "x", "[x]", "{x: y}", "{id: null}", "[{id: null}]", "\"\\0\"", "$X", "${", "&a x",
    "!!null x",
    "[{schedule: null, message: null}]", "[{id: x, file: null, mode: null}]", "{protocol: null, port: null}",
    "2024-01-01",
    ".inf", "|\n        x", "*nope",
  ]

  @Test("31. A value that no field wants is a finding or nothing, never a crash", arguments: fields)
  func blocks(field: String) {
    for value in Self.values {
      let compiled = PodFixture.compile("services:\n  a:\n    build: .\n    x-claw:\n      \(field): \(value)\n")
      #expect(compiled.artifacts.isEmpty == !PodFixture.errors(compiled).isEmpty, "\(field): \(value)")
    }
  }

  @Test("31. The same at the top, in networks and in volumes")
  func scopes() {
    for value in Self.values {
      for text in [
        "x-claw: \(value)\n" + PodFixture.claw(""),
        "x-claw:\n        pod: \(value)\n        master: \(value)\n" + PodFixture.claw(""),
        "x-claw:\n        handles-defaults: \(value)\n" + PodFixture.claw(""),
        "x-claw:\n        upstreams: \(value)\n        policies: \(value)\n" + PodFixture.claw(""),
        "x-claw:\n        stages: \(value)\n        gateway: \(value)\n" + PodFixture.claw(""),
        "x-claw:\n        gateway: {limits: \(value), models: \(value), prices: \(value)}\n" + PodFixture.claw(""),
        PodFixture.claw("", more: "networks:\n  n:\n    x-claw:\n      visibility: \(value)\n"),
        PodFixture.claw("", more: "volumes:\n  n:\n    x-claw:\n      access: \(value)\n"),
        "services:\n  a:\n    build: .\n    x-claw: \(value)\n", "services:\n  a: \(value)\n", "services: \(value)\n",
        PodFixture.claw("", more: "networks: \(value)\n"), PodFixture.claw("", more: "volumes: \(value)\n"),
      ] {
        let compiled = PodFixture.compile(text)
        #expect(compiled.artifacts.isEmpty == !PodFixture.errors(compiled).isEmpty, "\(text)")
      }
    }
  }

  @Test("31. The same for every key that compose has on a claw", arguments: ClawKeys.all.map(\.name))
  func keys(key: String) {
    for value in Self.values {
      let compiled = PodFixture.compile(PodFixture.claw("\(key): \(value)"))
      #expect(compiled.artifacts.isEmpty == !PodFixture.errors(compiled).isEmpty, "\(key): \(value)")
    }
  }

  @Test("Any bytes are a finding or a pod, never a crash")
  func bytes() {
    var random = SeededGenerator(seed: 11)
    for pod in PodCorpus.all {
      guard let main = pod.files["claw-pod.yml"] else { continue }
      for _ in 0..<3 {
        var files = pod.files
        files["claw-pod.yml"] = random.mutated(main)
        let compiled = PodFixture.compile(bytes: files)
        #expect(compiled.artifacts.isEmpty == !PodFixture.errors(compiled).isEmpty)
      }
    }
  }

  @Test("Costs grow with the size of a pod, not with its square")
  func linear() {
    func pod(_ count: Int) -> String {
      "services:\n"
        + (0..<count).map { number in
          "  c\(number):\n    build: .\n    x-claw: {agent: a.md, cllama: none, surfaces: [service://w\(number)]}\n"
            + "  w\(number): {image: w, depends_on: [c\(number)]}\n"
        }.joined()
    }
    let clock = ContinuousClock()
    _ = PodFixture.compile(pod(10))
    let small = clock.measure { _ = PodFixture.compile(pod(250)) }
    let large = clock.measure { _ = PodFixture.compile(pod(1000)) }
    #expect(large < small * 12, "\(small) became \(large)")
  }
}
