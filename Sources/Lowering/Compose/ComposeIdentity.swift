import Lexer

/// Removes elements of lists that a later element of the same identity replaces.
enum ComposeIdentity {
  /// Walks a value and everything below it.
  static func enforce(_ value: inout ComposeValue, _ shape: ComposeShape?) {
    switch value.content {
    case .mapping(var entries):
      guard let map = shape?.map else { return }
      value.content = .null
      for index in entries.indices {
        let field = map.fields[entries[index].key]
        if let identity = field?.identity { replace(&entries[index].value, by: identity) }
        if let shape = field?.shape ?? map.shape(of: entries[index].key), shape.map != nil || shape.list != nil {
          enforce(&entries[index].value, shape)
        }
      }
      value.content = .mapping(entries)
    case .sequence(var elements):
      guard let list = shape?.list, list.element.map != nil else { return }
      value.content = .null
      for index in elements.indices { enforce(&elements[index], list.element) }
      value.content = .sequence(elements)
    default: return
    }
  }

  private static func replace(_ value: inout ComposeValue, by identity: ElementIdentity) {
    guard case .sequence(let elements) = value.content, elements.count > 1 else { return }
    var result: [ComposeValue] = []
    result.reserveCapacity(elements.count)
    var places: [ByteKey: Int] = [:]
    for element in elements {
      guard let key = identity.key(of: element) else {
        result.append(element)
        continue
      }
      if let place = places[ByteKey(key)] {
        result[place] = element
      } else {
        places[ByteKey(key)] = result.count
        result.append(element)
      }
    }
    if result.count < elements.count { value.content = .sequence(result) }
  }
}

extension ElementIdentity {
  /// The identity of an element, or nil if it has none.
  func key(of value: ComposeValue) -> String? {
    let text = value.string
    switch self {
    case .key:
      return text.map { String($0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).first ?? "") }
    case .mountTarget:
      return text.map { (try? MountSpec($0))?.target } ?? value["target"]?.string
    case .deviceTarget:
      guard let text else { return value["target"]?.string }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      return String(parts.count > 1 ? parts[1] : parts.first ?? "")
    case .port:
      guard value.entries != nil else { return value.scalarText }
      guard let target = value["target"]?.scalarText else { return nil }
      let address = value["host_ip"]?.scalarText ?? "0.0.0.0"
      let proto = value["protocol"]?.scalarText ?? "tcp"
      return "\(address):\(value["published"]?.scalarText ?? ""):\(target)/\(proto)"
    case .expose: return value.scalarText
    case .path: return text ?? value["path"]?.string
    case .file(let folder):
      return text.map { "\(folder)/\($0)" } ?? value["target"]?.string
        ?? value["source"]?.string.map { "\(folder)/\($0)" }
    }
  }
}
