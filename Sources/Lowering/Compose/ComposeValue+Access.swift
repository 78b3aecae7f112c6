import Lexer

extension ComposeValue {
  /// The text of a string.
  package var string: String? {
    if case .string(let text) = content { return text }
    return nil
  }

  /// Whether it is null.
  package var isNull: Bool {
    if case .null = content { return true }
    return false
  }

  /// The elements of a list.
  package var elements: [ComposeValue]? {
    if case .sequence(let elements) = content { return elements }
    return nil
  }

  /// The entries of a mapping.
  package var entries: [ComposeEntry]? {
    if case .mapping(let entries) = content { return entries }
    return nil
  }

  /// The value of a key of a mapping.
  package subscript(key: String) -> ComposeValue? {
    guard case .mapping(let entries) = content, let index = entries.index(of: key) else { return nil }
    return entries[index].value
  }

  /// The entry of a key of a mapping.
  package func entry(_ key: String) -> ComposeEntry? {
    guard case .mapping(let entries) = content, let index = entries.index(of: key) else { return nil }
    return entries[index]
  }

  /// A boolean, also one in words (`"yes"`), as compose casts it.
  package var bool: Bool? {
    switch content {
    case .bool(let value): value
    case .string(let text): ComposeNumber.boolean(text)
    default: nil
    }
  }

  /// An integer, also one in a string.
  package var int: Int64? {
    switch content {
    case .int(let value): value
    case .float(let value): Int64(exactly: value.rounded(.towardZero))
    case .string(let text): ComposeNumber.integer(text)
    default: nil
    }
  }

  /// A number, also one in a string.
  package var number: Double? {
    switch content {
    case .int(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .float(let value): value
    case .string(let text): ComposeNumber.float(text)
    default: nil
    }
  }

  /// Whether it, or a part of it, is what a variable of whoever compiles holds; that may be a secret.
  package var isFromShell: Bool {
    variables.contains(where: \.isSet) || (elements ?? []).contains(where: \.isFromShell)
      || (entries ?? []).contains { $0.value.isFromShell }
  }

  /// A scalar as the text that compose makes of it where it wants text (`012` is `10`, `1.10` is `1.1`); nil for null,
  /// lists and mappings.
  package var scalarText: String? {
    switch content {
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .unsigned(let value): String(value)
    case .float(let value): ComposeNumber.text(value)
    case .string(let text), .timestamp(let text): text
    case .null, .sequence, .mapping, .untouched: nil
    }
  }

  /// What it is, for messages: "a list".
  package var kindName: String {
    switch content {
    case .null: "empty"
    case .bool: "a boolean"
    case .int, .unsigned: "an integer"
    case .float: "a number"
    case .timestamp: "a date"
    case .string: "a string"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .untouched: "an extension"
    }
  }

  /// Whether both are the same value, wherever they stand.
  package func hasSameContent(as other: ComposeValue) -> Bool {
    switch (content, other.content) {
    case (.null, .null), (.untouched, .untouched): return true
    case (.bool(let left), .bool(let right)): return left == right
    case (.string(let left), .string(let right)), (.timestamp(let left), .timestamp(let right)):
      return left.isSame(as: right)
    case (.sequence(let left), .sequence(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.hasSameContent(as: $1) }
    case (.mapping(let left), .mapping(let right)):
      return left.count == right.count
        && left.allSatisfy { entry in other[entry.key].map { entry.value.hasSameContent(as: $0) } ?? false }
    case (.int, _), (.unsigned, _), (.float, _):
      if case .string = other.content { return false }
      guard let left = number, let right = other.number else { return false }
      return left == right
    default: return false
    }
  }

  /// The same value with another content.
  func with(_ content: Content) -> ComposeValue {
    ComposeValue(content, at: location, node: node, variables: variables)
  }

  /// A string made of this value, at its place.
  func derived(_ text: String) -> ComposeValue {
    ComposeValue(.string(text), at: location, variables: variables)
  }

  /// A mapping made of this value, at its place; nil values are left out.
  func derived(_ fields: [(String, ComposeValue?)]) -> ComposeValue {
    ComposeValue(
      .mapping(fields.compactMap { name, value in value.map { ComposeEntry(name, at: location, $0) } }),
      at: location, variables: variables)
  }
}

extension [ComposeEntry] {
  /// The index of a key.
  func index(of key: String) -> Int? {
    for index in indices where self[index].key.isSame(as: key) { return index }
    return nil
  }
}
