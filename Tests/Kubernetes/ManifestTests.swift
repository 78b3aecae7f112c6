import Emitters
import IR
import JSON
import Placement
import Processes
import TestSupport
import Testing

@Suite("What workloads become for Kubernetes", .serialized)
struct ManifestTests {
  /// A workload's manifest with everything waived that is lost.
  static func manifest(_ plan: WorkloadPlan, minor: Int) throws -> [UInt8] {
    let lost = Set(WorkloadEmitter.emit(plan, for: .kubernetes(minor: minor), waived: []).losses.map(\.field))
    let emitted = WorkloadEmitter.emit(plan, for: .kubernetes(minor: minor), waived: lost)
    return try #require(emitted.files.first).bytes
  }

  @Test("Each is valid for its version, and restricted, whatever is said")
  func isValid() async throws {
    var random = RandomWorkload(seed: 1)
    var manifests: [(minor: Int, bytes: [UInt8])] = []
    for _ in 0..<200 {
      let plan = random.plan()
      for minor in WorkloadTarget.kubernetesMinors {
        manifests.append((minor, try Self.manifest(plan, minor: minor)))
      }
    }
    let (findings, documents) = try await KubernetesPython.findings(manifests)
    #expect(findings.prefix(5) == [])
    #expect(documents > 3 * manifests.count)
  }

  @Test(
    "The validator finds what is wrong",
    arguments: [
      ("replicas:", "replicaz:", "Additional properties"), ("apps/v1", "apps/v9", "Couldn't find schema"),
      ("runAsNonRoot: true", "runAsNonRoot: false", "may run as root"),
      ("replicas: 1", "replicas: \"1\"", "'1' is not of type"),
      ("name: \"a\"", "name: \"A_\"", "is no name"),
    ])
  func validatorFinds(sound: String, broken: String, finding: String) async throws {
    var plan = WorkloadPlan(name: "a", kind: .service, image: "b", cores: 1, memory: 1)
    plan.id = "a-0"
    let text = String(decoding: try Self.manifest(plan, minor: 37), as: UTF8.self)
    let changed = text.replacing(sound, with: broken)
    #expect(changed != text)
    let findings = try await KubernetesPython.findings([(37, Array(changed.utf8))]).findings
    #expect(findings.contains { $0.contains(finding) }, "\(findings)")
  }

  @Test("Claims take the devices that the planner takes, and no others")
  func selectors() async throws {
    var random = RandomWorkload(seed: 2)
    var questions: [JSONValue] = []
    var expected: [[Bool]] = []
    while expected.count < 1000 {
      var request = random.request()
      (request.count, request.link) = (1, nil)
      var plan = WorkloadPlan(name: "a", kind: .job, image: "b", cores: 1, memory: 1)
      plan.gpus = [request]
      plan.id = "a-0"
      let emitted = WorkloadEmitter.emit(plan, for: .kubernetes(minor: 37), waived: [])
      let text = String(decoding: try #require(emitted.files.first).bytes, as: UTF8.self)
      // What is lost isn't there, and what is a bare number is no claim.
      guard emitted.losses.isEmpty, text.contains("ResourceClaimTemplate") else { continue }
      questions.append(["text": .string(text), "devices": .array(Self.gpus.map(Self.device))])
      let driver = text.contains("gpu.amd.com") ? "amd" : "nvidia"
      expected.append(
        Self.gpus.enumerated().map { index, gpu in
          Self.maker(gpu) == driver && GPURequest.Trait.allCases.allSatisfy { request.accepts(gpu, at: index, in: $0) }
        })
    }
    let result = try await KubernetesPython.run("selectors.py", input: JSONValue.array(questions).text())
    #expect(result.status == 0, "\(result.complaint)")
    let answers = try JSONParser.parse(result.output).array ?? []
    #expect(answers.count == expected.count)
    for (index, (answer, expected)) in zip(answers, expected).enumerated() {
      let taken = (answer.array?.first?.array ?? []).map { $0.bool == true }
      #expect(taken == expected, "\(questions[index]["text"]?.string ?? "")")
    }
    // Not all of them take nothing.
    #expect(expected.contains { $0.contains(true) && $0.contains(false) })
  }

  /// GPUs as fleets have them, whose names are those that drivers tell.
  private static let gpus = [
    FleetGPU(type: "h100", name: "NVIDIA H100 80GB HBM3", memory: 81_559, uuid: "x"),
    FleetGPU(type: "h100", name: "NVIDIA H100 PCIe", memory: 81_559, uuid: "GPU-2"),
    FleetGPU(type: "a100", name: "NVIDIA A100-SXM4-40GB", memory: 40_960, uuid: "GPU-3"),
    FleetGPU(type: "l40s", name: "NVIDIA L40S", memory: 46_068, uuid: "GPU-4"),
    FleetGPU(type: "l40", name: "NVIDIA L40", memory: 46_068, uuid: "GPU-5"),
    FleetGPU(type: "l4", name: "NVIDIA L4", memory: 24_576, uuid: "GPU-6"),
    FleetGPU(type: "gh200", name: "NVIDIA GH200 144G HBM3e", memory: 147_456, uuid: "GPU-7"),
    FleetGPU(type: "rtx6000ada", name: "NVIDIA RTX 6000 Ada Generation", memory: 49_140, uuid: "GPU-8"),
    FleetGPU(type: "mi300x", name: "AMD_Instinct_MI300X_OAM", memory: 196_592),
    FleetGPU(type: "mi210", name: "AMD_Instinct_MI210", memory: 65_520),
  ]

  private static func maker(_ gpu: FleetGPU) -> String { gpu.name.hasPrefix("AMD") ? "amd" : "nvidia" }

  private static func device(_ gpu: FleetGPU) -> JSONValue {
    var attributes: [JSONValue.Member] = [.init("productName", .string(gpu.name))]
    let isAMD = maker(gpu) == "amd"
    attributes.append(.init("type", .string(isAMD ? "amdgpu" : "gpu")))
    if !isAMD { attributes.append(.init("uuid", .string(gpu.uuid))) }
    return [
      "driver": .string(isAMD ? "gpu.amd.com" : "gpu.nvidia.com"), "attributes": .object(attributes),
      "capacity": ["memory": JSONValue(gpu.memory << 20)],
    ]
  }
}
