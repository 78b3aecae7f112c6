/// How a match of an expression can begin: what a scan for literals looks for.
struct LiteralPrefixes {
  /// Up to eight places with the bytes that may stand there. A place has more than one byte only for the two cases of a
  /// letter.
  typealias Prefix = [[UInt8]]

  /// Most beginnings that are told apart.
  private static let limit = 64
  /// How many bytes are told apart; the scan looks for three of them.
  private static let length = 8

  /// All beginnings; nil if there are too many, or if a match can begin with almost anything.
  static func of(_ node: RegexNode) -> [Prefix]? {
    guard let found = prefixes(node, behind: [Partial(bytes: [], isOpen: true)]) else { return nil }
    let usable = found.map(\.bytes)
    // One byte alone is found too often to be of use.
    return usable.allSatisfy { $0.count >= 2 } && !usable.isEmpty ? usable.map { Array($0.prefix(length)) } : nil
  }

  /// A beginning, and whether what follows may still be added.
  private struct Partial {
    var bytes: Prefix
    var isOpen: Bool

    var isFull: Bool { !isOpen || bytes.count >= LiteralPrefixes.length }
  }

  private static func prefixes(_ node: RegexNode, behind partials: [Partial]) -> [Partial]? {
    if partials.allSatisfy(\.isFull) { return partials }
    switch node {
    case .empty, .assertion: return partials
    case .set(let set): return append(set, to: partials)
    case .sequence(let parts):
      var result = partials
      for part in parts {
        guard let next = prefixes(part, behind: result) else { return nil }
        result = next
        if result.allSatisfy(\.isFull) { break }
      }
      return result
    case .choice(let branches):
      var result: [Partial] = []
      for branch in branches {
        guard let next = prefixes(branch, behind: partials) else { return nil }
        result += next
        if result.count > limit { return closed(partials) }
      }
      return result
    case .repetition(let part, let minimum, let maximum, _):
      if minimum == 0 {
        guard maximum == 1, let with = prefixes(part, behind: partials) else { return closed(partials) }
        return with.count + partials.count > limit ? closed(partials) : with + partials
      }
      var result = partials
      for _ in 0..<min(minimum, length) {
        guard let next = prefixes(part, behind: result) else { return nil }
        result = next
      }
      return maximum == minimum ? result : closed(result)
    }
  }

  private static func closed(_ partials: [Partial]) -> [Partial] {
    partials.map { Partial(bytes: $0.bytes, isOpen: false) }
  }

  private static func append(_ set: ScalarSet, to partials: [Partial]) -> [Partial]? {
    var places: [Prefix] = []
    if set.count <= 8 {
      var bytes = Set<UInt8>()
      for range in set.ranges {
        for ordinal in range.lower...range.upper {
          if ordinal < 0x80 {
            bytes.insert(UInt8(ordinal))
          } else {
            places.append(Array(String(Character(ScalarSet.scalar(ordinal))).utf8).map { [$0] })
          }
        }
      }
      for byte in bytes.sorted() {
        let isLetter = 0x61...0x7A ~= byte || 0x41...0x5A ~= byte
        if isLetter, bytes.contains(byte ^ 0x20) {
          if byte & 0x20 == 0 { places.append([[byte, byte | 0x20]]) }
        } else {
          places.append([[byte]])
        }
      }
    }
    guard !places.isEmpty, places.count * partials.count <= limit else { return closed(partials) }
    return partials.flatMap { partial in
      partial.isFull ? [partial] : places.map { Partial(bytes: partial.bytes + $0, isOpen: true) }
    }
  }
}
