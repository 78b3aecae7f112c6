/// Two texts as `diff -u` shows them, for people who review golden files.
package enum UnifiedDiff {
  private static let context = 3
  /// Beyond this many lines the comparison is not worth its time; the differing middle is shown whole.
  private static let limit = 4_000

  private enum Line: Equatable {
    case both([UInt8])
    case removed([UInt8])
    case added([UInt8])

    var isChange: Bool { if case .both = self { false } else { true } }
  }

  /// The difference; empty if there is none.
  package static func text(from old: [UInt8], to new: [UInt8], names: (old: String, new: String)) -> String {
    if old == new { return "" }
    let lines = merged(Self.lines(old), Self.lines(new))
    var text = "--- \(names.old)\n+++ \(names.new)\n"
    var (oldNumber, newNumber) = (1, 1)
    var index = 0
    while index < lines.count {
      guard lines[index...].contains(where: \.isChange) else { break }
      let first = lines[index...].firstIndex(where: \.isChange) ?? index
      let start = max(index, first - context)
      for line in lines[index..<start] { count(line, &oldNumber, &newNumber) }
      var end = first
      var quiet = 0
      while end < lines.count, quiet <= 2 * context {
        quiet = lines[end].isChange ? 0 : quiet + 1
        end += 1
      }
      end -= max(0, quiet - context)
      let (oldStart, newStart) = (oldNumber, newNumber)
      var body = ""
      for line in lines[start..<end] {
        count(line, &oldNumber, &newNumber)
        body += show(line)
      }
      text += "@@ -\(oldStart),\(oldNumber - oldStart) +\(newStart),\(newNumber - newStart) @@\n" + body
      index = end
    }
    return text
  }

  private static func count(_ line: Line, _ old: inout Int, _ new: inout Int) {
    switch line {
    case .both: (old, new) = (old + 1, new + 1)
    case .removed: old += 1
    case .added: new += 1
    }
  }

  private static func show(_ line: Line) -> String {
    let (mark, bytes) =
      switch line {
      case .both(let bytes): (" ", bytes)
      case .removed(let bytes): ("-", bytes)
      case .added(let bytes): ("+", bytes)
      }
    // A carriage return at a line's end is what such a difference is often about.
    var text = String(decoding: bytes, as: UTF8.self)
    let isWhole = bytes.last == 0x0A
    if isWhole { text.unicodeScalars.removeLast() }
    text = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\r" ? "\u{240D}" : $0 }))
    return mark + text + "\n" + (isWhole ? "" : "\\ No newline at end of file\n")
  }

  /// The lines, each with its line feed.
  private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    for index in bytes.indices where bytes[index] == 0x0A {
      lines.append(Array(bytes[start...index]))
      start = index + 1
    }
    if start < bytes.count { lines.append(Array(bytes[start...])) }
    return lines
  }

  private static func merged(_ old: [[UInt8]], _ new: [[UInt8]]) -> [Line] {
    if old.count + new.count > limit {
      let head = zip(old, new).prefix { $0 == $1 }.count
      let tail = zip(old[head...].reversed(), new[head...].reversed()).prefix { $0 == $1 }.count
      return old[..<head].map(Line.both) + old[head..<(old.count - tail)].map(Line.removed)
        + new[head..<(new.count - tail)].map(Line.added) + old[(old.count - tail)...].map(Line.both)
    }
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var lines: [Line] = []
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      if left < old.count, removed.contains(left) {
        lines.append(.removed(old[left]))
        left += 1
      } else if right < new.count, added.contains(right) {
        lines.append(.added(new[right]))
        right += 1
      } else {
        lines.append(.both(old[left]))
        left += 1
        right += 1
      }
    }
    return lines
  }
}
