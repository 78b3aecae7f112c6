import Glibc
import JSON
import Runtime
import Source
import Testing

extension EndToEnd {
  /// What `up` does when things change, or go wrong.
  @Suite(.serialized, .enabled { await Machine.isWanted })
  struct Up {
    private static let name = "claw-e2e-up"

    private func project(count: Int = 1) throws -> Folder {
      let folder = try Folder("up")
      try folder.write("AGENTS.md", "# First\n")
      try folder.write("data", "one\n")
      try folder.write("Clawfile", clawfile())
      try writePod(folder, count: count)
      return folder
    }

    private func clawfile(_ more: String = "") -> String {
      """
      FROM debian:bookworm-slim
      CLAW_TYPE generic
      AGENT AGENTS.md
      \(more)
      COPY data /data
      STOPSIGNAL SIGTERM
      CMD ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"]

      """
    }

    private func writePod(_ folder: Folder, count: Int, greeting: String = "a") throws {
      try folder.write(
        "claw-pod.yml",
        """
        x-claw: {pod: \(Self.name)}
        services:
          desk:
            build: .
            environment: {GREETING: \(greeting)}
            x-claw: {agent: AGENTS.md, cllama: none, count: \(count)}

        """)
    }

    @Test("Sixty claws come up, each on a network of its own (abuse case 39)")
    func sixty() async throws {
      let folder = try Folder("sixty")
      try folder.write("AGENTS.md", "# The contract\n")
      try folder.write("data", "")
      try folder.write("Clawfile", clawfile())
      let claws = (0..<60).map { "  a\($0): {build: ., image: claw-e2e-sixty, x-claw: {cllama: none}}\n" }
      try folder.write("claw-pod.yml", "x-claw: {pod: \(Self.name)}\nservices:\n" + claws.joined())
      let up = await Machine.claw(["up", folder.path, "-q"], timeout: 400)
      #expect(up.status == 0, "\(up.all)")
      #expect(await ids().split(separator: "\n").count == 60)
      let networks = await Machine.docker([
        "network", "ls", "-q", "--filter", "label=com.docker.compose.project=\(Self.name)",
      ])
      #expect(networks.output.split(separator: "\n").count == 60)
      let down = await Machine.claw(["down", folder.path, "-v", "-q"], timeout: 400)
      #expect(down.status == 0, "\(down.all)")
      #expect(await ids().isEmpty)
    }

    private func ids() async -> String {
      await Machine.docker([
        "ps", "-aq", "--no-trunc", "--filter", "label=com.docker.compose.project=\(Self.name)",
      ]).output
    }

    private func volumes() async -> String {
      await Machine.docker(["volume", "ls", "-q", "--filter", "label=com.docker.compose.project=\(Self.name)"]).output
    }

    private func clean() async {
      _ = await Machine.docker(["compose", "-p", Self.name, "down", "-v", "--remove-orphans", "-t", "1"])
    }

    @Test("A failed build leaves the compose file of what runs, and is told at the author's line; down works")
    func failedBuild() async throws {
      let folder = try project()
      await clean()
      try #require(await Machine.claw(["up", folder.path]).status == 0)
      let before = (await ids(), folder.read("compose.generated.yml"))
      try folder.write("Clawfile", clawfile("RUN echo broken >&2; exit 3"))
      try writePod(folder, count: 2, greeting: "b")
      for words in [["up", folder.path], ["build", folder.path]] {
        let failed = await Machine.claw(words)
        #expect(failed.status == 5 && failed.errors.contains("engine/build-failed"), "\(failed.all)")
        #expect(failed.errors.contains("Clawfile:4:1") && failed.errors.contains("broken"), "\(failed.all)")
        #expect(folder.read("compose.generated.yml") == before.1)
        #expect(await ids() == before.0)
      }
      let down = await Machine.claw(["down", folder.path, "-v"])
      #expect(down.status == 0, "\(down.all)")
      #expect(await ids().isEmpty)
      #expect(await volumes().isEmpty)
    }

    @Test("A file that goes into an image leads to a new one; an up that changes nothing says next to nothing")
    func changedFile() async throws {
      let folder = try project()
      await clean()
      try #require(await Machine.claw(["up", folder.path]).status == 0)
      let before = await ids()
      let same = await Machine.claw(["up", folder.path])
      #expect(same.status == 0 && !same.errors.contains("#"), "\(same.all)")
      #expect(await ids() == before)
      try folder.write("data", "two\n")
      let kept = await Machine.claw(["up", folder.path, "--no-build"])
      #expect(kept.status == 0, "\(kept.all)")
      #expect(await ids() == before)
      let changed = await Machine.claw(["up", folder.path])
      #expect(changed.status == 0 && changed.errors.contains("its image changed"), "\(changed.all)")
      #expect(await ids() != before)
      let data = await Machine.docker(["exec", "\(Self.name)-desk-0-1", "cat", "/data"])
      #expect(data.output == "two\n", "\(data.all)")
      await clean()
    }

