import Glibc
import Runtime
import Source
import Testing

extension EndToEnd {
  /// Runs that are cut short.
  @Suite(.serialized, .enabled { await Machine.isWanted })
  struct Interruptions {
    private static let pod = """
      x-claw: {pod: claw-e2e-cut}
      services:
        agent:
          build: {context: ., dockerfile: Clawfile}
          x-claw: {agent: ./AGENTS.md, cllama: none}

      """

    private func slowProject() throws -> Folder {
      let folder = try Folder("cut")
      try folder.write("AGENTS.md", "# Slow\n")
      try folder.write(
        "Clawfile",
        "FROM debian:bookworm-slim\nCLAW_TYPE generic\nAGENT AGENTS.md\nARG NONCE=\(getpid())\nRUN echo $NONCE; sleep 25\nCMD [\"sleep\", \"60\"]\n"
      )
      try folder.write("claw-pod.yml", Self.pod)
      return folder
    }

    @Test("A run that is ended lets go of the lock, and ends docker", arguments: ["KILL", "TERM", "INT"])
    func lockIsReleased(signal: String) async throws {
      let folder = try slowProject()
      let lock = FilePath.join(folder.path, ".claw/claw-e2e-cut/lock")
      // In the background, as a service manager would run it; then a second run, then the signal.
      let script = """
        "$1" up "$2" --build >"$2/log" 2>&1 & pid=$!
        for i in $(seq 100); do grep -q 'sleep 25' "$2/log" 2>/dev/null && break; sleep 0.1; done
        if flock -n "$3" true; then echo "not locked"; fi
        timeout 20 "$1" up "$2" --build; echo "second $?"
        kill -\(signal) $pid; wait $pid; echo "first $?"
        flock -n "$3" true && echo "free"
        """
      let run = await Machine.run("/bin/bash", ["-c", script, "bash", Machine.claw, folder.path, lock], timeout: 60)
      #expect(!run.output.contains("not locked"), "\(run.all)")
      #expect(run.output.contains("second 1") && run.errors.contains("another run"), "\(run.all)")
      #expect(run.output.contains("free"), "\(run.all)")
      let expected = signal == "KILL" ? "first 137" : "first 130"
      #expect(run.output.contains(expected), "\(run.all) \(folder.read("log") ?? "")")
      #expect(!folder.files.contains { $0.contains(".claw-\(getpid())") || $0.hasSuffix(".tmp") })
    }

    @Test("Addresses that another network has are refused by name")
    func overlap() async throws {
      let folder = try slowProject()
      let compiled = await Machine.claw(["compile", folder.path, "--stdout"])
      let subnet = try #require(
        compiled.output.split(separator: "\n").first { $0.contains("subnet:") }.flatMap {
          $0.split(separator: "\"").dropFirst().first.map(String.init)
        }, "\(compiled.all)")
      let other = "claw-e2e-other"
      _ = await Machine.docker(["network", "rm", other])
      let made = await Machine.docker(["network", "create", "--subnet", subnet, other])
      try #require(made.status == 0, "\(made.all)")
      let up = await Machine.claw(["up", folder.path])
      _ = await Machine.docker(["network", "rm", other])
      #expect(up.status == 5, "\(up.all)")
      #expect(up.errors.contains(other) && up.errors.contains("network-range"), "\(up.all)")
      #expect(!folder.files.contains { $0.hasSuffix("compose.generated.yml") }, "nothing was written")
    }

    @Test("Without an engine, docker or compose, the message says so and the status is 5")
    func noEngine() async throws {
      let folder = try slowProject()
      for line in ["DOCKER_HOST=unix:///nowhere.sock", "CLAW_DOCKER=/nowhere/docker", "PATH=/nowhere"] {
        let run = await Machine.run("/usr/bin/env", [line, Machine.claw, "up", folder.path])
        #expect(run.status == 5, "\(line): \(run.all)")
        #expect(run.errors.lowercased().contains("docker"), "\(line): \(run.all)")
      }
      #expect(!folder.files.contains { $0.hasSuffix("compose.generated.yml") }, "nothing was written")
    }
  }
}
