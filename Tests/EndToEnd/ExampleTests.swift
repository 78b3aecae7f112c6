import Glibc
import Runtime
import Source
import Testing

extension EndToEnd {
  /// The examples, as their pages say.
  @Suite(.serialized, .enabled { await Machine.isWanted })
  struct Examples {
    @Test("quickstart answers through its front service")
    func quickstart() async throws {
      let folder = try Folder("quickstart")
      try folder.copy("examples/quickstart")
      let up = await Machine.run("/usr/bin/env", ["PORT=18480", Machine.claw, "up", folder.path, "--wait", "--build"])
      #expect(up.status == 0, "\(up.all)")
      let answer = await Machine.run("/bin/bash", ["-c", Self.request])
      #expect(
        answer.output.contains("\"heading\":\"Greeter\"") && answer.output.contains("greeting.md"), "\(answer.all)")
      let down = await Machine.run("/usr/bin/env", ["PORT=18480", Machine.claw, "down", folder.path, "-v"])
      #expect(down.status == 0, "\(down.all)")
    }

    /// An HTTP client that every machine with bash has.
    private static let request =
      "exec 3<>/dev/tcp/127.0.0.1/18480; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; timeout 10 cat <&3"

    @Test("desk comes up; its chief and its desks have what they need")
    func desk() async throws {
      let folder = try Folder("desk")
      try folder.copy("examples/desk")
      let up = await Machine.claw(["up", folder.path, "--build"])
      #expect(up.status == 0, "\(up.all)")
      try await Task.sleep(for: .seconds(2))
      let logs = await Machine.claw(["logs", "--file", folder.path])
      #expect(logs.output.contains("contract Desk") && logs.output.contains("contract Chief"), "\(logs.all)")
      #expect(!logs.output.contains("not found"), "\(logs.all)")
      let down = await Machine.claw(["down", folder.path, "-v"])
      #expect(down.status == 0, "\(down.all)")
    }

    @Test("one-shot does its task and ends")
    func oneShot() async throws {
      let folder = try Folder("one-shot")
      try folder.copy("examples/one-shot")
      let up = await Machine.claw(["up", folder.path, "--build"])
      #expect(up.status == 0, "\(up.all)")
      let logs = await Machine.claw(["logs", "--file", folder.path, "reviewer"])
      #expect(logs.output.contains("# Reviewer") && logs.output.contains("review.md"), "\(logs.all)")
      let ps = await Machine.claw(["ps", folder.path, "--exit-code"])
      #expect(ps.status == 0, "\(ps.all)")
      _ = await Machine.claw(["down", folder.path, "-v"])
    }

    @Test("A validation runner finds all it needs", arguments: ["openclaw", "nanobot", "claude-code", "raw-python"])
    func validation(name: String) async throws {
      let folder = try Folder(name)
      try folder.copy("examples/validation/\(name)")
      let refused = await Machine.claw(["up", folder.path])
      #expect(refused.status == 5 && refused.errors.contains("pod/not-yet"), "\(refused.all)")
      #expect(!folder.files.contains { $0.contains(".generated") }, "nothing was written")
      // A persona comes with a later version; all else is there.
      let clawfile = (folder.read("Clawfile") ?? "").split(separator: "\n", omittingEmptySubsequences: false)
      try folder.write("Clawfile", clawfile.filter { !$0.hasPrefix("PERSONA ") }.joined(separator: "\n"))
      let up = await Machine.claw(["up", folder.path, "--build"])
      #expect(up.status == 0, "\(up.all)")
      try await Task.sleep(for: .seconds(1))
      let logs = await Machine.claw(["logs", "--file", folder.path])
      #expect(logs.output.contains("\"missing\":[]"), "\(logs.all)")
      _ = await Machine.claw(["down", folder.path, "-v"])
    }

