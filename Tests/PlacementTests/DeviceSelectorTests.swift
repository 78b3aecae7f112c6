import IR
import Placement
import Testing

@Suite("Device selectors")
struct DeviceSelectorTests {
  private let gpu = FleetGPU(type: "h100", name: "NVIDIA H100 80GB HBM3", memory: 81559, uuid: "GPU-1")

  private func holds(_ expression: DeviceSelector.Expression) -> Bool { expression.holds(for: gpu, at: 3) }

  @Test("Numbers by every comparison")
  func numbers() {
    typealias Case = (DeviceSelector.Comparison, [Bool])
    let cases: [Case] = [
      (.equal, [false, true, false]), (.unequal, [true, false, true]), (.less, [false, false, true]),
      (.atMost, [false, true, true]), (.more, [true, false, false]), (.atLeast, [true, true, false]),
    ]
    #expect(cases.map(\.0).count == DeviceSelector.Comparison.allCases.count)
    for (comparison, expected) in cases {
      #expect([2, 3, 4].map { holds(.number(.index, comparison, $0)) } == expected, "\(comparison)")
      #expect([81558, 81559, 81560].map { holds(.number(.memoryMiB, comparison, $0)) } == expected, "\(comparison)")
    }
  }

  @Test("Texts by every test, by their bytes")
  func texts() {
    #expect(holds(.text(.name, .contains, "80GB")) && !holds(.text(.name, .contains, "80gb")))
    #expect(holds(.text(.name, .startsWith, "NVIDIA")) && !holds(.text(.name, .startsWith, "H100")))
    #expect(holds(.text(.name, .endsWith, "HBM3")) && !holds(.text(.name, .endsWith, "NVIDIA")))
    #expect(holds(.text(.type, .equal, "h100")) && !holds(.text(.type, .equal, "H100")))
    #expect(holds(.text(.uuid, .unequal, "GPU-2")) && !holds(.text(.uuid, .unequal, "GPU-1")))
    #expect(holds(.text(.name, .contains, "")) && !holds(.text(.type, .contains, "h1000")))
    let accented = FleetGPU(type: "e\u{301}", name: "", memory: 0)
    #expect(!DeviceSelector.Expression.text(.type, .equal, "\u{E9}").holds(for: accented, at: 0))
  }

  @Test("All, any, not, and nothing at all")
  func joined() {
    let (yes, no) = (DeviceSelector.Expression.constant(true), DeviceSelector.Expression.constant(false))
    #expect(holds(.all([yes, yes])) && !holds(.all([yes, no])) && holds(.all([])))
    #expect(holds(.any([no, yes])) && !holds(.any([no, no])) && !holds(.any([])))
    #expect(holds(.not(no)) && !holds(.not(yes)))
  }

  @Test("A request takes the GPUs that have all it asks for")
  func request() {
    let gpus = [
      gpu, FleetGPU(type: "a100", name: "NVIDIA A100-SXM4-40GB", memory: 40536),
      FleetGPU(type: "h100", name: "NVIDIA H100 NVL", memory: 95830),
      FleetGPU(type: "h100", name: "NVIDIA H100 80GB HBM3", memory: 81559, isHealthy: false),
    ]
    func matches(_ request: GPURequest) -> [Int] { request.matches(gpus).indices }
    #expect(matches(GPURequest(count: 1)) == [0, 1, 2])
    #expect(matches(GPURequest(count: 1, type: "h100")) == [0, 2])
    #expect(matches(GPURequest(count: 1, memory: 81560)) == [2])
    #expect(matches(GPURequest(count: 1, model: "hbm3")) == [0])
    let selector = DeviceSelector(expression: .number(.index, .less, 2), text: "device.index < 2")
    #expect(matches(GPURequest(count: 1, type: "h100", selector: selector)) == [0])
  }
}
