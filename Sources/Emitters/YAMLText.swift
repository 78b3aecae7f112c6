import IR
import Source

/// Writes generated values as YAML: block style, every text in double quotes.
enum YAMLText {
  /// Writes an entry of a mapping.
  static func write(_ entry: ComposePlan.Entry, indent: Int, to writer: inout ArtifactWriter) {
    writer.indent(indent, origin: entry.origin)
    write(key: entry.key, to: &writer)
    write(entry.value, indent: indent, entry.origin, to: &writer)
  }

  /// Writes an element of a list; a mapping starts on the dash's line.
  static func write(
    element value: ComposePlan.Value, indent: Int, origin: Location?, to writer: inout ArtifactWriter
  ) {
    guard case .mapping(let entries) = value, let first = entries.first else {
      writer.indent(indent, origin: origin)
      writer.write("-")
      return write(value, indent: indent, origin, to: &writer)
    }
    writer.indent(indent, origin: first.origin ?? origin)
    writer.write("- ")
    write(key: first.key, to: &writer)
    write(first.value, indent: indent + 2, first.origin ?? origin, to: &writer)
    for entry in entries.dropFirst() { write(entry, indent: indent + 2, to: &writer) }
  }

  /// Writes what stands behind a key or a dash, up to the end of its last line.
  private static func write(
    _ value: ComposePlan.Value, indent: Int, _ origin: Location?, to writer: inout ArtifactWriter
  ) {
    switch value {
    case .text(let text):
      writer.write(" ")
      writer.write(quoted: text, escapesDollars: true)
    case .interpolated(let text):
      writer.write(" ")
      writer.write(quoted: text, escapesDollars: false)
    case .integer(let number): writer.write(" \(number)")
    case .bool(let value): writer.write(value ? " true" : " false")
    case .null: break
    case .raw(let text):
      if !text.isEmpty { writer.write(" ") }
      writer.write(text)
    case .list(let values) where values.isEmpty: writer.write(" []")
    case .mapping(let entries) where entries.isEmpty: writer.write(" {}")
    case .list(let values):
      writer.write("\n")
      for value in values { write(element: value, indent: indent + 2, origin: origin, to: &writer) }
      return
    case .mapping(let entries):
      writer.write("\n")
      for entry in entries { write(entry, indent: indent + 2, to: &writer) }
      return
    }
    writer.write("\n")
  }

  /// Writes a key as it is where nothing can take it for something else, else in quotes. Compose never expands keys.
  private static func write(key: String, to writer: inout ArtifactWriter) {
    if isSafe(key) { writer.write(key) } else { writer.write(quoted: key, escapesDollars: false) }
    writer.write(":")
  }

  private static func isSafe(_ key: String) -> Bool {
    guard let first = key.utf8.first, first.isASCIILetter else { return false }
    guard key.hasOnly({ $0.isASCIIAlphanumeric || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }) else { return false }
    // The longest special word has five letters.
    return key.utf8.count > 5 || !special.contains(key.lowercased())
  }

  private static let special: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
}

extension ArtifactWriter {
  /// Writes a text in double quotes: most stand between them as they are, and are not copied first.
  ///
  /// - Parameter escapesDollars: whether compose must take a `$` for itself.
  fileprivate mutating func write(quoted text: String, escapesDollars: Bool) {
    guard QuotedText.isOrdinary(text) else { return write(QuotedText.of(text, escapesDollars: escapesDollars)) }
    write(ordinary: text, between: 0x22)
  }
}
