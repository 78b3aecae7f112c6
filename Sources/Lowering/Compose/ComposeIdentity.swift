import Lexer

/// Removes elements of lists that a later element of the same identity replaces.
enum ComposeIdentity {
  /// Walks a value and everything below it.
  static func enforce(_ value: inout ComposeValue, _ shape: ComposeShape) {
    let changed = value.rewritten(shape, where: \.hasIdentities) { field, value in
      field.identity.flatMap { replaced(value, by: $0) }
    }
    if let changed { value = changed }
  }

  private static func replaced(_ value: ComposeValue, by identity: ElementIdentity) -> ComposeValue? {
    guard case .sequence(let elements) = value.content, elements.count > 1 else { return nil }
    let keys = elements.indices.map { identity.key(of: elements[$0]) }
    var places: [ByteKey: Int] = [:]
    var result: [ComposeValue] = []
    guard hasRepeats(keys) else { return nil }
    for (element, key) in zip(elements, keys) {
      guard let key else {
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
    return value.with(.sequence(result))
  }
}

extension ComposeIdentity {
  /// Whether two of the keys are the same; short lists are searched pair by pair, which needs no table.
  private static func hasRepeats(_ keys: [String?]) -> Bool {
    if keys.count <= 12 {
      for second in keys.indices {
        guard let key = keys[second] else { continue }
        for first in 0..<second where keys[first]?.isSame(as: key) == true { return true }
      }
      return false
    }
    return Set(keys.compactMap { $0.map(ByteKey.init) }).count < keys.count(where: { $0 != nil })
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
