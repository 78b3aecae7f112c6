extension ComposeValue {
  /// The value with its fields changed, outer ones first; nil if nothing changes, and nothing is copied where nothing does.
  ///
  /// - Parameter concerns: whether anything below a shape can change: the rest is not looked at.
  /// - Parameter change: what becomes of a field's value; nil where it stays.
  func rewritten(
    _ shape: ComposeShape, where concerns: (ComposeShape) -> Bool,
    _ change: (ComposeField, ComposeValue) -> ComposeValue?
  ) -> ComposeValue? {
    guard concerns(shape) else { return nil }
    switch content {
    case .mapping(let entries):
      guard let map = shape.map else { return nil }
      var result: [ComposeEntry]?
      for index in entries.indices {
        let field = map.fields[entries[index].key]
        guard let shape = field?.shape ?? map.shape(of: entries[index].key) else { continue }
        let changed = field.flatMap { change($0, entries[index].value) }
        guard let changed = (changed ?? entries[index].value).rewritten(shape, where: concerns, change) ?? changed
        else {
          continue
        }
        if result == nil { result = entries }
        result?[index].value = changed
      }
      return result.map { with(.mapping($0)) }
    case .sequence(let elements):
      guard let list = shape.list else { return nil }
      return rewritten(elements) { $0.rewritten(list.element, where: concerns, change) }
    default: return nil
    }
  }

  /// The value as a list of changed elements; nil if none changes.
  func rewritten(_ elements: [ComposeValue], _ change: (ComposeValue) -> ComposeValue?) -> ComposeValue? {
    var result: [ComposeValue]?
    for index in elements.indices {
      guard let changed = change(elements[index]) else { continue }
      if result == nil { result = elements }
      result?[index] = changed
    }
    return result.map { with(.sequence($0)) }
  }
}
