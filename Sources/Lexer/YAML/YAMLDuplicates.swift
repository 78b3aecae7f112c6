/// Finds keys that stand twice in a mapping. As go-yaml does it: by the text of scalars, so `1` and `'1'` are the same key.
enum YAMLDuplicates {
  /// Mappings up to this size are searched pair by pair, which needs no table.
  private static let small = 24

  /// Calls `report` with the first entry and each later one with the same key.
  static func find(_ entries: [YAMLEntry], report: (YAMLEntry, YAMLEntry) -> Void) {
    if entries.count < 2 { return }
    if entries.count <= small {
      for second in 1..<entries.count {
        guard case .scalar(let key, _) = entries[second].key.content else { continue }
        for first in 0..<second {
          guard case .scalar(let other, _) = entries[first].key.content, other.isSame(as: key) else { continue }
          report(entries[first], entries[second])
          break
        }
      }
      return
    }
    var seen: [ByteKey: Int] = [:]
    seen.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      guard let key = text(entry) else { continue }
      if let first = seen[ByteKey(key)] {
        report(entries[first], entry)
      } else {
        seen[ByteKey(key)] = index
      }
    }
  }

  private static func text(_ entry: YAMLEntry) -> String? {
    if case .scalar(let text, _) = entry.key.content { return text }
    return nil
  }
}
