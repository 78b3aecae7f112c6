package import JSON
package import Lexer
package import Source

/// A pod file's YAML tree as JSON: what the reader saw, nothing merged or expanded.
package enum PodTreeDump {
  /// The trees of some documents.
  package static func value(_ documents: [YAMLDocument], in file: SourceFile) -> JSONValue {
    [
      "schema": 1, "language": "pod", "file": .string(file.path),
      "documents": .array(documents.map { node($0.root, file) }),
    ]
  }

  /// First and last line of each top-level key's value, and of each service.
  package static func spans(_ documents: [YAMLDocument], in file: SourceFile) -> String {
    var spans: [String] = []
    for document in documents {
      for entry in document.root.entries ?? [] {
        if entry.key.text == "services", let services = entry.value.entries {
          spans += services.map { span($0.range, file) }
        } else {
          spans.append(span(entry.range, file))
        }
      }
    }
    return "[\(spans.joined(separator: ","))]"
  }

  private static func span(_ range: SourceRange, _ file: SourceFile) -> String {
    let last = file.lines.line(at: max(range.lower, range.upper - 1))
    return "[\(file.lines.line(at: range.lower)),\(last)]"
  }

  private static func node(_ node: YAMLNode, _ file: SourceFile) -> JSONValue {
    var members: [JSONValue.Member] = []
    if let tag = node.tag { members.append(.init("tag", .string(tag.text))) }
    if let anchor = node.anchor { members.append(.init("anchor", .string(anchor.text))) }
    switch node.content {
    case .scalar(let text, let style):
      members.append(.init("scalar", .string(text)))
      members.append(.init("style", .string("\(style)")))
    case .sequence(let elements, _):
      members.append(.init("sequence", .array(elements.map { self.node($0, file) })))
    case .mapping(let entries, _):
      members.append(
        .init(
          "mapping", .array(entries.map { ["key": self.node($0.key, file), "value": self.node($0.value, file)] })))
    case .alias(let name, _): members.append(.init("alias", .string(name)))
    }
    members.append(.init("range", [JSONValue(node.range.lower), JSONValue(node.range.upper)]))
    return .object(members)
  }
}
