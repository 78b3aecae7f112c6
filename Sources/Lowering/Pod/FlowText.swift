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
          return tag + (isPlainSafe(text) ? text : quoted(text))
        }
        return tag + text
      }
      return tag + quoted(text)
    }
  }

  /// A tag as it is written: that of another vocabulary as a URI in brackets.
  private static func spelled(_ text: String) -> String { text.utf8.first == 0x21 ? text : "!<\(text)>" }

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
        // What YAML does not let stand in a file as it is.
        if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
          || [0x2028, 0x2029, 0xFEFF].contains(scalar.value)
          || scalar.value & 0xFFFE == 0xFFFE && scalar.value < 0x10000
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
