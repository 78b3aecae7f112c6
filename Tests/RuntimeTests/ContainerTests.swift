import JSON
import Testing

@testable import Runtime

@Suite("Containers that ended")
struct ContainerTests {
  private func container(_ state: String, exit: Int = 0, policy: String, restarts: Int = 0) throws -> ContainerState {
    try #require(
      ContainerState([
        "Id": "1", "Name": "/p-a-1", "RestartCount": JSONValue(restarts),
        "Config": ["Labels": ["com.docker.compose.service": "a"]],
        "State": ["Status": .string(state), "ExitCode": JSONValue(exit)],
        "HostConfig": ["RestartPolicy": ["Name": .string(policy)]],
        "Mounts": [["Destination": "/c", "Source": "/x/objects/abc/AGENTS.md", "RW": false]],
      ]))
  }

  @Test("A task is done with status 0 and no restart policy; what should go on running is not")
  func finished() throws {
    #expect(try container("exited", policy: "no").isFinished)
    #expect(try container("exited", policy: "").isFinished)
    #expect(try !container("exited", exit: 1, policy: "no").isFinished)
    #expect(try !container("exited", policy: "on-failure").isFinished)
    #expect(try !container("exited", policy: "unless-stopped").isFinished)
    #expect(try !container("running", policy: "no").isFinished)
  }

  @Test("What up says of a claw that does not run")
  func problems() throws {
    func problems(_ container: ContainerState, contract: String = "abc") -> [StartCheck.Problem] {
      StartCheck.problems(container, contract: contract, restartsBefore: 0)
    }
    #expect(try problems(container("running", policy: "on-failure")).isEmpty)
    #expect(try problems(container("exited", policy: "no")).isEmpty)
    let ended = try problems(container("exited", policy: "on-failure"))
    #expect(ended.count == 1 && ended[0].message.contains("restart: \"no\"") && !ended[0].isInvariant, "\(ended)")
    #expect(try problems(container("exited", exit: 3, policy: "no")).first?.message == "ended with status 3")
    #expect(try problems(container("running", policy: "on-failure", restarts: 1)).count == 1)
    #expect(try problems(container("running", policy: "no"), contract: "other").first?.isInvariant == true)
  }

  @Test("Lines of docker compose logs")
  func logLines() {
    let line = LogLine("desk-0-1  | 2026-11-21T14:29:00.123456789Z said: a | b")
    #expect(line?.service == "desk-0" && line?.time == "2026-11-21T14:29:00.123456789Z")
    #expect(line?.text == "said: a | b")
    #expect(LogLine("a-1  | 2026-11-21T14:29:00Z ")?.text == "")
    #expect(LogLine("a-1  | no time")?.time == nil && LogLine("a-1  | no time")?.text == "no time")
    #expect(LogLine("time=\"x\" level=warning | msg") == nil && LogLine("") == nil && LogLine("no bar") == nil)
  }
}
