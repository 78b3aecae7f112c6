import Lexer
import Source

/// A block mapping cut into whole lines: what it takes to edit one key and leave every other byte alone.
struct BlockLines {
  /// A key's lines.
  struct Chunk {
    /// The key and value.
    var entry: YAMLEntry
    /// The first line, comments above it included.
    var firstLine: Int
    /// The key's line.
    var keyLine: Int
    /// The last line of the value.
    var lastLine: Int
  }

  let file: SourceFile
  /// The keys' lines, in order.
  let chunks: [Chunk]
  /// The column of the keys, from 0.
  let indent: Int

  /// Cuts a mapping; nil where its keys don't have lines of their own: in braces, or two on a line.
  init?(_ node: YAMLNode, in file: SourceFile, after headLine: Int) {
    guard case .mapping(let entries, flow: false) = node.content, !entries.isEmpty else { return nil }
    var chunks: [Chunk] = []
    var last = headLine
    var column: Int?
    for entry in entries {
      let keyLine = file.lines.line(at: entry.key.range.lower)
      let start = file.lines.starts[keyLine - 1]
      let lead = file.slice(SourceRange(start, entry.key.range.lower))
      guard keyLine > last, lead.allSatisfy({ $0 == 0x20 }) else { return nil }
      if let column, column != lead.count { return nil }
      column = lead.count
      var end = entry.range.upper
      for property in [entry.value.anchor, entry.value.tag] {
        if let property { end = max(end, property.range.upper) }
      }
      let lastLine = file.lines.line(at: max(entry.key.range.lower, end - 1))
      chunks.append(Chunk(entry: entry, firstLine: last + 1, keyLine: keyLine, lastLine: lastLine))
      last = lastLine
    }
    self.file = file
    self.chunks = chunks
    indent = column ?? 0
  }

  /// The chunk of a key.
  func chunk(_ key: String) -> Chunk? { chunks.first { $0.entry.key.text == key } }

  /// The bytes of some whole lines.
  func lines(_ first: Int, _ last: Int) -> SourceRange { Self.lines(first, last, in: file) }

  /// The bytes of some whole lines of a file.
  static func lines(_ first: Int, _ last: Int, in file: SourceFile) -> SourceRange {
    SourceRange(file.lines.range(ofLine: first).lower, file.lines.range(ofLine: last).upper)
  }

  /// The comment behind a key on its line, where nothing else is there.
  func trailingComment(_ chunk: Chunk) -> String {
    let line = file.lines.range(ofLine: chunk.keyLine)
    let text = file.text(SourceRange(chunk.entry.key.range.upper, line.upper))
    guard let colon = text.firstIndex(of: ":") else { return "" }
    let rest = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    guard rest.first == "#" else { return "" }
    return String(rest.prefix { !$0.isNewline })
  }
}

/// Writes a node of the author's on one line, as YAML in flow style that means the same.
enum FlowText {
  /// The text of a node; aliases are written out, anchors and comments left away, variables kept.
  static func of(_ node: YAMLNode, in file: SourceFile, depth: Int = 0) -> String {
    let node = node.resolved
    let tag = node.tag.map { $0.text + " " } ?? ""
    guard depth < 64 else { return "null" }
    switch node.content {
    case .alias: return "null"
    case .sequence(let elements, _):
      return tag + "[" + elements.map { of($0, in: file, depth: depth + 1) }.joined(separator: ", ") + "]"
    case .mapping:
      let entries = node.mergedEntries ?? []
      return tag + "{"
        + entries.map {
          "\(of($0.key, in: file, depth: depth + 1)): \(of($0.value, in: file, depth: depth + 1))"
        }.joined(separator: ", ") + "}"
    case .scalar(let text, let style):
      if style == .plain {
        if text.isEmpty { return "null" }
        // Plain text in a flow may not hold flow characters, and what is no string must stay unquoted.
        if case .string = YAMLScalar.resolve(text, style: .plain, tag: node.tag?.text) {
          return tag + (isPlainSafe(text) ? text : quoted(text))
        }
        return tag + text
      }
      return tag + quoted(text)
    }
  }

  private static func isPlainSafe(_ text: String) -> Bool {
    guard let first = text.utf8.first, first | 0x20 >= 0x61 && first | 0x20 <= 0x7A || first == 0x2F || first == 0x2E
    else { return false }
    return text.utf8.allSatisfy {
      ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || "/._-@+=".utf8.contains($0)
    }
  }

  /// A text in double quotes, variables untouched.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x85 || scalar.value == 0x2028
          || scalar.value == 0x2029 || scalar.value == 0xFEFF
        {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
