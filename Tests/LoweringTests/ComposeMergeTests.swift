import Diagnostics
import Lowering
import Source
import Testing

@Suite("Compose merging")
struct ComposeMergeTests {
  /// The service `a` of two documents.
  private func merged(_ first: String, _ second: String, _ key: String) -> String {
    let (project, bag) = ComposeFixture.load(
      "services: {a: {image: x, \(first)}, b: {image: x}, c: {image: x}}\nnetworks: {m: , n: }\n---\nservices: {a: {\(second)}}\n"
    )
    return bag.hasErrors ? ComposeFixture.findings(bag).joined() : ComposeFixture.dump(project.services.first?[key])
  }

  @Test(
    "Each key by its rule",
    arguments: [
      ("command: [a]", "command: b c", "command", "b c"), ("command: [a]", "command: ", "command", "null"),
      ("environment: {A: 1, B: 2}", "environment: [B=3, C]", "environment", "[A=1, B=3, C]"),
      ("labels: [a=b]", "labels: {a: c}", "labels", "[a=c]"), ("cap_add: [A]", "cap_add: [B, A]", "cap_add", "[A, B]"),
      ("security_opt: [A]", "security_opt: [B]", "security_opt", "[A, B]"),
      ("dns: a", "dns: [b]", "dns", "[a, b]"), ("tmpfs: /a", "tmpfs: [/b]", "tmpfs", "[/a, /b]"),
      ("user: a", "user: b", "user", "b"),
      ("ports: ['80:80']", "ports: ", "ports", "[{mode: ingress, target: 80, published: 80, protocol: tcp}]"),
      ("expose: [80]", "expose: ['80', 81]", "expose", "[80, 81]"),
      ("networks: [m]", "networks: {n: {aliases: [q]}}", "networks", "{m: null, n: {aliases: [q]}}"),
      (
        "depends_on: [b]", "depends_on: {c: {condition: service_healthy}}", "depends_on",
        "{b: {condition: service_started, required: true}, c: {condition: service_healthy}}"
      ),
      ("build: .", "build: {target: t}", "build", "{context: ., target: t}"),
      (
        "healthcheck: {test: a, retries: 2}", "healthcheck: {test: [NONE]}", "healthcheck", "{test: [NONE], retries: 2}"
      ),
      (
        "logging: {driver: a, options: {x: 1}}", "logging: {options: {y: 2}}", "logging",
        "{driver: a, options: {x: 1, y: 2}}"
      ), ("logging: {driver: a, options: {x: 1}}", "logging: {driver: b}", "logging", "{driver: b}"),
      (
        "volumes: ['./a:/x']", "volumes: ['./b:/x', './c:/y']", "volumes",
        "[{type: bind, source: ./b, target: /x, bind: {create_host_path: true}}, {type: bind, source: ./c, target: /y, bind: {create_host_path: true}}]"
      ),
      ("extra_hosts: ['a:b']", "extra_hosts: ['a:b', 'c:d']", "extra_hosts", "[a:b, c:d]"),
      ("ulimits: {nofile: 1}", "ulimits: {nofile: {soft: 1, hard: 2}}", "ulimits", "{nofile: {soft: 1, hard: 2}}"),
      ("x-a: {b: 1}", "x-a: {c: 2}", "x-a", "{b: 1, c: 2}"),
      (
        "deploy: {replicas: 1, labels: [a=b]}", "deploy: {labels: {c: d}}", "deploy",
        "{replicas: 1, labels: [a=b, c=d]}"
      ),
      ("ports: ['80:80']", "ports: !reset []", "ports", "-"),
      (
        "ports: ['80:80']", "ports: !override ['81:81']", "ports",
        "[{mode: ingress, target: 81, published: 81, protocol: tcp}]"
      ),
      ("environment: {A: 1, B: 2}", "environment: {A: !reset }", "environment", "[B=2]"),
      ("environment: {A: 1}", "environment: !override {B: 2}", "environment", "{B: 2}"),
      ("command: [a]", "command: !reset null", "command", "-"),
    ])
  func rules(first: String, second: String, key: String, expected: String) {
    #expect(merged(first, second, key) == expected)
  }

  @Test("Places lead to the document that gave the value")
  func places() throws {
    let (project, _) = ComposeFixture.load(
      """
      services:
        a:
          image: x
          environment:
            A: 1
      ---
      services:
        a:
          privileged: true
          environment:
            - B=2
      """)
    let service = try #require(project[service: "a"])
    #expect(
      service.environment.map { "\($0.key)@\(ComposeFixture.place($0.value))" } == ["A@pod.yml:5", "B@pod.yml:11"])
    #expect(ComposeFixture.place(service.privileged) == "pod.yml:9")
    #expect(ComposeFixture.place(service.image) == "pod.yml:3")
  }

  @Test("Address pools are joined by subnet")
  func pools() {
    let (project, bag) = ComposeFixture.load(
      """
      services: {}
      networks: {n: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}
      ---
      networks: {n: {ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.1}, {subnet: 10.1.0.0/24}]}}}
      """)
    #expect(bag.isEmpty)
    #expect(
      ComposeFixture.dump(project.networks.first?.value["ipam"])
        == "{config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.1}, {subnet: 10.1.0.0/24}]}")
  }

  @Test(
    "Dangerous keys are seen wherever they come from (abuse case 22)",
    arguments: [
      "x-b: &b {privileged: true}\nservices: {a: {image: x, <<: *b}}\n",
      "services: {a: {image: x, extends: b}, b: {image: x, privileged: true}}\n",
      "include: [other.yml]\nservices: {a: {image: x}}\n",
      "services: {a: {image: x, extends: {file: other.yml, service: a}}}\n",
      "services: {a: {image: x}}\n---\nservices: {a: {privileged: \"${P:-yes}\"}}\n",
    ])
  func dangerous(text: String) {
    let (project, bag) = ComposeFixture.load([
      "pod.yml": text, "other.yml": "services: {a: {image: x, privileged: true}}\n",
    ])
    #expect(bag.isEmpty)
    #expect(project[service: "a"]?.privileged != nil)
  }
}
