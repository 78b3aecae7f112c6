package import Source

/// One node of a YAML file as it was written: nothing resolved, merged or expanded, every part with its bytes.
///
/// A reference, so that an alias can share its target; immutable, so that trees may be shared.
package final class YAMLNode: Sendable {
  /// What a node is.
  package enum Content: Sendable {
    /// A scalar: its text after YAML's unescaping and folding, and how it was written.
    case scalar(text: String, style: YAMLStyle)
    /// A list; `flow` if it was written in brackets.
    case sequence([YAMLNode], flow: Bool)
    /// A mapping in the author's order, merge keys among the others; `flow` if it was written in braces.
    case mapping([YAMLEntry], flow: Bool)
    /// `*name`, with the node that the name stood for at that place; never cyclic.
    case alias(name: String, target: YAMLNode)
  }

  /// The bytes of the content: with quotes or brackets, without anchor and tag. A block collection ends where its last
  /// child ends, a block scalar at the end of its last line that is not blank, an absent value is empty.
  package let range: SourceRange
  /// What the node is.
  package let content: Content
  private let properties: Properties?

  private final class Properties: Sendable {
    let anchor: YAMLProperty?
    let tag: YAMLProperty?

    init(anchor: YAMLProperty?, tag: YAMLProperty?) {
      self.anchor = anchor
      self.tag = tag
    }
  }

  /// Makes a node.
  package init(_ content: Content, range: SourceRange, anchor: YAMLProperty? = nil, tag: YAMLProperty? = nil) {
    self.content = content
    self.range = range
    self.properties = anchor == nil && tag == nil ? nil : Properties(anchor: anchor, tag: tag)
  }

  /// `&name` before the content.
  package var anchor: YAMLProperty? { properties?.anchor }

  /// The tag before the content, in its short form: `!!str`, `!reset`, or the full URI of others.
  package var tag: YAMLProperty? { properties?.tag }
}

/// An anchor's name or a tag, with the bytes that it was written as (`&` and `!` included).
package struct YAMLProperty: Sendable {
  /// The anchor's name, or the tag in its short form.
  package let text: String
  /// The bytes.
  package let range: SourceRange
}

/// A key and its value.
package struct YAMLEntry: Sendable {
  /// The key: any node, in practice a scalar.
  package let key: YAMLNode
  /// The value; an empty plain scalar where none was written.
  package let value: YAMLNode

  /// The bytes from the key to the value's end.
  package var range: SourceRange { key.range.union(value.range) }
}

/// How a scalar was written.
package enum YAMLStyle: Sendable, Hashable {
  /// Without quotes.
  case plain
  /// In `'…'`.
  case singleQuoted
  /// In `"…"`.
  case doubleQuoted
  /// After `|`.
  case literal
  /// After `>`.
  case folded
}

/// One document of a file.
package struct YAMLDocument: Sendable {
  /// The file that it stands in.
  package let file: SourceFile
  /// Its content; an empty plain scalar in an empty document.
  package let root: YAMLNode
}
