package import Lexer
package import Source

/// A value of the compose model: a tree like YAML's with its scalars typed and its variables expanded, in which every
/// part knows the bytes that an author wrote it at, through merges, `extends` and `include`.
package struct ComposeValue: Sendable {
  /// What a value is.
  package enum Content: Sendable {
    /// Null: `~`, or nothing after the key.
    case null
    /// A boolean.
    case bool(Bool)
    /// An integer.
    case int(Int64)
    /// An integer beyond `int`.
    case unsigned(UInt64)
    /// A fraction.
    case float(Double)
    /// A date, which YAML takes unquoted text of that form for; as it was written.
    case timestamp(String)
    /// A text.
    case string(String)
    /// A list.
    case sequence([ComposeValue])
    /// A mapping, in the order in which its keys first appear.
    case mapping([ComposeEntry])
    /// What stands under `x-claw`: not looked at here; `node` is what was written.
    case untouched
  }

  /// What the value is.
  package var content: Content
  /// Where its author wrote it, or what it was made of (`80:80` for all parts of the port).
  package var location: Location
  /// The node as it was written, with quotes and tag; nil for what was made of another value.
  package var node: YAMLNode?
  /// The variables that were expanded in it.
  package var variables: [VariableUse]

  /// Makes a value.
  package init(_ content: Content, at location: Location, node: YAMLNode? = nil, variables: [VariableUse] = []) {
    self.content = content
    self.location = location
    self.node = node
    self.variables = variables
  }
}

/// A key of a mapping and its value.
package struct ComposeEntry: Sendable {
  /// The key.
  package var key: String
  /// Where the key stands.
  package var keyLocation: Location
  /// The value.
  package var value: ComposeValue

  /// Makes an entry.
  package init(_ key: String, at keyLocation: Location, _ value: ComposeValue) {
    self.key = key
    self.keyLocation = keyLocation
    self.value = value
  }
}

/// A variable that was expanded in a text.
package struct VariableUse: Sendable, Hashable {
  /// The variable's name.
  package var name: String
  /// The bytes of the expanded text that named it, from `$`; offsets into the text before expansion.
  package var range: SourceRange
  /// Whether the environment has it.
  package var isSet: Bool
  /// Whether it has an operator that says what to do without a value.
  package var hasFallback: Bool

  /// Makes a use.
  package init(name: String, range: SourceRange, isSet: Bool, hasFallback: Bool) {
    self.name = name
    self.range = range
    self.isSet = isSet
    self.hasFallback = hasFallback
  }
}
