package import Source

/// What compose.generated.yml is made of: the author's file, and edits of whole lines of it.
package struct ComposePlan: Sendable {
  /// The author's file.
  package var source: SourceFile
  /// The SHA-256 of the source in hexadecimal digits.
  package var digest: String
  /// Edits, sorted by place, none overlapping; each covers whole lines, but for those that put in `inline` text.
  package var edits: [Edit] = []

  /// A plan that changes nothing.
  package init(source: SourceFile, digest: String) {
    self.source = source
    self.digest = digest
  }

  /// One change.
  package struct Edit: Sendable {
    /// The lines that are taken out; empty to insert in front of a line.
    package var range: SourceRange
    /// What takes their place.
    package var pieces: [Piece]

    /// Makes an edit.
    package init(_ range: SourceRange, _ pieces: [Piece]) {
      self.range = range
      self.pieces = pieces
    }
  }

  /// Something that an edit puts in.
  package enum Piece: Sendable {
    /// Lines of the author's, as they are.
    case lines(SourceRange)
    /// A key, its value at most one level deeper, at an indentation.
    case entry(indent: Int, Entry)
    /// A list's element at an indentation.
    case element(indent: Int, Value, origin: Location?)
    /// YAML in place of a part of a line.
    case inline(String)
  }

  /// A key and a generated value.
  package struct Entry: Sendable {
    /// The key.
    package var key: String
    /// The value.
    package var value: Value
    /// The place in the author's files that it comes from; nil for claw's own.
    package var origin: Location?

    /// Makes an entry.
    package init(_ key: String, _ value: Value, origin: Location? = nil) {
      self.key = key
      self.value = value
      self.origin = origin
    }
  }

  /// A value.
  package indirect enum Value: Sendable {
    /// Text that claw generates: quoted, with `$` escaped, so that compose can't make anything else of it.
    case text(String)
    /// Text of the author's, quoted, in which `$` keeps compose's meaning.
    case interpolated(String)
    /// A whole number.
    case integer(Int)
    /// A truth value.
    case bool(Bool)
    /// Null.
    case null
    /// A list.
    case list([Value])
    /// A mapping.
    case mapping([Entry])
    /// YAML of the author's on one line, as it is.
    case raw(String)
  }
}

extension ComposePlan.Entry {
  /// What asks for GPUs of the machine, below `reservations`. Not the service's key `gpus`: compose has it since 2.30.
  package static func devices(gpus count: Int) -> ComposePlan.Entry {
    let device: [ComposePlan.Entry] = [
      .init("driver", .text("nvidia")), .init("count", .integer(count)), .init("capabilities", .list([.text("gpu")])),
    ]
    return .init("devices", .list([.mapping(device)]))
  }
}
