import IR
import Testing

@testable import Lowering

@Suite("The memory of GPUs, as sold and as told")
struct GPUMemoryTests {
  /// What nvidia-smi tells of each, in MiB: github.com/modal-labs/modal-client/pull/2797.
  @Test(
    "What is sold as so many GB has them",
    arguments: [
      ("h100", "80GB", 81_559), ("a100", "80GB", 81_920), ("a100", "40GB", 40_960), ("a10", "24GB", 23_028),
      ("l40s", "48GB", 46_068), ("l4", "24GB", 23_034), ("t4", "16GB", 15_360),
    ])
  func told(type: String, sold: String, told: Int) throws {
    let asked = try #require(WorkloadQuantity.mebibytes(sold))
    let type = try #require(GPUType.named(type))
    #expect(asked <= told)
    #expect([type.smallest, type.largest].contains(asked))
  }

  @Test(
    "A size is written as it was read", arguments: ["80GB", "24GB", "141GB", "192GB", "1GB", "64GiB", "2TiB", "7MiB"])
  func again(text: String) throws {
    #expect(WorkloadQuantity.text(mebibytes: try #require(WorkloadQuantity.mebibytes(text))) == text)
  }

  @Test("Terabytes are a thousand gigabytes")
  func terabytes() { #expect(WorkloadQuantity.mebibytes("2TB") == WorkloadQuantity.mebibytes("2000GB")) }
}
