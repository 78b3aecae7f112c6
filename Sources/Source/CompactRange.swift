/// A range in half the width, for what a large file has many of: a pass over it waits for memory more than it computes.
///
/// Positions in files fit: no file of 4 GiB is read.
public struct CompactRange: Hashable, Sendable {
  @usableFromInline let lower: UInt32
  @usableFromInline let upper: UInt32

  /// Narrows a range.
  @inlinable
  public init(_ range: Range<Int>) {
    lower = UInt32(clamping: range.lowerBound)
    upper = UInt32(clamping: range.upperBound)
  }

  /// The range.
  @inlinable
  public var range: Range<Int> { Int(lower)..<Int(upper) }
}
