import Diagnostics
import Driver
import Emitters
import IR
import JSON
import Lowering
import Source
import Testing

@Suite("Fleets: written, imported, written again")
struct FleetTests {
  static func fleet(_ bytes: [UInt8]) -> Fleet? {
    var bag = DiagnosticBag()
    let fleet = WorkloadCompiler.fleet(SourceFile(path: "fleet.yml", bytes: bytes), into: &bag)
    for finding in bag.diagnostics { Issue.record("\(finding.message)") }
    return fleet
  }

  @Test("Names of many nodes")
  func names() {
    #expect(NodeNames.expand("n1") == ["n1"])
    #expect(NodeNames.expand("n[1-3]") == ["n1", "n2", "n3"])
    #expect(NodeNames.expand("a-[008-010,12].x") == ["a-008.x", "a-009.x", "a-010.x", "a-12.x"])
    for wrong in ["", "n[3-1]", "n[1", "n]1[", "n[a-b]", "n[1-200000]", "n 1", "-n", "n[]", "n[1-2"] {
      #expect(NodeNames.expand(wrong) == nil, "\(wrong)")
    }
  }

  @Test("What Slurm says of nodes, with what is taken")
  func slurm() throws {
    let text =
      "NodeName=n1 Arch=x86_64 CPUAlloc=16 CPUTot=64 ActiveFeatures=ib,nvlink Gres=gpu:h100:8(S:0-1) GresUsed=gpu:h100:3(IDX:0-1,5) "
      + "RealMemory=512000 AllocMem=65536 State=MIXED Partitions=batch,urgent\n"
      + "NodeName=n2 CPUAlloc=0 CPUTot=32 ActiveFeatures=(null) Gres=(null) GresUsed=gpu:0 RealMemory=1000 AllocMem=0 State=IDLE+DRAIN Partitions=batch\n"
    let found = try #require(SlurmNodes.fleet(text))
    let node = found.fleet.nodes[0]
    #expect(node.name == "n1" && node.cores == 64 && node.memory == 512_000 && node.gpus.count == 8)
    #expect(
      node.gpus[0].type == "h100" && node.labels.map(\.key) == ["ib", "nvlink"] && node.queues == ["batch", "urgent"])
    #expect(found.fleet.nodes[1].isDrained && found.fleet.nodes[1].gpus.isEmpty && found.fleet.nodes[1].labels.isEmpty)
    let part = try #require(found.fleet.running.first?.parts.first)
    #expect(part.gpus == [0, 1, 5] && part.cores == 16 && part.memory == 65536)
    // What was written says the same.
    let again = try #require(Self.fleet(FleetText.write(found.fleet, notes: found.notes)))
    #expect(again.nodes == found.fleet.nodes && again.running == found.fleet.running)
    #expect(SlurmNodes.fleet("nothing of the kind\n") == nil)
  }

  @Test(
    "Where workloads go that name no queue: Slurm's default partition, or the only one, or it is said",
    arguments: [
      (
        "PartitionName=batch Default=NO State=UP\nPartitionName=urgent Default=YES State=UP\n", "batch,urgent", "urgent"
      ),
      ("", "batch", "batch"), ("", "batch,urgent", nil), ("", "", nil),
    ])
  func defaultQueue(partitions: String, queues: String, expected: String?) throws {
    let node = "NodeName=n1 CPUTot=64 RealMemory=512000 State=IDLE"
    let text = node + (queues.isEmpty ? "" : " Partitions=\(queues)") + "\n" + partitions
    let found = try #require(SlurmNodes.fleet(text))
    #expect(found.fleet.defaultQueue == expected)
    #expect(found.notes.contains { $0.contains("'default_queue'") } == (queues == "batch,urgent" && expected == nil))
    let again = try #require(Self.fleet(FleetText.write(found.fleet, notes: found.notes)))
    #expect(again.defaultQueue == expected)
  }

  @Test("What Kubernetes says of nodes")
  func kubernetes() throws {
    let text = """
      {"items": [{"kind": "Node", "metadata": {"name": "a", "labels": {"topology.kubernetes.io/zone": "z1",
      "nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/gpu.memory": "81559", "x": "y"}},
      "spec": {"taints": [{"key": "gpu", "effect": "NoSchedule"}]},
      "status": {"allocatable": {"cpu": "127500m", "memory": "1056270340Ki", "nvidia.com/gpu": "8"},
      "conditions": [{"type": "Ready", "status": "True"}]}}]}
      """
    let found = try #require(KubernetesNodes.fleet(try JSONParser.parse(Array(text.utf8))))
    let node = found.fleet.nodes[0]
    #expect(found.fleet.levels == ["zone"] && node.domains == ["z1"] && node.cores == 127 && node.memory == 1_031_514)
    #expect(node.gpus.count == 8 && node.gpus[0].type == "h100" && node.gpus[0].memory == 81_559 && node.isDrained)
    #expect(node.conditions == [.init("Ready", .true)])
    let again = try #require(Self.fleet(FleetText.write(found.fleet, notes: found.notes)))
    #expect(again.nodes == found.fleet.nodes && again.levels == ["zone"])
    #expect(KubernetesNodes.fleet(["items": []]) == nil && KubernetesNodes.fleet(["kind": "Pod"]) == nil)
  }

  @Test("What docker says of its machine")
  func docker() throws {
    let info: JSONValue = [
      "NCPU": 8, "MemTotal": 17_179_869_184, "Name": "box",
      "GenericResources": [["DiscreteResourceSpec": ["Kind": "NVIDIA-GPU", "Value": 2]]],
    ]
    let found = try #require(DockerMachine.fleet(info))
    #expect(found.fleet.nodes[0].memory == 16_384 && found.fleet.nodes[0].gpus.count == 2)
    #expect(Self.fleet(FleetText.write(found.fleet, notes: found.notes))?.nodes == found.fleet.nodes)
    #expect(DockerMachine.fleet(["NCPU": 0]) == nil)
  }

  @Test("What the vendors' tools say of GPUs")
  func tools() throws {
    let query = "0, NVIDIA A100-SXM4-80GB, 81920, GPU-1\n1, NVIDIA A100-SXM4-80GB, 81920, GPU-2\n"
    let gpus = GPUTools.nvidia(query: query)
    #expect(gpus.map(\.type) == ["a100", "a100"] && gpus.map(\.memory) == [81_920, 81_920] && gpus[1].uuid == "GPU-2")
    let topology =
      "\tGPU0\tGPU1\tNIC0\tCPU Affinity\nGPU0\t X \tNV12\tPXB\t0-31\nGPU1\tNV12\t X \tSYS\t0-31\nNIC0\tPXB\tSYS\t X\n"
    #expect(GPUTools.nvidia(topology: topology, count: 2) == [.same, .nvlink(12), .nvlink(12), .same])
    #expect(GPUTools.nvidia(topology: "", count: 2) == nil)
    let rocm: JSONValue = [
      "card1": ["Card Series": "AMD Instinct MI300X", "VRAM Total Memory (B)": "206141652992", "Unique ID": "0x1"],
      "card0": ["Card Series": "AMD Instinct MI300X", "VRAM Total Memory (B)": "206141652992", "Unique ID": "0x0"],
      "system": ["Driver version": "6"],
    ]
    #expect(GPUTools.rocm(rocm).map(\.uuid) == ["0x0", "0x1"] && GPUTools.rocm(rocm)[0].type == "mi300x")
    let vulkan = """
      GPU0:
      \tdeviceType         = PHYSICAL_DEVICE_TYPE_DISCRETE_GPU
      \tdeviceName         = NVIDIA GeForce RTX 4090
      GPU1:
      \tdeviceType         = PHYSICAL_DEVICE_TYPE_CPU
      \tdeviceName         = llvmpipe
      """
    #expect(GPUTools.vulkan(vulkan).map(\.type) == ["rtx4090"])
    #expect(GPUTools.metal(["SPDisplaysDataType": [["sppci_model": "Apple M3 Max"]]]).map(\.type) == ["apple-m3-max"])
  }

  @Test(
    "Classes by their products' names",
    arguments: [
      ("NVIDIA L4", "l4"), ("NVIDIA L40S", "l40s"), ("NVIDIA L40", "l40"), ("NVIDIA A100-PCIE-40GB", "a100"),
      ("NVIDIA A10", "a10"), ("Tesla T4", "t4"), ("NVIDIA RTX 6000 Ada Generation", "rtx6000ada"), ("Voodoo 2", nil),
    ] as [(String, String?)])
  func products(product: String, type: String?) { #expect(GPUType.ofProduct(product)?.name == type) }
}
