import IR
import JSON
import Runtime
import Testing

extension EndToEnd {
  /// Labels in the built image, against what the Clawfile says.
  @Suite(.serialized, .enabled { await Machine.isWanted })
  struct Labels {
    /// What has broken quoting somewhere.
    static let hostile = [
      "plain", "say \"hi\"", "it's", "'single'", "back\\slash in it", "\\\"", "$HOME ${PATH} $$", "${X:-d}", "$(id)",
      "`id`", "# no comment", "a # b", "tab\there", "emoji 🦀", "nb\u{A0}sp", "line\u{2028}sep", "{\"json\": [1, 2]}",
      "<<EOF", "# escape=`", "%s %d 100%", "; rm -rf /", "root * * * * *", "a=b c=d", "&& || | > <", "\\n \\t \\0",
      "ünïcödé", "{{.Config}}", "--flag", "*", "~", "!x",
    ]

    @Test("Hostile strings arrive byte for byte, whatever the escape character (abuse case 1)", arguments: ["\\", "`"])
    func hostileStrings(escape: String) async throws {
      let folder = try Folder("labels")
      var text = escape == "`" ? "# escape=`\n" : ""
      text += "FROM debian:bookworm-slim\nARG HOME=evil\nENV X=evil\nCLAW_TYPE generic\nAGENT AGENTS.md\n"
      // In front of a line end the escape character means something to Docker; elsewhere it is text.
      let strings = (Self.hostile + ["ends with \\", "ends with `"]).filter { !$0.hasSuffix(escape) }
      // CONFIGURE and ACT take a heredoc, so there `<<EOF` starts one.
      let scripts = strings.filter { $0 != "<<EOF" }
      for string in strings { text += "INVOKE 0 0 1 1 * \(string)\n" }
      for string in scripts { text += "CONFIGURE \(string)\nACT \(string)\n" }
      try folder.write("Clawfile", text + "CMD [\"true\"]\n")
      let tag = "claw-e2e-labels:latest"
      let build = await Machine.claw(["build", folder.path, "-t", tag, "-q"])
      try #require(build.status == 0, "\(build.all)")
      let labels = try await Self.labels(of: tag)
      for (index, string) in strings.enumerated() {
        let invoke = try JSONParser.parse((labels["claw.invoke.\(index)"] ?? "").utf8)
        #expect(Array((invoke["message"]?.string ?? "").utf8) == Array(string.utf8), "INVOKE \(string)")
      }
      for (index, string) in scripts.enumerated() {
        #expect(Array((labels["claw.configure.\(index)"] ?? "").utf8) == Array(string.utf8), "CONFIGURE \(string)")
        #expect(Array((labels["claw.act.\(index)"] ?? "").utf8) == Array(string.utf8), "ACT \(string)")
      }
    }

    @Test("Every directive has its label")
    func everyDirective() async throws {
      let folder = try Folder("directives")
      try folder.write(
        "Clawfile",
        """
        FROM debian:bookworm-slim
        CLAW_TYPE openclaw
        AGENT AGENTS.md
        PERSONA ./persona
        MODEL primary openrouter/anthropic/claude-sonnet-4
        MODEL fallback ollama/qwen3
        CLLAMA passthrough
        SKILL ./skills/notes.md
        SURFACE volume://memory read-write
        SURFACE service://wire
        HANDLE discord
        PRIVILEGE runtime 1000:1000
        PRIVILEGE worker 0:0
        TRACK apt pip npm
        CONFIGURE true
        INVOKE 15 8-17 * * 1-5 Look.
        ACT true
        CMD ["true"]

        """)
      let tag = "claw-e2e-directives:latest"
      let build = await Machine.claw(["build", folder.path, "-t", tag, "-q", "--label", "own=1"])
      try #require(build.status == 0, "\(build.all)")
      var labels = try await Self.labels(of: tag)
      labels = labels.filter { $0.key.utf8.starts(with: "claw.".utf8) || $0.key == "own" }
      let expected = [
        "claw.schema": "1", "claw.type": "openclaw", "claw.agent.file": "AGENTS.md",
        "claw.persona.default": "./persona", "claw.model.primary": "openrouter/anthropic/claude-sonnet-4",
        "claw.model.fallback": "ollama/qwen3", "claw.skill.0": "./skills/notes.md",
        "claw.surface.0": "volume://memory read-write", "claw.surface.1": "service://wire",
        "claw.handle.discord": "true", "claw.privilege.runtime": "1000:1000", "claw.privilege.worker": "0:0",
        "claw.track.0": "apt", "claw.track.1": "pip", "claw.track.2": "npm", "claw.configure.0": "true",
        "claw.invoke.0": "{\"schedule\":\"15 8-17 * * 1-5\",\"message\":\"Look.\"}", "claw.act.0": "true", "own": "1",
      ]
      for (name, value) in expected { #expect(labels[name] == value, "\(name)") }
      for name in labels.keys where expected[name] == nil {
        #expect(name.utf8.starts(with: "claw.cllama".utf8), "\(name) is a label that nothing asked for")
      }
      let inspect = await Machine.claw(["inspect", tag])
      #expect(inspect.output.contains("model.primary") && inspect.output.contains("(image)"), "\(inspect.all)")
    }

    @Test("A failed build names the author's line")
    func failedBuild() async throws {
      let folder = try Folder("failure")
      try folder.write(
        "Clawfile",
        "FROM debian:bookworm-slim\nCLAW_TYPE generic\nAGENT AGENTS.md\nCONFIGURE true\n\nRUN echo seen; exit 7\nCMD [\"x\"]\n"
      )
      let build = await Machine.claw(["build", folder.path])
      #expect(build.status == 5)
      #expect(build.errors.contains("Clawfile:6:1"), "\(build.all)")
      #expect(!build.errors.contains("Dockerfile.generated:"), "\(build.all)")
    }

    @Test("Clawfile.dockerignore counts")
    func ignoreFile() async throws {
      let folder = try Folder("ignore")
      try folder.write("Clawfile", "FROM debian:bookworm-slim\nCLAW_TYPE generic\nAGENT A.md\nCOPY . /x/\n")
      try folder.write("Clawfile.dockerignore", "secret\n")
      try folder.write("secret", "s")
      try folder.write("open", "o")
      let tag = "claw-e2e-ignore:latest"
      let build = await Machine.claw(["build", folder.path, "-t", tag, "-q"])
      try #require(build.status == 0, "\(build.all)")
      let listing = await Machine.docker(["run", "--rm", tag, "ls", "/x"])
      #expect(listing.output.contains("open") && !listing.output.contains("secret"), "\(listing.all)")
    }

    static func labels(of image: String) async throws -> [String: String] {
      let inspect = await Machine.docker(["image", "inspect", image])
      let value = try JSONParser.parse(inspect.output.utf8)
      return ImageFactsReader.facts(value.array?.first ?? .null).labels
    }
  }
}
