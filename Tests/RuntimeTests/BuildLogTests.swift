import Source
import Testing
@testable import Runtime

@Suite("What BuildKit says")
struct BuildLogTests {
  @Test("docker build: the place, the step and what it printed")
  func dockerBuild() {
    var log = BuildLog()
    let text = """
      #6 [3/4] RUN sh -c "exit 3"
      #6 0.137 bad
      #6 ERROR: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3
      ------
       > [3/4] RUN sh -c "exit 3":
      0.137 bad
      ------
      Dockerfile.generated:4
      --------------------
         3 |     
         4 | >>> RUN sh -c "exit 3"
      --------------------
      ERROR: failed to solve: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3
      """
    var shown: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if log.take(line) == .line { shown.append(line) }
    }
    #expect(shown == ["#6 0.137 bad"])
    #expect(
      log.failure
        == .init(
          file: "Dockerfile.generated", line: 4, step: "RUN sh -c \"exit 3\"", service: nil,
          message: "process \"/bin/sh -c exit 3\" did not complete successfully: exit code: 3", output: ["bad"]))
  }

  @Test("docker compose build names the service and the step, and no line: the text finds it")
  func composeBuild() throws {
    var log = BuildLog()
    for line in ["#6 [agent 3/4] RUN echo two && exit 3", "#6 ERROR: process did not complete: exit code: 3"] {
      _ = log.take(line)
    }
    let failure = try #require(log.failure)
    #expect(failure.service == "agent")
    let generated = "FROM x\nRUN echo one\nRUN echo two \\\n  && exit 3\n"
    #expect(BuildOrigin.line(of: failure, in: (path: "a/Dockerfile.generated", bytes: Array(generated.utf8))) == 3)
  }

  @Test(
    "What can't be fetched stands at the line that names it, also where compose says none",
    arguments: [
      ("[a] resolve image config for docker-image://docker.io/docker/dockerfile:1", 2),
      ("[a internal] load metadata for nosuch.example/img:1", 3),
      ("[a internal] load metadata for docker.io/library/debian:latest", 4),
      ("[a internal] load metadata for docker.io/library/tools:2", 5),
      ("[a internal] load metadata for docker.io/library/other:1", nil),
    ])
  func fetch(name: String, line: Int?) throws {
    var log = BuildLog()
    let error = "failed to do request: Head \"https://example.com/v2\": no such host"
    for text in ["#2 \(name)", "#2 ERROR: \(error)", "failed to solve: x: \(error)"] { _ = log.take(text) }
    let failure = try #require(log.failure)
    #expect(failure.service == "a" && failure.message == error)
    let text =
      "# escape=\\\n# Syntax = docker/dockerfile:1\nFROM --platform=$P nosuch.example/img:1 AS x\nfrom debian\n"
    let generated = Array((text + "COPY --from=tools:2 / /t\n").utf8)
    #expect(BuildOrigin.line(of: failure, in: (path: "Dockerfile.generated", bytes: generated)) == line)
  }

  @Test(
    "The steps of docker build that are BuildKit's own belong to no service", arguments: ["[internal] x", "[1/2] x"])
  func internals(name: String) { #expect(BuildLog.step(name).service == nil) }

  @Test("A build that finds everything in the cache has done no work")
  func work() {
    func hasWorked(_ lines: [String]) -> Bool {
      var log = BuildLog()
      for line in lines { _ = log.take(line) }
      return log.hasWorked
    }
    let cached = [
      "#0 building with \"default\" instance using docker driver",
      "#1 [agent internal] load build definition from Dockerfile", "#1 transferring dockerfile: 2B done",
      "#1 DONE 0.0s",
      "#2 [agent stage-0 1/2] FROM docker.io/library/debian:bookworm-slim", "#2 DONE 0.0s",
      "#3 [agent stage-0 2/2] COPY a /a", "#4 [wire 2/2] COPY b /b", "#3 [agent stage-0 2/2] COPY a /a", "#3 CACHED",
      "#5 [agent] exporting to image", "#5 exporting layers done", "#5 DONE 0.0s",
    ]
    #expect(!hasWorked(cached))
    #expect(hasWorked(cached + ["#4 DONE 0.1s"]))
    #expect(hasWorked(cached + ["#4 0.101 output"]))
  }

  @Test("A parse error has its line in the message")
  func parseError() {
    var log = BuildLog()
    _ = log.take("failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN")
    #expect(log.failure?.line == 2)
  }
}
