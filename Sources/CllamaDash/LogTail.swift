import JSON

/// Finds out which of a service's last lines are new.
struct LogTail: Sendable {
  private var last: [JSONValue] = []
  private static let kept = 200

  /// Lines of `claw logs --json` that were not there the time before.
  mutating func fresh(_ output: [UInt8]) -> [JSONValue] {
    let lines = output.split(separator: 0x0A).compactMap { try? JSONValue.strict(Array($0)) }
    defer { if !lines.isEmpty { last = Array(lines.suffix(Self.kept)) } }
    guard let end = last.last else { return lines }
    // The same text may be said twice: what stands in front of it has to agree too.
    for index in lines.indices.reversed() where lines[index] == end {
      let count = min(index + 1, last.count)
      if lines[(index + 1 - count)...index].elementsEqual(last.suffix(count)) { return Array(lines[(index + 1)...]) }
    }
    return lines
  }
}
