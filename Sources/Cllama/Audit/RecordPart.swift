import JSON

/// Lines of a sidecar's record that somebody else is to keep, from one that was not kept yet to the last.
package struct RecordPart: Sendable, Equatable {
  /// What was kept before: where it began and ended, by the lines' numbers and hashes.
  package struct Kept: Sendable, Equatable {
    package var first: Int
    package var last: Int
    package var firstChain: String
    package var head: String

    package init(first: Int, last: Int, firstChain: String, head: String) {
      self.first = first
      self.last = last
      self.firstChain = firstChain
      self.head = head
    }
  }

  /// How lines stand to what was kept before.
  package enum Relation: String, Sendable {
    /// The first that are kept of this record.
    case first
    /// They follow on what was kept.
    case follows
    /// What was kept is not among the lines, and neither is its beginning: a new record, or one whose old files are gone.
    case apart
    /// The record begins like one that was kept and goes on differently: somebody changed it.
    case rewritten
  }

  package var range: Kept
  package var count: Int
  package var bytes: [UInt8]
  package var relation: Relation
  /// The numbers of lines whose hash does not follow from the line before.
  package var broken: [Int]

  /// What is new in the files of a record, in parts of at most `limit` bytes, or of a line that has more.
  ///
  /// A line at the end that was not written whole is left for later.
  package static func new(_ files: [[UInt8]], kept: [Kept], limit: Int = 64 << 20) -> [RecordPart] {
    var lines: [(bytes: ArraySlice<UInt8>, number: Int, chain: String)] = []
    for file in files {
      guard let end = file.lastIndex(of: 0x0A) else { continue }
      for bytes in file[...end].split(separator: 0x0A) {
        guard let line = AuditRecord.Line(bytes), let number = line.value["seq"]?.integer,
          let chain = line.text("chain")
        else { continue }
        lines.append((bytes, number, chain))
      }
    }
    let heads = Set(kept.map(\.head))
    let last = lines.lastIndex { heads.contains($0.chain) }
    let begins = Set(kept.map(\.firstChain))
    var relation = Relation.first
    if last != nil {
      relation = .follows
    } else if lines.contains(where: { begins.contains($0.chain) }) {
      relation = .rewritten
    } else if !kept.isEmpty {
      relation = .apart
    }
    var parts: [RecordPart] = []
    var chain = last.map { lines[$0].chain }
    for line in lines[(last.map { $0 + 1 } ?? 0)...] {
      let before = chain.flatMap { RecordChain.stated(hex: $0) } ?? (line.number == 1 ? RecordChain.start : nil)
      let isBroken = before.map { !RecordChain.follows(line.bytes, $0) } ?? false
      chain = line.chain
      if parts.isEmpty || parts[parts.count - 1].bytes.count + line.bytes.count + 1 > limit {
        parts.append(
          RecordPart(
            range: Kept(first: line.number, last: line.number, firstChain: line.chain, head: line.chain), count: 0,
            bytes: [], relation: parts.isEmpty ? relation : .follows, broken: []))
      }
      parts[parts.count - 1].add(line.bytes, line.number, line.chain, isBroken)
    }
    return parts
  }

  private mutating func add(_ line: ArraySlice<UInt8>, _ number: Int, _ chain: String, _ isBroken: Bool) {
    bytes += line
    bytes.append(0x0A)
    count += 1
    range.last = number
    range.head = chain
    if isBroken { broken.append(number) }
  }
}
