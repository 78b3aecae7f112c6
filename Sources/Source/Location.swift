/// A range of one file.
public struct Location: Hashable, Sendable {
  /// The file.
  public let file: SourceFile
  /// The bytes meant.
  public var range: SourceRange

  /// Joins a file and a range of it.
  public init(_ file: SourceFile, _ range: SourceRange) {
    self.file = file
    self.range = range
  }

  /// Hashes the file's identity and the range.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(file))
    hasher.combine(range)
  }
}
