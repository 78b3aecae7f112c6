/// A file as bytes, under the name that a person knows it by.
///
/// A reference, so that thousands of tokens, nodes and diagnostics can share one copy; immutable, so that they may.
public final class SourceFile: Sendable {
  /// The path as the user wrote it or as it was found; never made absolute, because it is printed.
  public let path: String
  /// The file's content, untouched.
  public let bytes: [UInt8]
  /// Where its lines start.
  public let lines: LineTable

  /// Wraps bytes that were already read; nothing here opens a file.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    self.lines = LineTable(bytes)
  }

  /// Wraps a text, for tests and generated input.
  public convenience init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// The bytes of a range, clamped to the file.
  public func slice(_ range: SourceRange) -> ArraySlice<UInt8> {
    let lower = min(max(0, range.lower), bytes.count)
    return bytes[lower..<min(max(lower, range.upper), bytes.count)]
  }

  /// The text of a range; invalid UTF-8 becomes U+FFFD.
  public func text(_ range: SourceRange) -> String {
    String(decoding: slice(range), as: UTF8.self)
  }

  /// The range of the whole file.
  public var range: SourceRange { SourceRange(0, bytes.count) }

  /// The position that people read for a byte offset.
  public func position(at offset: Int) -> SourcePosition {
    lines.position(at: offset, in: bytes)
  }
}

extension SourceFile: Equatable {
  /// Two files are the same one if they are the same object.
  public static func == (left: SourceFile, right: SourceFile) -> Bool { left === right }
}
