/// A half-open range of byte offsets into one file: the only kind of position that the compiler stores.
///
/// Lines and columns are derived from it by `LineTable` when a person has to read them.
public struct SourceRange: Hashable, Sendable {
  /// Offset of the first byte.
  public var lower: Int
  /// Offset behind the last byte; never less than `lower`.
  public var upper: Int

  /// Makes the range `[lower, upper)`; an upper bound below the lower one gives an empty range.
  public init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = max(lower, upper)
  }

  /// An empty range: a place between two bytes.
  public init(at offset: Int) {
    self.init(offset, offset)
  }

  /// Whether the range holds no byte.
  public var isEmpty: Bool { lower == upper }

  /// Length in bytes.
  public var count: Int { upper - lower }

  /// The smallest range that covers both.
  public func union(_ other: SourceRange) -> SourceRange {
    SourceRange(min(lower, other.lower), max(upper, other.upper))
  }

  /// Whether `offset` lies inside.
  public func contains(_ offset: Int) -> Bool { offset >= lower && offset < upper }
}

extension SourceRange: Comparable {
  /// By start, then by end.
  public static func < (left: SourceRange, right: SourceRange) -> Bool {
    left.lower == right.lower ? left.upper < right.upper : left.lower < right.lower
  }
}
