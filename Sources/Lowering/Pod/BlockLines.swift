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
    /// The last line of the value, and of comments below it that are further in than the key: what is taken out must
    /// take them with it, or they would become text of a block scalar above.
    var lastLine: Int
    /// Whether the value ends in a block scalar that keeps the blank lines behind it.
    var keepsBlankLines: Bool
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
      var lead = file.slice(SourceRange(start, entry.key.range.lower))
      if start == 0, lead.starts(with: [0xEF, 0xBB, 0xBF]) { lead = lead.dropFirst(3) }
      guard keyLine > last, lead.allSatisfy({ $0 == 0x20 }) else { return nil }
      if let column, column != lead.count { return nil }
      column = lead.count
      var end = entry.range.upper
      for property in [entry.value.anchor, entry.value.tag] {
        if let property { end = max(end, property.range.upper) }
      }
      let keeps = Self.keepsBlankLines(entry.value, in: file)
      var lastLine = file.lines.line(at: max(entry.key.range.lower, end - 1))
      if keeps { lastLine = Self.skip(from: lastLine, in: file) { $0.isEmpty } }
      lastLine = Self.comments(below: lastLine, deeperThan: lead.count, in: file)
      chunks.append(
        Chunk(entry: entry, firstLine: last + 1, keyLine: keyLine, lastLine: lastLine, keepsBlankLines: keeps))
      last = lastLine
    }
    self.file = file
    self.chunks = chunks
    indent = column ?? 0
  }

  /// Whether the last thing of a node is a block scalar with `+`.
  private static func keepsBlankLines(_ node: YAMLNode, in file: SourceFile) -> Bool {
    switch node.content {
    case .scalar(_, let style):
      guard style == .literal || style == .folded else { return false }
      let head = file.slice(node.range).prefix { $0 != 0x0A && $0 != 0x0D && $0 != 0x23 }
      return head.contains(UInt8(ascii: "+"))
    case .sequence(let elements, flow: false): return elements.last.map { keepsBlankLines($0, in: file) } ?? false
    case .mapping(let entries, flow: false): return entries.last.map { keepsBlankLines($0.value, in: file) } ?? false
    case .sequence, .mapping, .alias: return false
    }
  }

  /// A line's bytes without blanks around them.
  private static func content(_ line: Int, in file: SourceFile) -> (indent: Int, bytes: ArraySlice<UInt8>) {
    let bytes = file.slice(file.lines.range(ofLine: line))
    let content = bytes.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    return (bytes.prefix { $0 == 0x20 }.count, content)
  }

  /// The last of the lines behind one that a test holds for.
  private static func skip(from line: Int, in file: SourceFile, while test: (ArraySlice<UInt8>) -> Bool) -> Int {
    var line = line
    while line < file.lines.starts.count, test(content(line + 1, in: file).bytes) { line += 1 }
    return line
  }

  /// The last of the comments behind a line that are further in than a column.
  private static func comments(below line: Int, deeperThan column: Int, in file: SourceFile) -> Int {
    var last = line
    var current = line
    while current < file.lines.starts.count {
      let (indent, bytes) = content(current + 1, in: file)
      if !bytes.isEmpty, bytes.first != 0x23 || indent <= column { break }
      current += 1
      if !bytes.isEmpty { last = current }
    }
    return last
  }

  /// The lines of a chunk, taken out: behind a scalar that keeps blank lines none may be left.
  func removed(_ chunk: Chunk) -> SourceRange {
    let before = chunks.last { $0.lastLine < chunk.keyLine }
    let isKept = before?.keepsBlankLines == true || chunk.keepsBlankLines
    let last = isKept ? Self.skip(from: chunk.lastLine, in: file) { $0.isEmpty } : chunk.lastLine
    return lines(chunk.keyLine, last)
  }

  /// The lines of a chunk with the comments above it, to be put behind those of another chunk.
  func kept(_ chunk: Chunk, after previous: Chunk?) -> SourceRange {
    guard previous?.keepsBlankLines == true else { return lines(chunk.firstLine, chunk.lastLine) }
    let first = Self.skip(from: chunk.firstLine - 1, in: file) { $0.isEmpty } + 1
    return lines(first, chunk.lastLine)
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