    @Test(
      "No folder above a contract can be moved away",
      arguments: [
        ("nanobot", "/workspace/.nanobot/workspace/AGENTS.md"),
        ("picoclaw", "/home/picoclaw/.picoclaw/workspace/AGENTS.md"),
        ("microclaw", "/claw-data/runtime/groups/AGENTS.md"),
      ])
    func movedFolders(type: String, contract: String) async throws {
      let folder = try Folder("moved-\(type)")
      try folder.write(
        "Clawfile", "FROM debian:bookworm-slim\nCLAW_TYPE \(type)\nHEALTHCHECK NONE\nCMD [\"sleep\", \"600\"]\n")
      try folder.write("AGENTS.md", "# the true one\n")
      try folder.write(
        "claw-pod.yml", "services:\n  bot:\n    build: .\n    x-claw: {cllama: none, agent: AGENTS.md}\n")
      let up = await Machine.claw(["up", folder.path, "--build"])
      #expect(up.status == 0, "\(up.all)")
      var path = FilePath.directory(of: contract)
      while path != "/" {
        let compose = ["compose", "-f", FilePath.join(folder.path, "compose.generated.yml"), "exec", "-T", "bot"]
        let move = await Machine.docker(compose + ["mv", path, path + ".moved"])
        #expect(move.status != 0, "\(path) was moved: \(move.all)")
        path = FilePath.directory(of: path)
      }
      let compose = ["compose", "-f", FilePath.join(folder.path, "compose.generated.yml"), "exec", "-T", "bot"]
      let read = await Machine.docker(compose + ["cat", contract])
      #expect(read.output == "# the true one\n", "\(read.all)")
      _ = await Machine.claw(["down", folder.path, "-v"])
    }

    @Test("The validation images run without claw: CONFIGURE ran, INVOKE fires, TRACK logs")
    func withoutClaw() async throws {
      let names = ["openclaw", "nanobot", "claude-code", "raw-python"]
      for name in names {
        let folder = try Folder(name)
        try folder.copy("examples/validation/\(name)")
        let tag = "claw-e2e-\(name):latest"
        let build = await Machine.claw(["build", folder.path, "-t", tag, "-q"])
        try #require(build.status == 0, "\(build.all)")
        _ = await Machine.docker(["rm", "-f", "-v", "claw-e2e-\(name)"])
        let run = await Machine.docker(["run", "-d", "--name", "claw-e2e-\(name)", tag])
        #expect(run.status == 0, "\(run.all)")
      }
      // claude-code's command does one task and ends, so nothing can fire in it.
      var waiting = Set(names).subtracting(["claude-code"])
      for _ in 0..<75 where !waiting.isEmpty {
        for name in waiting {
          let logs = await Machine.docker(["logs", "claw-e2e-\(name)"])
          if logs.all.contains("fired at") { waiting.remove(name) }
        }
        if !waiting.isEmpty { try await Task.sleep(for: .seconds(1)) }
      }
      #expect(waiting.isEmpty, "INVOKE did not fire in \(waiting)")
      for name in ["openclaw", "raw-python"] {
        let log = await Machine.docker(["exec", "claw-e2e-\(name)", "cat", "/claw/track/log.jsonl"])
        #expect(log.output.contains("apt"), "\(name): \(log.all)")
      }
      for name in names { _ = await Machine.docker(["rm", "-f", "-v", "claw-e2e-\(name)"]) }
    }

    @Test("init makes a project that works")
    func scaffold() async throws {
      let folder = try Folder("init")
      let path = FilePath.join(folder.path, "claw e2e init")
      let made = await Machine.claw(["init", path])
      #expect(made.status == 0, "\(made.all)")
      let up = await Machine.claw(["up", path, "--wait", "--build"])
      #expect(up.status == 0, "\(up.all)")
      let logs = await Machine.claw(["logs", "--file", path, "agent"])
      #expect(logs.output.contains("my contract: # The contract"), "\(logs.all)")
      let again = await Machine.claw(["init", path])
      #expect(again.errors.contains("kept") && !again.errors.contains("wrote"), "\(again.all)")
      _ = await Machine.claw(["down", path, "-v"])
    }
  }
}
