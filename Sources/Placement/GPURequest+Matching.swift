package import IR

extension GPURequest {
  /// What of a GPU a request looks at, in the order in which it looks.
  package enum Trait: String, Sendable, CaseIterable {
    case health
    case type
    case memory
    case model
    case selector
  }

  /// Whether a GPU has what the request asks for in one regard.
  package func accepts(_ gpu: FleetGPU, at index: Int, in trait: Trait) -> Bool {
    switch trait {
    case .health: gpu.isHealthy
    case .type: type.map { $0.utf8.elementsEqual(gpu.type.utf8) } ?? true
    case .memory: memory.map { gpu.memory >= $0 } ?? true
    case .model: model.map { gpu.name.lowercased().utf8.contains($0.lowercased().utf8) } ?? true
    case .selector: selector.map { $0.expression.holds(for: gpu, at: index) } ?? true
    }
  }

  /// Which of a node's GPUs the request would take: a bit for each index.
  package func matches(_ gpus: [FleetGPU]) -> GPUSet {
    var set = GPUSet()
    for (index, gpu) in gpus.enumerated().prefix(GPUSet.limit)
    where Trait.allCases.allSatisfy({ accepts(gpu, at: index, in: $0) }) {
      set.insert(index)
    }
    return set
  }
}
