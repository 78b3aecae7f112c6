import Ledger
import Testing

@Suite("What contracts hold that are recorded")
struct ContractTests {
  private static let id = EventCheckTests.step

  /// The complaint about a contract; nil if it passes.
  private func complaint(_ type: String, _ contract: String) -> String? {
    EventCheckTests.complaint(
      #"{"type":"ContractRecorded","payload":{"contractType":"\#(type)","contract":\#(contract)}}"#)
  }

  @Test(
    "Contracts as the reference has them, in whole and in part",
    arguments: [
      ("IntentContract", "{}"), ("IntentContract", #"{"title":"Fix the clock","description":"It goes back"}"#),
      (
        "IntentContract",
        #"""
        {"schemaVersion":"1.1.0","intentId":"ID","title":"t","description":"","actor":{"actorId":"a","actorType":"system"},
        "constraints":{"maxSteps":1000,"timeoutMs":86400000,"providers":["p"]},"inputParams":{"a":[1]},"tags":["x"],
        "createdAt":"2026-01-02T03:04:05.6Z","priority":"high","later":{"x":1}}
        """#
      ),
      (
        "StepContract",
        #"""
        {"schemaVersion":"1.0.0","stepId":"ID","intentId":"ID","stepIndex":999,"name":"n","description":"d","toolName":"t",
        "toolParams":{"":1},"expectedOutputSchema":null,"requiresApproval":false,
        "retryPolicy":{"maxRetries":0,"backoffMs":100},"dependsOn":["ID"],"createdAt":"2026-01-02T03:04:05Z"}
        """#
      ),
      (
        "WorkerTaskContract",
        #"""
        {"schemaVersion":"1.0.0","taskId":"ID","stepId":"ID","runId":"ID","workerType":"node-20.x_a","instructions":"",
        "inputRefs":["r"],"constraints":{"maxDurationMs":1,"maxOutputBytes":104857600,"sandboxed":true},
        "outputSchema":{"type":"object"},"createdAt":"2026-01-02T03:04:05.678Z"}
        """#
      ),
    ])
  func accepted(type: String, contract: String) {
    #expect(complaint(type, contract.replacing("ID", with: Self.id)) == nil)
  }

  @Test(
    "A member that is not what its name says is refused with its place",
    arguments: [
      ("IntentContract", #"{"title":""}"#, "'payload.contract.title' must not be empty"),
      ("IntentContract", #"{"schemaVersion":"2.0.0"}"#, "'payload.contract.schemaVersion' must be 1.MINOR.PATCH"),
      ("IntentContract", #"{"intentId":"7"}"#, "'payload.contract.intentId' must be a UUID"),
      ("IntentContract", #"{"actor":{"actorType":"worker"}}"#, "'payload.contract.actor.actorType' must be one of"),
      ("IntentContract", #"{"actor":"ann"}"#, "'payload.contract.actor' must be an object"),
      ("IntentContract", #"{"constraints":{"maxSteps":0}}"#, "'payload.contract.constraints.maxSteps' must be a whole"),
      ("IntentContract", #"{"constraints":{"maxSteps":1.5}}"#, "from 1 to 1000"),
      ("IntentContract", #"{"constraints":{"providers":["a",1]}}"#, "'payload.contract.constraints.providers[1]' must"),
      ("IntentContract", #"{"inputParams":[]}"#, "'payload.contract.inputParams' must be an object"),
      ("IntentContract", #"{"inputParams":{"":1}}"#, "'payload.contract.inputParams' has a name that is empty"),
      ("IntentContract", #"{"tags":"x"}"#, "'payload.contract.tags' must be an array"),
      ("IntentContract", #"{"createdAt":"2026-02-30T03:04:05Z"}"#, "'payload.contract.createdAt' must be a time"),
      ("IntentContract", #"{"createdAt":"2026-02-03T03:04:05.Z"}"#, "'payload.contract.createdAt' must be a time"),
      ("IntentContract", #"{"createdAt":"2026-02-03T03:04:05.1234Z"}"#, "must be a time"),
      ("IntentContract", #"{"priority":"urgent"}"#, "'payload.contract.priority' must be one of low"),
      ("StepContract", #"{"stepIndex":1000}"#, "from 0 to 999"),
      ("StepContract", #"{"stepIndex":-1}"#, "from 0 to 999"),
      ("StepContract", #"{"expectedOutputSchema":{}}"#, "must be null or an object that is not empty"),
      ("StepContract", #"{"requiresApproval":"yes"}"#, "'payload.contract.requiresApproval' must be true or false"),
      (
        "StepContract", #"{"retryPolicy":{"backoffMs":99}}"#, "'payload.contract.retryPolicy.backoffMs' must be a whole"
      ),
      ("StepContract", #"{"dependsOn":["ID","x"]}"#, "'payload.contract.dependsOn[1]' must be a UUID"),
      ("WorkerTaskContract", #"{"workerType":"a b"}"#, "'payload.contract.workerType' must be a text of at most 200"),
      (
        "WorkerTaskContract", #"{"constraints":{"sandboxed":1}}"#,
        "'payload.contract.constraints.sandboxed' must be true"
      ),
      ("WorkerTaskContract", #"{"outputSchema":[]}"#, "must be null or an object"),
    ])
  func refused(type: String, contract: String, reason: String) {
    let found = complaint(type, contract.replacing("ID", with: Self.id))
    #expect(found?.contains(reason) == true, "\(found ?? "accepted")")
  }

  @Test("Limits hold at their edge")
  func limits() {
    func text(_ count: Int) -> String { String(repeating: "x", count: count) }
    func list(_ count: Int) -> String { "[" + (0..<count).map { "\"t\($0)\"" }.joined(separator: ",") + "]" }
    func parameters(_ count: Int) -> String {
      "{" + (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
    }
    for (type, inside, outside) in [
      ("IntentContract", #"{"title":"\#(text(500))"}"#, #"{"title":"\#(text(501))"}"#),
      ("IntentContract", #"{"tags":\#(list(20))}"#, #"{"tags":\#(list(21))}"#),
      ("IntentContract", #"{"tags":[]}"#, #"{"tags":["\#(text(101))"]}"#),
      ("IntentContract", #"{"inputParams":\#(parameters(50))}"#, #"{"inputParams":\#(parameters(51))}"#),
      (
        "StepContract", #"{"toolParams":{"a":"\#(text(102_392))"}}"#, #"{"toolParams":{"a":"\#(text(102_393))"}}"#
      ),
      ("IntentContract", #"{"inputParams":{"\#(text(200))":0}}"#, #"{"inputParams":{"\#(text(201))":0}}"#),
      ("StepContract", #"{"toolParams":{"\#(text(300))":0}}"#, #"{"name":"\#(text(301))"}"#),
      ("WorkerTaskContract", #"{"inputRefs":\#(list(100))}"#, #"{"inputRefs":\#(list(101))}"#),
    ] {
      #expect(complaint(type, inside) == nil, "\(inside.prefix(60))")
      #expect(complaint(type, outside) != nil, "\(outside.prefix(60))")
    }
  }
}
