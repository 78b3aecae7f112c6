import JSON
import Runtime
import Testing

@Suite("What a sidecar says of itself")
struct SidecarStateTests {
  private func container(_ status: String, health: String?, output: String) -> ContainerState? {
    var state: [JSONValue.Member] = [.init("Status", .string(status))]
    if let health {
      state.append(.init("Health", ["Status": .string(health), "Log": [["Output": .string(output)]]]))
    }
    return ContainerState([
      "Id": "1", "Name": "/p-desk-cllama-1", "State": .object(state),
      "Config": [
        "Labels": ["com.docker.compose.service": "desk-cllama", "claw.role": "cllama"]
      ],
    ])
  }

  @Test(
    "It is what the last health check printed",
    arguments: [
      ("running", "healthy", "{\"ok\":true,\"state\":\"serving\"}\n", "serving", nil),
      ("running", "unhealthy", "{\"ok\":false,\"state\":\"denying\",\"reason\":\"no\"}", "denying", "no"),
      ("running", "healthy", "{\"ok\":true,\"state\":\"serv", "serving", nil),
      ("running", "unhealthy", "", "unhealthy", nil), ("running", "starting", "", "starting", nil),
      ("running", nil, "", "running", nil), ("exited", "healthy", "{\"state\":\"serving\"}", "exited", nil),
    ] as [(String, String?, String, String, String?)])
  func states(status: String, health: String?, output: String, state: String, reason: String?) throws {
    let found = try #require(container(status, health: health, output: output))
    #expect(found.isSidecar && !found.isClaw)
    #expect(found.sidecarState.state == state && found.sidecarState.reason == reason)
  }
}
