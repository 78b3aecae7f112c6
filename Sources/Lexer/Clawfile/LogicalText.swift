package import Source

/// The text of one instruction with its continuation lines joined, each byte of which knows where it stands in the file.
///
/// An instruction on one line shares the file's bytes: nothing is copied, and an index is a byte offset of the file.
package struct LogicalText: Sendable {
  /// The joined bytes. Use their own indices.
  package let bytes: ArraySlice<UInt8>
  /// For joined text: where each piece starts, here and in the file; empty for text on one line.
  private let pieces: [Piece]

  /// Half the width of two `Int`s: large files have many.
  struct Piece: Sendable {
    private let start: UInt32
    private let place: UInt32

    init(index: Int, offset: Int) {
      start = UInt32(clamping: index)
      place = UInt32(clamping: offset)
    }

    /// Where it starts in the joined text.
    var index: Int { Int(start) }
    /// Where it starts in the file.
    var offset: Int { Int(place) }
  }

  /// Text on one line: a slice of the file's bytes.
  init(line: ArraySlice<UInt8>) {
    bytes = line
    pieces = []
  }

  /// Joined text, with at least one piece.
  init(joined: [UInt8], pieces: [Piece]) {
    bytes = joined[...]
    self.pieces = pieces
  }

  /// Whether it was joined from several lines.
  package var isJoined: Bool { !pieces.isEmpty }

  /// The byte offset in the file of an index; the end of the text is behind its last byte.
  package func offset(of index: Int) -> Int {
    guard !pieces.isEmpty else { return index }
    if index >= bytes.endIndex, index > bytes.startIndex { return offset(of: bytes.endIndex - 1) + 1 }
    var low = 0
    var high = pieces.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if pieces[middle].index <= index { low = middle } else { high = middle }
    }
    return pieces[low].offset + index - pieces[low].index
  }

  /// The bytes of the file that an index range came from, continuation characters between them included.
  package func source(_ range: Range<Int>) -> SourceRange {
    let lower = offset(of: range.lowerBound)
    return SourceRange(lower, range.isEmpty ? lower : offset(of: range.upperBound - 1) + 1)
  }

  /// The text of an index range; invalid UTF-8 becomes U+FFFD.
  package func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  /// The index range without white space at either end, as Go's `strings.TrimSpace` sees white space.
  package func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    while lower < upper, !WhiteSpace.isNever(bytes[lower]) {
      let length = WhiteSpace.length(at: lower, in: bytes[..<upper])
      if length == 0 { break }
      lower += length
    }
    while lower < upper, !WhiteSpace.isNever(bytes[upper - 1]) {
      let length = WhiteSpace.length(before: upper, in: bytes[lower...])
      if length == 0 { break }
      upper -= length
    }
    return lower..<upper
  }
}
