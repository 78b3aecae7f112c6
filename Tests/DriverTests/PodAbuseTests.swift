import Diagnostics
import Driver
import Source
import Testing
import TestSupport

@Suite("Pods that mean harm, or only look like it")
struct PodAbuseTests {
  private func errors(_ compilation: Compilation) -> [String] {
    var names: [String] = []
    for finding in compilation.bag.sorted() where finding.severity == .error && !names.contains(finding.rule.name) {
      names.append(finding.rule.name)
    }
    return names
  }

  private func composeFile(_ compilation: Compilation) -> String {
    compilation.artifacts.last.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
  }

  @Test(
    "What claw writes reaches the container as it is, whatever dollars are in it (abuse case 18)",
    arguments: ["$HOME", "$$", "$(id)", "a$", "${", "$$$${X}"])
  func dollars(text: String) {
    // In x-claw '$$' is one '$'.
    let written = text.replacing("$", with: "$$")
    let result = PodSource.compile(
      """
      services:
        desk:
          build: .
          x-claw:
            agent: AGENTS.md
            cllama: none
            handles: {discord: {id: '\(written)', guilds: ['\(written)']}}
            models: {primary: 'a/\(written)'}
      """)
    #expect(errors(result) == [])
    #expect(composeFile(result).contains("MODEL_PRIMARY: \"a/\(text.replacing("$", with: "$$"))\"\n"))
    #expect(composeFile(result).contains("CLAW_HANDLE_DESK_DISCORD_ID: \"\(text.replacing("$", with: "$$"))\"\n"))
  }

  private func findings(_ pod: String) -> [String] {
    PodSource.compile(pod).bag.sorted().map { "\($0.rule.name): \($0.message) (\($0.help ?? ""))" }
  }

  @Test("A mistake is said once, and its help helps")
  func helps() {
    #expect(
      findings("services:\n  a:\n    x-claw: {agent: AGENTS.md, cllama: none}\n") == [
        "pod/no-image: the service 'a' has neither an image nor a build (add 'image' or 'build')"
      ])
    func claw(_ fields: String, _ name: String = "a", _ more: String = "") -> [String] {
      findings("services:\n  \(name):\n    build: .\n    x-claw: {\(fields), cllama: none}\n\(more)")
    }
    #expect(claw("agent: AGENTS.md, count: \"2\"").first?.hasSuffix("(write it without quotes)") == true)
    #expect(claw("agent: AGENTS.md, count: 0").first?.hasSuffix("(write it like 'count: 2')") == true)
    #expect(claw("agent: .\\AGENTS.md").first?.hasSuffix("(write the path with '/')") == true)
    #expect(claw("agent: AGENTS.md, skills: [a.md]").first?.hasSuffix("(put the file there)") == true)
    // One that can't be a claw for its name is no plain service.
    #expect(claw("agent: AGENTS.md", "A_b", "    privileged: true\n").count == 1)
  }

  @Test("The author's own dollars stay compose's (abuse case 18)")
  func authorsDollars() {
    let lines = ["COLOUR: ${COLOUR:-red}", "PRICE: 5$$", "OWN: $COLOUR"]
    let result = PodSource.compile(
      "services:\n  desk:\n    build: .\n    environment:\n" + lines.map { "      \($0)\n" }.joined()
        + "    x-claw: {agent: AGENTS.md, cllama: none}\n", environment: ["COLOUR": "blue"])
    for line in lines { #expect(composeFile(result).contains("      \(line)\n")) }
  }

  @Test("An alias bomb is refused at once, in a claw as anywhere (abuse case 23)")
  func bomb() {
    var text = "x-a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...20 {
      text +=
        "x-a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    text += "services:\n  desk:\n    build: .\n    labels: *a20\n    x-claw: {agent: AGENTS.md, cllama: none}\n"
    let clock = ContinuousClock()
    var result = Compilation()
    let time = clock.measure { result = PodSource.compile(text) }
    #expect(errors(result) == ["yaml/alias-expansion"])
    #expect(result.artifacts.isEmpty)
    // 100 ms in a release build; tests are not optimized and share the machine.
    #expect(time < .seconds(2))
  }

  @Test("An alias of what it stands in is an error, in an x-claw block too (abuse case 24)")
  func recursion() {
    #expect(
      errors(PodSource.compile("services:\n  desk: &d\n    build: .\n    x-claw: {agent: *d}\n")) == [
        "yaml/recursive-alias"
      ])
    let block = "services:\n  desk:\n    build: .\n    x-claw: &c\n      surfaces: [*c]\n"
    #expect(errors(PodSource.compile(block)) == ["yaml/recursive-alias"])
  }

  @Test("Depth is an error and no crash, wherever it is (abuse case 25)", arguments: [1_000, 10_000, 100_000])
  func depth(levels: Int) {
    let deep = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    for key in [
      "command: \(deep)", "x-claw: {describe: {inputs: \(deep)}}",
      "x-claw: {surfaces: [{\"channel://discord\": \(deep)}]}",
    ] {
      #expect(errors(PodSource.compile("services:\n  desk:\n    build: .\n    \(key)\n")) == ["yaml/too-deep"])
    }
  }

  @Test("Four thousand honest aliases are accepted, beside a claw (abuse case 26)")
  func manyAliases() {
    var text = "x-common: &common {restart: always, logging: {driver: none}}\nservices:\n"
    for number in 0..<2_000 {
      text +=
        "  s\(number):\n    image: &i\(number) \"s:\(number)\"\n    <<: *common\n    labels: {image: *i\(number)}\n"
    }
    text += "  desk:\n    build: .\n    x-claw: {agent: AGENTS.md, cllama: none}\n"
    let result = PodSource.compile(text)
    #expect(errors(result) == [])
    #expect(composeFile(result).contains("\n    image: &i1999 \"s:1999\"\n    <<: *common\n"))
  }

  @Test(
    "A null where something is optional is an error or nothing, never a crash (abuse case 31)",
    arguments: [
      "agent", "persona", "cllama", "cllama-env", "count", "surfaces", "skills", "handles", "invoke", "include",
      "models", "privilege", "describe",
    ])
  func null(field: String) {
    let result = PodSource.compile(
      "services:\n  desk:\n    build: .\n    x-claw:\n      agent: AGENTS.md\n      cllama: none\n".replacing(
        "      \(field): AGENTS.md\n", with: ""
      ).replacing("      \(field): none\n", with: "") + "      \(field):\n")
    if errors(result).isEmpty {
      #expect(composeFile(result).contains("claw-desk"))
    } else {
      #expect(result.artifacts.isEmpty)
    }
  }

  @Test(
    "Power over the host is refused after every merge (abuse case 22)",
    arguments: [
      "privileged: true", "pid: host", "network_mode: host", "cap_add: [SYS_ADMIN]", "devices: [/dev/sda]",
      "volumes: ['/var/run/docker.sock:/d']", "userns_mode: host", "use_api_socket: true", "labels: {claw.role: x}",
    ])
  func power(line: String) {
    let head = "x-power: &power\n  \(line)\n"
    let claw = "    build: .\n    x-claw: {agent: AGENTS.md, cllama: none}\n"
    for pod in [
      "services:\n  desk:\n" + claw + "    \(line)\n", head + "services:\n  desk:\n    <<: *power\n" + claw,
      "services:\n  base:\n    image: b\n    \(line)\n  desk:\n    extends: base\n" + claw,
    ] {
      let result = PodSource.compile(pod)
      #expect(result.isRefused, "\(pod)")
      #expect(result.artifacts.isEmpty)
    }
  }
}
