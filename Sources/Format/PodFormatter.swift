package import Lexer
package import Source

/// Formats pod files, and touches only what YAML gives no meaning: blanks at line ends, blank lines in a row, the end of
/// the file. Order, quotes, comments and indentation are the author's.
package enum PodFormatter {
  /// The formatted text of a file. Formatting twice gives the same.
  package static func format(_ file: SourceFile, _ documents: [YAMLDocument]) -> [UInt8] {
    let protected = protectedLines(documents, file)
    var output: [UInt8] = []
    var hasBlank = false
    for number in 1...max(1, file.lines.count) {
      let range = file.lines.range(ofLine: number)
      var line = file.slice(range)
      if protected.contains(number) {
        if hasBlank, !output.isEmpty { output.append(0x0A) }
        hasBlank = false
        output += line
        continue
      }
      let hasReturn = line.suffix(2).elementsEqual([0x0D, 0x0A])
      while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0A || last == 0x0D { line.removeLast() }
      if line.isEmpty {
        hasBlank = true
        continue
      }
      if hasBlank, !output.isEmpty { output += hasReturn ? [0x0D, 0x0A] : [0x0A] }
      hasBlank = false
      output += line
      output += hasReturn ? [0x0D, 0x0A] : [0x0A]
    }
    if output.last != 0x0A, !output.isEmpty { output.append(0x0A) }
    return output
  }

  /// Lines inside scalars of several lines, where every byte counts.
  private static func protectedLines(_ documents: [YAMLDocument], _ file: SourceFile) -> Set<Int> {
    var lines: Set<Int> = []
    var nodes = documents.map(\.root)
    while let node = nodes.popLast() {
      switch node.content {
      case .scalar(_, let style):
        let first = file.lines.line(at: node.range.lower)
        var last = file.lines.line(at: max(node.range.lower, node.range.upper - 1))
        guard last > first else { continue }
        // Blank lines behind a block scalar belong to it if it keeps them.
        if style == .literal || style == .folded {
          while last < file.lines.count, file.slice(file.lines.range(ofLine: last + 1)).allSatisfy({ $0 <= 0x20 }) {
            last += 1
          }
        }
        lines.formUnion(first...last)
      case .sequence(let elements, _): nodes += elements
      case .mapping(let entries, _): for entry in entries { nodes += [entry.key, entry.value] }
      case .alias: break
      }
    }
    return lines
  }

  /// Whether two trees are the same values.
  package static func sayTheSame(_ left: [YAMLDocument], _ right: [YAMLDocument]) -> Bool {
    guard left.count == right.count else { return false }
    var pairs = zip(left, right).map { ($0.root, $1.root) }
    while let (first, second) = pairs.popLast() {
      guard first.tag?.text == second.tag?.text, first.anchor?.text == second.anchor?.text else { return false }
      switch (first.content, second.content) {
      case (.scalar(let a, let x), .scalar(let b, let y)):
        guard x == y, a.utf8.elementsEqual(b.utf8) else { return false }
      case (.sequence(let a, _), .sequence(let b, _)):
        guard a.count == b.count else { return false }
        pairs += zip(a, b)
      case (.mapping(let a, _), .mapping(let b, _)):
        guard a.count == b.count else { return false }
        for (x, y) in zip(a, b) { pairs += [(x.key, y.key), (x.value, y.value)] }
      case (.alias(let a, _), .alias(let b, _)): guard a == b else { return false }
      default: return false
      }
    }
    return true
  }
}
