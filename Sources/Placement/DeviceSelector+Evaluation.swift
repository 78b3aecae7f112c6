package import IR

extension DeviceSelector.Expression {
  /// Whether it holds for a GPU that stands at an index of its node. Every tree has an answer.
  package func holds(for gpu: FleetGPU, at index: Int) -> Bool {
    switch self {
    case .all(let parts): parts.allSatisfy { $0.holds(for: gpu, at: index) }
    case .any(let parts): parts.contains { $0.holds(for: gpu, at: index) }
    case .not(let part): !part.holds(for: gpu, at: index)
    case .number(let field, let comparison, let value): comparison.holds(field.value(of: gpu, at: index), value)
    case .text(let field, let test, let value): test.holds(field.value(of: gpu).utf8, value.utf8)
    case .constant(let value): value
    }
  }

  /// Whether it looks at what no two GPUs share.
  var readsUUID: Bool {
    switch self {
    case .all(let parts), .any(let parts): parts.contains(where: \.readsUUID)
    case .not(let part): part.readsUUID
    case .text(let field, _, _): field == .uuid
    case .number, .constant: false
    }
  }
}

extension DeviceSelector.NumberField {
  func value(of gpu: FleetGPU, at index: Int) -> Int {
    switch self {
    case .index: index
    case .memoryMiB: gpu.memory
    }
  }
}

extension DeviceSelector.TextField {
  func value(of gpu: FleetGPU) -> String {
    switch self {
    case .name: gpu.name
    case .type: gpu.type
    case .uuid: gpu.uuid
    }
  }
}

extension DeviceSelector.Comparison {
  func holds(_ left: Int, _ right: Int) -> Bool {
    switch self {
    case .equal: left == right
    case .unequal: left != right
    case .less: left < right
    case .atMost: left <= right
    case .more: left > right
    case .atLeast: left >= right
    }
  }
}

extension DeviceSelector.TextTest {
  func holds(_ text: String.UTF8View, _ value: String.UTF8View) -> Bool {
    switch self {
    case .equal: text.elementsEqual(value)
    case .unequal: !text.elementsEqual(value)
    case .contains: text.contains(value)
    case .startsWith: text.starts(with: value)
    case .endsWith: text.reversed().starts(with: value.reversed())
    }
  }
}
