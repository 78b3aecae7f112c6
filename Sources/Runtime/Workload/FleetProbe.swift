import Glibc
import IR
import JSON
package import Lowering
import Processes
package import Source

/// Looks what this machine has.
package enum FleetProbe {
  /// This machine as a fleet of one node.
  package static func run(environment: Environment) -> ImportedFleet {
    var node = FleetNode(name: hostName(), cores: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), memory: memory())
    var notes: [String] = []
    if let query = output(
      "nvidia-smi", ["--query-gpu=index,name,memory.total,uuid", "--format=csv,noheader,nounits"], environment)
    {
      node.gpus = GPUTools.nvidia(query: query)
      let topology = output("nvidia-smi", ["topo", "-m"], environment) ?? ""
      if let links = GPUTools.nvidia(topology: topology, count: node.gpus.count) {
        node.links = links
      } else if node.gpus.count > 1 {
        notes.append("'nvidia-smi topo -m' told no links: they are taken for PCIe")
      }
    } else if let text = output(
      "rocm-smi", ["--showproductname", "--showmeminfo", "vram", "--showuniqueid", "--json"], environment),
      let value = try? JSONParser.parse(Array(text.utf8))
    {
      node.gpus = GPUTools.rocm(value)
    } else if let text = output("system_profiler", ["SPDisplaysDataType", "-json"], environment),
      let value = try? JSONParser.parse(Array(text.utf8))
    {
      node.gpus = GPUTools.metal(value)
    } else if let text = output("vulkaninfo", ["--summary"], environment) {
      node.gpus = GPUTools.vulkan(text)
      if !node.gpus.isEmpty { notes.append("Vulkan tells no memory of GPUs: write it below 'gpus'") }
    }
    node.gpus = Array(node.gpus.prefix(16))
    if node.links.count != node.gpus.count * node.gpus.count {
      node.links = BuiltInLinks.matrix("pcie", count: node.gpus.count) ?? []
    }
    if node.gpus.isEmpty { notes.append("neither nvidia-smi nor rocm-smi nor Metal nor Vulkan knows a GPU here") }
    return ImportedFleet(fleet: Fleet(nodes: [node]), notes: notes)
  }

  private static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "this-machine" }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return NodeNames.expand(name) == nil ? "this-machine" : name
  }

  /// In MiB.
  private static func memory() -> Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let size = sysconf(Int32(_SC_PAGESIZE))
    return max(1, (pages * size) >> 20)
  }

  /// What a tool says; nil where there is none, or it fails.
  private static func output(_ program: String, _ arguments: [String], _ environment: Environment) -> String? {
    guard let path = Programs.find(program, environment: environment),
      let result = try? ChildProcess(path, arguments).capture(timeout: .seconds(20)), result.status == 0
    else { return nil }
    return result.text
  }
}
