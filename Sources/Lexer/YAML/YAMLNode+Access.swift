extension YAMLNode {
  /// The node itself, or what an alias stands for in the end.
  package var resolved: YAMLNode {
    var node = self
    while case .alias(_, let target) = node.content { node = target }
    return node
  }

  /// The text of a scalar, through aliases.
  package var text: String? {
    if case .scalar(let text, _) = resolved.content { return text }
    return nil
  }

  /// The style of a scalar, through aliases.
  package var style: YAMLStyle? {
    if case .scalar(_, let style) = resolved.content { return style }
    return nil
  }

  /// The elements of a list, through aliases.
  package var elements: [YAMLNode]? {
    if case .sequence(let elements, _) = resolved.content { return elements }
    return nil
  }

  /// The entries of a mapping as they were written, through aliases.
  package var entries: [YAMLEntry]? {
    if case .mapping(let entries, _) = resolved.content { return entries }
    return nil
  }

  /// Whether this is a plain scalar that means null (`~`, `null`, nothing at all), through aliases.
  package var isNull: Bool {
    guard case .scalar(let text, let style) = resolved.content else { return false }
    return YAMLScalar.resolve(text, style: style, tag: resolved.tag?.text) == .null
  }

  /// The value of a key, merge keys followed, or nil.
  package subscript(key: String) -> YAMLNode? { entry(key)?.value }

  /// The entry of a key, merge keys followed; the first one of a mapping with duplicates.
  package func entry(_ key: String) -> YAMLEntry? {
    guard let entries else { return nil }
    for entry in entries {
      if let text = entry.key.text, text.isSame(as: key) { return entry }
    }
    for entry in entries where entry.isMerge {
      for source in entry.value.mergeSources {
        if let found = source.entry(key) { return found }
      }
    }
    return nil
  }

  /// The entries of a mapping with its merge keys replaced by what they bring, as YAML 1.1 says: a key of the mapping
  /// itself wins, then the earlier of several merged mappings. Own entries come first, in the order of writing.
  package var mergedEntries: [YAMLEntry]? {
    guard let entries else { return nil }
    guard entries.contains(where: \.isMerge) else { return entries }
    var result = entries.filter { !$0.isMerge }
    var seen = Set<ByteKey>(result.compactMap { $0.key.text.map(ByteKey.init) })
    for entry in entries where entry.isMerge {
      for source in entry.value.mergeSources {
        for merged in source.mergedEntries ?? [] {
          guard let text = merged.key.text else {
            result.append(merged)
            continue
          }
          if seen.insert(ByteKey(text)).inserted { result.append(merged) }
        }
      }
    }
    return result
  }

  /// The mappings that this node brings as the value of a merge key: itself, or those of a list.
  private var mergeSources: [YAMLNode] {
    switch resolved.content {
    case .mapping: [self]
    case .sequence(let elements, _): elements.filter { $0.entries != nil }
    case .scalar, .alias: []
    }
  }

  /// Whether the node can be the value of a merge key: a mapping or a list of mappings.
  var canBeMerged: Bool {
    switch resolved.content {
    case .mapping: true
    case .sequence(let elements, _): elements.allSatisfy { $0.entries != nil }
    case .scalar, .alias: false
    }
  }
}

extension YAMLEntry {
  /// Whether the key is YAML's merge key: a plain `<<`.
  package var isMerge: Bool {
    guard case .scalar(let text, style: .plain) = key.content, text == "<<" else { return false }
    return key.tag.map { $0.text == "!" || $0.text == "!!merge" } ?? true
  }
}

/// A string that is hashed and compared by its bytes: what keys of files need (`String` compares by canonical
/// equivalence).
package struct ByteKey: Hashable, Sendable {
  /// The string.
  package let text: String

  /// Wraps a string.
  package init(_ text: String) { self.text = text }

  /// Compares bytes.
  package static func == (left: ByteKey, right: ByteKey) -> Bool { left.text.isSame(as: right.text) }

  /// Hashes bytes.
  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension String {
  /// Whether both have the same bytes.
  package func isSame(as other: String) -> Bool {
    // Different canonical forms of one text may have the same length, so equal texts are compared once more, by bytes.
    guard utf8.count == other.utf8.count, self == other else { return false }
    var (left, right) = (self, other)
    return left.withUTF8 { left in right.withUTF8 { right in left.elementsEqual(right) } }
  }
}
