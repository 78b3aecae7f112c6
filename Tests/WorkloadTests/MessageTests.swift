import Emitters
import IR
import JSON
import Processes
import Runtime
import Source
import TestSupport
import Testing

@Suite("Workloads as messages: protobuf's own library reads both encodings the same")
struct MessageTests {
  @Test("Five hundred plans with any of all fields")
  func plans() async throws {
    var plans = GeneratedPlans(seed: 7)
    var lines: [UInt8] = []
    for _ in 0..<500 {
      let plan = plans.plan()
      let message = WorkloadWire.message(plan, id: plan.id)
      let digits = ProtobufText.bytes(message).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      let value: JSONValue = ["json": message.json, "binary": .string(digits)]
      lines += Array(value.text().utf8) + [0x0A]
    }
    let python = Repository.path(".build/peers-python/bin/python")
    let child = ChildProcess(
      python, [Repository.path("Tests/WorkloadTests/peers/messages.py"), Repository.path("grammars/claw.proto")])
    let result = try await OwnThread.run { [lines] in try child.capture(input: lines, timeout: .seconds(120)) }
    #expect(result.status == 0, "\(result.complaint)")
    #expect(result.text == "compared 500\n")
  }
}
