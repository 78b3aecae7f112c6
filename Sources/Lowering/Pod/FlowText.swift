import IR
import Lexer
import Source

/// Writes a node of the author's on one line, as YAML in flow style that means the same.
enum FlowText {
  /// The text of a node; aliases are written out, anchors and comments left away, variables kept.
  static func of(_ node: YAMLNode, in file: SourceFile, depth: Int = 0) -> String {
    let node = node.resolved
    let tag = node.tag.map { spelled($0.text) + " " } ?? ""
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
        if text.isEmpty { return tag.isEmpty ? "null" : (node.isNull ? tag + "null" : tag + "\"\"") }
        // Plain text in a flow may not hold flow characters, and what is no string must stay unquoted.
        if case .string = YAMLScalar.resolve(text, style: .plain, tag: node.tag?.text) {
          return tag + (isPlainSafe(text) ? text : QuotedText.of(text))
        }
        return tag + text
      }
      return tag + QuotedText.of(text)
    }
  }

  /// A tag as it is written: that of another vocabulary as a URI in brackets.
  private static func spelled(_ text: String) -> String { text.utf8.first == 0x21 ? text : "!<\(text)>" }

  private static func isPlainSafe(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isASCIILetter || first == 0x2F || first == 0x2E
    else { return false }
    return text.utf8.allSatisfy {
      $0.isASCIIAlphanumeric || "/._-@+=".utf8.contains($0)
    }
  }
}
