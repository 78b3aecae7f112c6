import Source

/// Maps libyaml's positions, which count code points behind a byte order mark, to byte offsets.
struct YAMLOffsets {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let start: Int
  /// Offset of every 64th code point; empty if all is ASCII.
  private var marks: [Int] = []
  private static let step = 64
  /// Whether every character is one byte.
  var isASCII: Bool { marks.isEmpty }

  /// - Parameter start: where the text begins, behind a byte order mark.
  init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
    self.bytes = bytes
    self.start = start
    guard bytes[start...].contains(where: { $0 >= 0x80 }) else { return }
    marks.reserveCapacity((bytes.count - start) / Self.step + 1)
    var count = 0
    for offset in start..<bytes.count where bytes[offset] & 0xC0 != 0x80 {
      if count % Self.step == 0 { marks.append(offset) }
      count += 1
    }
  }

  /// The byte offset of a code point; the end for one behind it.
  func offset(_ index: Int) -> Int {
    if marks.isEmpty { return min(start + max(0, index), bytes.count) }
    let mark = index / Self.step
    guard index >= 0, mark < marks.count else { return index < 0 ? start : bytes.count }
    var offset = marks[mark]
    var left = index % Self.step
    while left > 0, offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      left -= 1
    }
    return offset
  }
}
