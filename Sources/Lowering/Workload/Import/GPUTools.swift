package import IR
package import JSON
import Source

/// What the vendors' tools say of the GPUs of a machine.
package enum GPUTools {
  /// The GPUs in `nvidia-smi --query-gpu=index,name,memory.total,uuid --format=csv,noheader,nounits`.
  package static func nvidia(query text: String) -> [FleetGPU] {
    text.utf8.split(separator: 0x0A).compactMap { line in
      let cells = line.split(separator: 0x2C, omittingEmptySubsequences: false).map { String(Substring($0)).trimmed }
      guard cells.count == 4, Int(cells[0]) != nil, var gpu = ImportedFleet.gpus(cells[1], count: 1).first else {
        return nil
      }
      if let memory = Int(cells[2]) { gpu.memory = memory }
      gpu.uuid = cells[3]
      return gpu
    }
  }

  /// The links in `nvidia-smi topo -m`, row by row; nil if it has no matrix of that many GPUs.
  package static func nvidia(topology text: String, count: Int) -> [GPULink]? {
    var result: [GPULink] = []
    for line in text.utf8.split(separator: 0x0A) {
      // Tabs and colours stand between words.
      let words = line.split { $0 == 0x09 || $0 == 0x20 }.map { String(Substring($0)) }
      guard let first = words.first, first.utf8.starts(with: "GPU".utf8), Int(first.dropFirst(3)) != nil,
        words.count > count
      else { continue }
      let links = words[1...count].compactMap { GPULink(word: $0) }
      // The head of the table names GPUs instead.
      if links.count == count { result += links }
    }
    return result.count == count * count ? result : nil
  }

  /// The GPUs in `rocm-smi --showproductname --showmeminfo vram --showuniqueid --json`.
  package static func rocm(_ value: JSONValue) -> [FleetGPU] {
    (value.members ?? []).filter { $0.name.utf8.starts(with: "card".utf8) }
      .sorted { (Int($0.name.dropFirst(4)) ?? 0) < (Int($1.name.dropFirst(4)) ?? 0) }
      .compactMap { card in
        let product = card.value["Card Series"]?.string ?? card.value["Card series"]?.string
        guard let product, var gpu = ImportedFleet.gpus(product, count: 1).first else { return nil }
        if let bytes = card.value["VRAM Total Memory (B)"]?.string.flatMap({ Int($0) }) { gpu.memory = bytes >> 20 }
        gpu.uuid = card.value["Unique ID"]?.string ?? ""
        return gpu
      }
  }

  /// The GPUs in `vulkaninfo --summary`; processors that only play one are left out.
  package static func vulkan(_ text: String) -> [FleetGPU] {
    var result: [FleetGPU] = []
    var isGPU = false
    for line in text.utf8.split(separator: 0x0A) {
      let parts = String(Substring(line)).utf8.split(separator: 0x3D, maxSplits: 1).map {
        String(Substring($0)).trimmed
      }
      guard parts.count == 2 else { continue }
      switch parts[0] {
      case "deviceType": isGPU = parts[1].contains("DISCRETE_GPU") || parts[1].contains("INTEGRATED_GPU")
      case "deviceName": if isGPU { result += ImportedFleet.gpus(parts[1], count: 1) }
      default: break
      }
    }
    return result
  }

  /// The GPUs in macOS's `system_profiler SPDisplaysDataType -json`.
  package static func metal(_ value: JSONValue) -> [FleetGPU] {
    (value["SPDisplaysDataType"]?.array ?? []).compactMap { card in
      guard let name = card["sppci_model"]?.string else { return nil }
      return ImportedFleet.gpus(name, count: 1).first
    }
  }
}
