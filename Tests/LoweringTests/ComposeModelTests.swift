import Diagnostics
import Lexer
import Lowering
import Source
import Testing

@Suite("Compose model")
struct ComposeModelTests {
  @Test("What others ask of a service")
  func service() throws {
    let (project, bag) = ComposeFixture.load(
      """
      services:
        a:
          image: x
          command: run "two words" 'x y'
          ports: ["127.0.0.1:8080:80/udp", "9000-9001:9000-9001", {target: 5, published: 6}]
          volumes: ["./d:/d:ro,Z", "data:/v:nocopy", /anonymous]
          devices: ["/dev/a:/dev/b:r", /dev/c]
          environment: {A: 012, B: , C: 1.10}
          env_file: [{path: none, required: false}]
          depends_on: [b]
          links: ["b:alias", c]
          volumes_from: ["d:ro"]
          ipc: service:e
          secrets: [key]
          networks: [front]
          build: ./ctx
        b: {image: x}
        c: {image: x}
        d: {image: x}
        e: {image: x}
      networks: {front: }
      volumes: {data: }
      secrets: {key: {file: k}}
      """)
    #expect(bag.isEmpty)
    let service = try #require(project[service: "a"])
    #expect(service.command == ["run", "two words", "x y"])
    #expect(
      service.ports.map(ComposeFixture.dump) == [
        "{mode: ingress, host_ip: 127.0.0.1, target: 80, published: 8080, protocol: udp}",
        "{mode: ingress, target: 9000-9001, published: 9000-9001, protocol: tcp}", "{target: 5, published: 6}",
      ])
    #expect(
      service.mounts.map(ComposeFixture.dump) == [
        "{type: bind, source: ./d, target: /d, read_only: true, bind: {create_host_path: true, selinux: Z}}",
        "{type: volume, source: data, target: /v, volume: {nocopy: true}}", "{type: volume, target: /anonymous}",
      ])
    #expect(
      service.devices.map(ComposeFixture.dump) == [
        "{source: /dev/a, target: /dev/b, permissions: r}", "{source: /dev/c, target: /dev/c, permissions: rwm}",
      ])
    #expect(service.environment.map { "\($0.key)=\($0.value.scalarText ?? "?")" } == ["A=10", "B=?", "C=1.1"])
    #expect(service.allDependencies.map(\.name) == ["b", "c", "e", "d"])
    #expect(ComposeFixture.dump(service["secrets"]) == "[{source: key}]")
    #expect(ComposeFixture.dump(service.build) == "{context: ./ctx}")
    #expect(service.networks.map(\.key) == ["front"])
  }

  @Test("What is made of a short form stands where the short form stands")
  func places() throws {
    let (project, _) = ComposeFixture.load("services:\n  a:\n    image: x\n    volumes:\n      - /etc:/x\n")
    let source = try #require(project.services.first?.mounts.first?["source"])
    #expect(source.location.file.text(source.location.range) == "/etc:/x")
  }

  @Test("x-claw passes untouched and is found at every place")
  func claws() throws {
    let (project, bag) = ComposeFixture.load(
      """
      x-claw: {a: 1.50}
      services:
        a:
          image: x
          x-claw: {b: "${", c: !!python/x 2}
          environment: {x-claw: text}
      networks: {n: {x-claw: 1}}
      """)
    #expect(bag.isEmpty)
    #expect(
      project.claws.map { $0.path.joined(separator: ".") } == [
        "", "services.a", "services.a.environment", "networks.n",
      ])
    let value = try #require(project[service: "a"]?["x-claw"])
    guard case .untouched = value.content else {
      Issue.record("touched")
      return
    }
    #expect(value.node?["b"]?.text == "${")
  }

  @Test("Random and mutated files never trap, and every finding lies in its file")
  func random() {
    var random = SystemRandomNumberGenerator()
    let corpus = [
      "services:\n  a:\n    image: x\n    ports: [\"80:80\", {target: 81}]\n    environment: {A: \"${B:-c}\"}\n    extends: b\n  b: &b\n    image: y\n    deploy: {resources: {limits: {memory: 1g}}}\n",
      "include: [o.yml]\nservices: {a: {image: x, volumes: ['a:/b'], depends_on: [c], <<: {user: z}}}\nvolumes: {a: }\nsecrets: {s: {file: f}}\n---\nservices: {a: {ports: !reset []}}\n",
    ].map { Array($0.utf8) }
    let words = [
      "\n", "  ", ": ", "- ", "{", "}", "[", "]", ",", "'", "\"", "~", "!reset ", "!override ", "&b ", "*b", "<<: *b",
      "services", "a", "null", "-1", "1e9", "0x", "${", "}", "x-", "🦀", "image: 5", "\0", "extends: a",
      "include: [o.yml]",
    ]
    let other = SourceFile(path: "o.yml", text: "services: {q: {image: x}}\n")
    for round in 0..<1500 {
      var bytes = corpus[round % corpus.count]
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0...bytes.count)
        switch Int.random(in: 0..<4) {
        case 0: bytes.insert(contentsOf: Array(words[Int.random(in: 0..<words.count)].utf8), at: place)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...9)))
        case 2 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255)
        default:
          bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: Int.random(in: 0...bytes.count))
        }
      }
      let main = SourceFile(path: "pod.yml", bytes: bytes)
      var bag = DiagnosticBag()
      let project = ComposeLoader.load(main: main, files: MemoryFiles(["o.yml": other, "pod.yml": main]), into: &bag)
      for finding in bag.diagnostics { #expect(finding.location.range.upper <= finding.location.file.bytes.count) }
      for service in project.services { _ = (service.allDependencies, service.environment, service.command) }
    }
  }

  @Test("Thousands of wrong names don't cost their square")
  func manyFindings() {
    var text = "services:\n"
    for index in 0..<4_000 {
      text += "  s\(index): {image: 'x$U', depends_on: [t\(index)], networks: [n\(index)], keyy\(index): 1}\n"
    }
    let time = ContinuousClock().measure { #expect(ComposeFixture.load(text).bag.diagnostics.count == 16_000) }
    #expect(time < .seconds(20))
  }

  @Test("The deepest tree that YAML takes passes all stages")
  func deep() {
    let levels = 250
    let nest = String(repeating: "{a: ", count: levels) + "1" + String(repeating: "}", count: levels)
    let (_, bag) = ComposeFixture.load("services: {a: {image: x}}\nx-a: \(nest)\n---\nx-a: \(nest)\n")
    #expect(bag.isEmpty)
  }

  @Test("A thousand services cost about ten times a hundred")
  func scale() {
    func time(_ count: Int) -> Duration {
      var text = "services:\n"
      for index in 0..<count {
        text +=
          "  s\(index):\n    image: x:\(index)\n    environment: {A: \"${A:-\(index)}\", B: c}\n    ports: [\"\(10_000 + index):80\"]\n"
        text +=
          "    depends_on: [s\(max(0, index - 1))]\n    volumes: [\"v\(index):/data\", ./c:/c:ro]\n    labels: [a=b]\n"
      }
      text =
        text.replacing("    depends_on: [s0]\n", with: "", maxReplacements: 1) + "volumes:\n"
        + (0..<count).map { "  v\($0):\n" }.joined()
      let file = SourceFile(path: "pod.yml", text: text)
      return (0..<3).map { _ in
        ContinuousClock().measure {
          var bag = DiagnosticBag()
          _ = ComposeLoader.load(main: file, files: MemoryFiles(), projectName: "p", into: &bag)
          #expect(!bag.hasErrors)
        }
      }.min() ?? .zero
    }
    let (small, large) = (time(100), time(1_000))
    #expect(large < small * 25)
  }
}