    @Test("Objects that nothing mounts any more go; what a container has mounted stays")
    func objects() async throws {
      let folder = try project()
      await clean()
      try #require(await Machine.claw(["up", folder.path]).status == 0)
      func objects() -> Set<String> {
        let all = folder.files.filter { $0.contains("/objects/") && $0.hasSuffix("/AGENTS.md") }
        return Set(all.map { FilePath.name(of: FilePath.directory(of: $0)) })
      }
      let first = objects()
      #expect(first.count == 1)
      // Somebody else's container mounts it, stopped though it is.
      let mount = "\(folder.path)/.claw/\(Self.name)/objects/\(first.first ?? "")/AGENTS.md"
      let other = "\(Self.name)-other"
      _ = await Machine.docker(["rm", "-f", other])
      let made = await Machine.docker([
        "create", "--name", other, "-v", "\(mount):/x:ro", "debian:bookworm-slim", "true",
      ])
      try #require(made.status == 0, "\(made.all)")
      try folder.write("AGENTS.md", "# Second\n")
      try #require(await Machine.claw(["up", folder.path]).status == 0)
      #expect(objects().count == 2 && objects().isSuperset(of: first))
      _ = await Machine.docker(["rm", "-f", other])
      let down = await Machine.claw(["down", folder.path, "-v"])
      #expect(down.status == 0, "\(down.all)")
      #expect(objects().count == 1 && objects().isDisjoint(with: first), "what the generated file names stays")
    }

    @Test("What does not get healthy ends 'up --wait' with 6")
    func unhealthy() async throws {
      let folder = try project()
      try folder.write(
        "Clawfile", clawfile("HEALTHCHECK --interval=1s --retries=1 CMD printf 'no\\npulse\\033[2J'; exit 1"))
      await clean()
      let up = await Machine.claw(["up", folder.path, "--wait", "-q"])
      #expect(up.status == 6 && up.errors.contains("claw: 'desk-0' is unhealthy: no pulse\u{FFFD}[2J"), "\(up.all)")
      await clean()
    }

    @Test("A stopped claw is not healthy, whatever it ended with")
    func stopped() async throws {
      let folder = try project()
      await clean()
      try #require(await Machine.claw(["up", folder.path]).status == 0)
      #expect(await Machine.claw(["health", "--file", folder.path]).status == 0)
      let stopped = await Machine.docker(["stop", "\(Self.name)-desk-0-1"])
      try #require(stopped.status == 0, "\(stopped.all)")
      let code = await Machine.docker(["inspect", "--format", "{{.State.ExitCode}}", "\(Self.name)-desk-0-1"])
      #expect(code.output == "0\n", "the test's own claw ends with 0")
      let health = await Machine.claw(["health", "--file", folder.path, "--json"])
      #expect(health.status == 6 && health.output.contains("\"healthy\": false"), "\(health.all)")
      let ps = await Machine.claw(["ps", folder.path, "--exit-code"])
      #expect(ps.status == 6, "\(ps.all)")
      let plan = await Machine.claw(["up", folder.path, "--dry-run", "--json"])
      let steps = try JSONParser.parse(plan.output.utf8)["steps"]?.array ?? []
      #expect(steps.map { $0["action"]?.string } == ["start"], "\(plan.all)")
      await clean()
    }

    @Test("--keep-volumes keeps what a removed ordinal had, and down -v --dry-run names it")
    func keepVolumes() async throws {
      let folder = try project(count: 2)
      await clean()
      try #require(await Machine.claw(["up", folder.path]).status == 0)
      try #require(await volumes().contains("desk-1-workspace"))
      try writePod(folder, count: 1)
      let kept = await Machine.claw(["up", folder.path, "--keep-volumes"])
      #expect(kept.status == 0 && kept.errors.contains("- desk-1"), "\(kept.all)")
      #expect(!kept.errors.contains("volume desk-1-workspace"), "\(kept.errors)")
      #expect(await volumes().contains("desk-1-workspace"))
      let dry = await Machine.claw(["down", folder.path, "-v", "--dry-run", "--json"])
      let document = try JSONParser.parse(dry.output.utf8)
      #expect(document["steps"]?.array?.compactMap { $0["service"]?.string } == ["desk-0"], "\(dry.all)")
      #expect(
        document["removedVolumes"]?.array?.compactMap(\.string) == ["desk-0-workspace", "desk-1-workspace"],
        "\(dry.all)")
      #expect(await volumes().contains("desk-0-workspace"), "nothing was changed")
      try #require(await Machine.claw(["up", folder.path]).status == 0)
      #expect(await !volumes().contains("desk-1-workspace"))
      await clean()
    }

    @Test("What can't be done yet is refused by name, and nothing changes")
    func notYet() async throws {
      let folder = try project()
      await clean()
      let worker = await Machine.claw(["up", folder.path, "--mode", "worker"])
      #expect(worker.status == 5 && worker.errors.contains("pod/not-yet"), "\(worker.all)")
      let pod = folder.read("claw-pod.yml") ?? ""
      try folder.write("claw-pod.yml", pod.replacing("cllama: none", with: "cllama: none, persona: 'a.example/wry:1'"))
      let stack = await Machine.claw(["up", folder.path])
      #expect(stack.status == 5 && stack.errors.contains("pod/not-yet"), "\(stack.all)")
      #expect(stack.errors.contains("claw-pod.yml:"), "\(stack.all)")
      #expect(!folder.files.contains { $0.contains(".generated") || $0.contains("/.claw/") }, "nothing was written")
      #expect(await ids().isEmpty)
    }

    @Test("Logs for programs: service, time and text of each line")
    func logs() async throws {
      let folder = try project()
      await clean()
      try folder.write("Clawfile", clawfile().replacing("trap", with: "echo ready; trap"))
      try #require(await Machine.claw(["up", folder.path]).status == 0)
      let logs = await Machine.claw(["logs", "--file", folder.path, "--json"])
      let lines = try logs.output.split(separator: "\n").map { try JSONParser.parse($0.utf8) }
      let line = try #require(lines.first { $0["text"]?.string == "ready" }, "\(logs.all)")
      #expect(line["service"]?.string == "desk-0" && line["schema"]?.integer == 1)
      #expect(line["time"]?.string?.hasSuffix("Z") == true)
      await clean()
    }
  }
}
