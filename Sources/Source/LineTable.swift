/// Where a person finds a byte: line and columns, all counted from 1.
public struct SourcePosition: Hashable, Sendable {
  /// Line number.
  public var line: Int
  /// Column in Unicode scalars, as compilers print it.
  public var column: Int
  /// Column in UTF-16 units, as editors and SARIF count.
  public var utf16Column: Int
  /// Byte offset in the file, from 0.
  public var offset: Int
}

/// The offsets at which lines start. Lines end at LF only, as BuildKit and YAML readers count them; a CR before it belongs
/// to the line.
public struct LineTable: Sendable {
  /// Offset of the first byte of each line; never empty.
  public let starts: [Int]
  private let length: Int

  /// Scans the bytes once.
  public init(_ bytes: [UInt8]) {
    var starts = [0]
    starts.reserveCapacity(bytes.count / 24 + 1)
    bytes.withUnsafeBufferPointer { buffer in
      for index in buffer.indices where buffer[index] == 0x0A {
        starts.append(index + 1)
      }
    }
    self.starts = starts
    self.length = bytes.count
  }

  /// Number of lines; a final LF ends the last line and starts none.
  public var count: Int {
    starts.count > 1 && starts[starts.count - 1] == length ? starts.count - 1 : starts.count
  }

  /// The line of an offset, from 1.
  public func line(at offset: Int) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The bytes of a line (from 1) with its line end.
  public func range(ofLine line: Int) -> SourceRange {
    let index = min(max(line, 1), starts.count) - 1
    return SourceRange(starts[index], index + 1 < starts.count ? starts[index + 1] : length)
  }

  /// Line and columns of an offset. An offset inside a scalar counts as the scalar's start.
  func position(at offset: Int, in bytes: [UInt8]) -> SourcePosition {
    let offset = min(max(0, offset), bytes.count)
    let line = line(at: offset)
    var column = 1
    var utf16 = 1
    // A byte order mark takes no column, as editors and SARIF have it.
    let start = line == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? min(3, offset) : starts[line - 1]
    for byte in bytes[start..<offset] where byte & 0xC0 != 0x80 {
      column += 1
      utf16 += byte >= 0xF0 ? 2 : 1
    }
    return SourcePosition(line: line, column: column, utf16Column: utf16, offset: offset)
  }
}
