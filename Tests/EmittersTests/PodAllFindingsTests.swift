import Testing

@Suite("All findings of a pod in one go")
struct PodAllFindingsTests {
  /// The errors of a pod with one claw and a plain service, by line.
  static func errors(_ image: String, _ lines: String, block: String = "agent: a.md", files: [String: String] = [:])
    -> [String]
  {
    let body = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
    let text = "services:\n  a:\n    \(image)\n    x-claw: {\(block), cllama: none}\n\(body)  web: {image: w}\n"
    let result = PodFixture.compile(files.merging(["claw-pod.yml": text]) { $1 })
    return PodFixture.errors(result).sorted()
  }

  @Test(
    "What is wrong with a claw's service is said whether or not its image is known",
    arguments: [
      ("image: x:1", "pod/unknown-image", [:]), ("build: ./nope", "pod/unknown-image", [:]),
      ("build: {context: ., target: nope}", "pod/unknown-image", [:]),
      ("build: .", "pod/no-runner-type", ["Clawfile": "FROM debian:bookworm-slim\n"]),
      ("build: .", "clawfile/unknown-directive", ["Clawfile": "FROM scratch\nMODLE a b\n"]),
    ])
  func unknownImage(image: String, rule: String, files: [String: String]) {
    #expect(
      Self.errors(
        image, "privileged: true\nports: [\"80:80\"]\nvolumes: [\"/etc:/e\"]\nnetworks: [default]",
        block: "agent: nope.md, include: [{id: i, file: nope.md, mode: guide}]", files: files)
        == [
          rule, "pod/no-contract", "pod/refused-key", "pod/refused-mount", "pod/refused-network", "pod/refused-port",
        ].sorted())
  }

  @Test(
    "What an image could grant or name is no error where it is not known",
    arguments: [
      "cap_add: [NET_ADMIN]", "user: root", "user: named", "volumes: [\"./d:/workspace\"]",
      "volumes: [\"./d:/home/runner\"]", "tmpfs: /workspace", "read_only: false",
    ])
  func granted(lines: String) {
    #expect(Self.errors("image: x:1", lines, block: "count: 2") == ["pod/unknown-image"])
    #expect(
      Self.errors("image: x:1", lines, block: "invoke: [{schedule: \"@daily\", message: m}], handles: {x: 1}")
        == ["pod/unknown-image"])
  }

  @Test("A bad count hides nothing")
  func count() {
    #expect(
      Self.errors("build: .", "privileged: true", block: "agent: nope.md, count: 0") == [
        "pod/count", "pod/no-contract", "pod/refused-key",
      ])
  }

  @Test("Every claw of a pod is looked at")
  func several() {
    let claws = ["a", "b"].map { "  \($0): {image: \($0):1, pid: host, x-claw: {agent: a.md, cllama: none}}\n" }
    let result = PodFixture.compile(["claw-pod.yml": "services:\n" + claws.joined()])
    #expect(
      PodFixture.errors(result).sorted() == [
        "pod/refused-key", "pod/refused-key", "pod/unknown-image", "pod/unknown-image",
      ])
  }
}
